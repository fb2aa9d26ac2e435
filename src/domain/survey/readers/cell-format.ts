/**
 * Which cells are dates: a workbook stores them as days since its epoch and only the cell's number format
 * tells. Formats 14 to 58 are those every Excel knows without saying (ECMA-376 part 1 §18.8.30, the Chinese
 * ones included); others are codes like `yyyy"年"m"月"d"日"`.
 */
import { readXml } from './xml-part.ts'
import type { ZipParts } from './zip-parts.ts'

/** What the number of a cell means; null is a plain number. */
export type Meaning = 'date' | 'time' | null

/** By index of the cell's style. Throws FileFault `file.corrupt`. */
export async function readCellFormats(parts: ZipParts, part: string, file: string): Promise<Meaning[]> {
  const codes = new Map<number, string>()
  const formats: number[] = []
  let inCells = false
  await readXml(
    parts.bytes(part),
    {
      open(name, { numFmtId = '0', formatCode = '' }) {
        if (name === 'cellXfs') inCells = true
        else if (name === 'numFmt') codes.set(Number(numFmtId), formatCode)
        else if (name === 'xf' && inCells) formats.push(Number(numFmtId))
      },
      close(name) {
        if (name === 'cellXfs') inCells = false
      },
    },
    file,
    part,
  )
  return formats.map(id => meaningOf(codes.get(id) ?? id))
}

const between = (id: number, from: number, to: number) => id >= from && id <= to

function meaningOf(format: number | string): Meaning {
  if (typeof format === 'string') return meaningOfCode(format)
  if (between(format, 18, 21) || between(format, 32, 35) || between(format, 55, 56)) return 'time'
  return between(format, 14, 22) || between(format, 27, 36) || between(format, 50, 58) ? 'date' : null
}

/** `[h]:mm` counts hours and is no time of the day; `[红色]`, `"元"` and `\\d` say nothing. */
export function meaningOfCode(code: string): Meaning {
  const bare = code.replace(/"[^"]*"?|[\\_*]./g, '').split(';')[0]!
  if (/\[[hms]+\]/i.test(bare)) return null
  const letters = bare.replace(/\[[^\]]*\]?/g, '').replace(/am\/pm|a\/p|上午\/下午/gi, 'h')
  if (/[yd]/i.test(letters) || /^[^hs]*m{3,}[^hs]*$/i.test(letters)) return 'date'
  if (/[hs]/i.test(letters)) return 'time'
  return /m/i.test(letters) ? 'date' : null
}

const dayMs = 86_400_000
/** 9999-12-31 in days from 1900. */
const lastDay = 2_958_465

/**
 * A serial as `YYYY-MM-DD`, with `THH:MM:SS` when it is not midnight; a time alone as `HH:MM:SS`. The number
 * itself where it is no day: 0, what lies before or after the calendar, and the 29th of February 1900, which
 * only Lotus 1-2-3 and its heirs know.
 */
export function dateOfSerial(
  serial: number,
  meaning: Exclude<Meaning, null>,
  from1904: boolean,
): string | number {
  // to the second: thousandths come from the binary fraction
  const seconds = Math.round(serial * 86_400)
  if (!(seconds >= 0)) return serial
  if (meaning === 'time' && seconds < 86_400) return new Date(seconds * 1000).toISOString().slice(11, 19)
  const day = Math.floor(seconds / 86_400)
  const count = from1904 ? day + 1462 : day
  if (count > lastDay || (!from1904 && (day === 0 || day === 60))) return serial
  const epoch = Date.UTC(1899, 11, count < 60 ? 31 : 30)
  const iso = new Date(
    epoch + day * dayMs + (from1904 ? 1462 * dayMs : 0) + (seconds % 86_400) * 1000,
  ).toISOString()
  return seconds % 86_400 === 0 ? iso.slice(0, 10) : iso.slice(0, 19)
}
