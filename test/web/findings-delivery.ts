/** A delivery of many faults for the tests of the console: lamps in rows, of which three in four have something wrong. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export const PROFILE =
  'kind: components\ncrs: EPSG:4490\nposition: { x: 经度, y: 纬度 }\nfields: { code: 标识码, className: 部件名称, surveyedOn: 初始日期, ownerName: 权属单位名称 }\n'
const names = '标识码,部件名称,经度,纬度,初始日期,权属单位名称'

/** What is wrong with a row, by its number: nothing, a date, a class, an owner nobody knows, a position far away. */
export const FAULTS = ['', 'date', 'class', 'owner'] as const
export const FAR_ROWS = 3

/** @returns the paths of two files and their profile */
export async function faultyDelivery(
  folder: string,
  { district, origin, rows }: { district: string; origin: readonly [number, number]; rows: number },
): Promise<{ files: string[]; profile: string }> {
  const line = (n: number) => {
    const fault = FAULTS[n % 4]
    const [lon, lat] = [origin[0] + (n % 25) * 0.0004, origin[1] + Math.floor(n / 25) * 0.0004]
    return [
      `${district}0118${String(970_000 + n)}`,
      fault === 'class' ? '路登' : '路灯',
      (n < FAR_ROWS * 4 && fault === '' ? lon - 20 : lon).toFixed(7),
      lat.toFixed(7),
      fault === 'date' ? '2026年13月1日' : '20260315',
      fault === 'owner' ? '不在目录的市政设施养护工程有限责任公司（第二分公司）' : '',
    ].join()
  }
  const file = async (name: string, from: number, to: number) => {
    const path = join(folder, name)
    const lines = Array.from({ length: to - from }, (_, i) => line(from + i))
    await writeFile(path, [names, ...lines].join('\n'))
    return path
  }
  const profile = join(folder, 'faulty.yaml')
  await writeFile(profile, PROFILE)
  const half = Math.floor(rows / 2)
  return {
    files: [await file('东片路灯.csv', 0, half), await file('西片路灯.csv', half, rows)],
    profile,
  }
}
