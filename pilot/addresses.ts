/** House numbers along the streets: odd on the left, even on the right, rising from one end to the other. */
import proj4 from 'proj4'
import type { LocateBlock } from './components/locate-block.ts'
import type { GridRecords } from './grid-codes.ts'
import type { District } from './ground/district.ts'
import { flatLength } from './ground/measure.ts'
import { besideLine } from './ground/offset.ts'
import { districtName } from './names.ts'
import type { PlaceNames } from './place-names.ts'
import { proj4549 } from './prj.ts'

export const addressHeader = ['标准地址', '道路', '门牌号', '社区', '经度', '纬度']

const wanted = 20_000

/** Rows for addresses.csv; longitude and latitude in CGCS2000 degrees. */
export function* addressRows(
  district: District,
  grids: GridRecords,
  names: PlaceNames,
  locate: LocateBlock,
): Generator<(string | number)[]> {
  const { streets, blocks } = district
  const gapM = (streets.reduce((sum, run) => sum + flatLength(run.line), 0) * 2) / wanted / 1.06
  const toDegrees = proj4(proj4549, '+proj=longlat +ellps=GRS80 +no_defs')
  const numbers = new Map<string, number>()
  for (const run of streets) {
    const name = names.streetOf(run.street)
    for (const side of [1, -1]) {
      const kept = `${name}/${side}`
      for (const [x, y] of everyM(besideLine(run.line, side * (run.halfM + 5)), gapM)) {
        const block = blocks[locate(x, y)]
        if (!block) continue
        const number = numbers.get(kept) ?? (side > 0 ? 1 : 2)
        numbers.set(kept, number + 2)
        const village = grids.villages[block.village]!.name
        const town = grids.towns[block.town]!.name
        const [lon, lat] = toDegrees.forward([x, y]) as [number, number]
        yield [
          `${districtName}${town}${name}${number}号`,
          name,
          `${number}号`,
          village,
          lon.toFixed(7),
          lat.toFixed(7),
        ]
      }
    }
  }
}

function* everyM(line: readonly number[], gapM: number): Generator<[x: number, y: number]> {
  let next = gapM / 2
  let passed = 0
  for (let i = 2; i < line.length; i += 2) {
    const dx = line[i]! - line[i - 2]!
    const dy = line[i + 1]! - line[i - 1]!
    const length = Math.hypot(dx, dy)
    for (; next <= passed + length; next += gapM) {
      const t = (next - passed) / length
      yield [line[i - 2]! + dx * t, line[i - 1]! + dy * t]
    }
    passed += length
  }
}
