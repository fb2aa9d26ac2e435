/** Sizes of plates in millimetres, how many go on a sheet of A4, and a QR code as one path. Pure. */
import { encode } from 'uqr'

export interface PlateSize {
  id: string
  width: number
  height: number
}
export const plateSizes: readonly PlateSize[] = [
  { id: '60 × 40', width: 60, height: 40 },
  { id: '80 × 50', width: 80, height: 50 },
  { id: '100 × 60', width: 100, height: 60 },
  { id: '40 × 60', width: 40, height: 60 },
  { id: '50 × 70', width: 50, height: 70 },
]

/** What a printer leaves free on A4 of 210 by 297. */
const SHEET = { width: 190, height: 277, gap: 4 } as const

export interface Sheet {
  columns: number
  rows: number
}
export function sheetOf({ width, height }: PlateSize): Sheet {
  const most = (room: number, side: number) => Math.floor((room + SHEET.gap) / (side + SHEET.gap))
  return { columns: most(SHEET.width, width), rows: most(SHEET.height, height) }
}

/** Plates by sheets. */
export function sheets<T>(plates: readonly T[], size: PlateSize): T[][] {
  const { columns, rows } = sheetOf(size)
  const each = columns * rows
  return Array.from({ length: Math.ceil(plates.length / each) }, (_, i) =>
    plates.slice(i * each, (i + 1) * each),
  )
}

/** A QR code of level Q (a quarter may be scratched away) with its quiet zone, as a path of unit squares. */
export function qrPath(text: string): { side: number; path: string } {
  const { data, size } = encode(text, { ecc: 'Q', boostEcc: false, border: 4 })
  let path = ''
  for (const [y, row] of data.entries())
    for (let x = 0; x < size; ) {
      if (!row[x]) {
        x++
        continue
      }
      let end = x
      while (row[end]) end++
      path += `M${x} ${y}h${end - x}v1H${x}z`
      x = end
    }
  return { side: size, path }
}
