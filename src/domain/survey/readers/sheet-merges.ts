/**
 * Merged cells. They stand behind the rows in a sheet's part but are needed with them, so the part is run
 * through once before; only the letters of the ranges are looked for, which costs little more than inflating.
 */
import { columnOf, mostColumns } from './sheet-cells.ts'
import type { ZipParts } from './zip-parts.ts'

/** Columns from 0, rows as they are numbered; all inclusive. */
export interface Merge {
  left: number
  top: number
  right: number
  bottom: number
}

const range =
  /<(?:[\w.-]+:)?mergeCell\s[^<>]*?\bref\s*=\s*["']([A-Za-z]{1,3})(\d{1,8}):([A-Za-z]{1,3})(\d{1,8})["']/g
/** No tag of a range is longer. */
const longest = 200

/** Ranges of more than one row or column. Reads the whole part, so that what is broken in it is known. */
export async function readMerges(parts: ZipParts, part: string): Promise<Merge[]> {
  const merges: Merge[] = []
  let held = ''
  for await (const chunk of parts.bytes(part)) {
    const text = held + letters(chunk)
    let end = 0
    if (text.includes('mergeCell')) {
      for (const found of text.matchAll(range)) {
        end = found.index + found[0].length
        const [left, right] = [columnOf(`${found[1]}1`), columnOf(`${found[3]}1`)]
        const [top, bottom] = [Number(found[2]), Number(found[4])]
        if (left <= right && top <= bottom && right < mostColumns) merges.push({ left, top, right, bottom })
      }
    }
    held = text.slice(Math.max(end, text.length - longest))
  }
  return merges
}

/** The ASCII of any encoding that XML comes in: UTF-16 has a zero byte beside each letter. */
function letters(chunk: Buffer): string {
  const text = chunk.toString('latin1')
  return text.includes('\0') ? text.replaceAll('\0', '') : text
}

/**
 * Gives the rows below the first of a range the value that stands in it (who fills a form merges what
 * repeats). Only downwards and only in the range's first column: what lies across is one value, not several.
 * Rows must come in order; blanks are filled in place.
 */
export function filler(merges: readonly Merge[]) {
  const starting = new Map<number, Merge[]>()
  for (const merge of merges) {
    if (merge.bottom === merge.top) continue
    const list = starting.get(merge.top)
    if (list) list.push(merge)
    else starting.set(merge.top, [merge])
  }
  const open = new Map<number, { bottom: number; value: unknown }>()
  return <V>(row: number, values: (V | undefined)[]): void => {
    for (const [column, { bottom, value }] of open) {
      if (row > bottom) open.delete(column)
      else if (values[column] === undefined || values[column] === null) values[column] = value as V
    }
    for (const { left, bottom } of starting.get(row) ?? []) {
      const value = values[left]
      if (value !== undefined && value !== null) open.set(left, { bottom, value })
    }
  }
}
