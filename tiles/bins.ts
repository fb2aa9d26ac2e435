/**
 * Points of Z-ordered columns counted on a grid of bins, for zooms at which single points would be noise.
 * A bin is a square of the Z-order grid, hence one run of rows of the tile: one pass, no buffer, and no
 * point is counted in two tiles.
 *
 *   tile's rows:  aaabbbbbbcddd   ->   one feature per run: mean position, count, commonest class
 */
import { type Columns, rangeOfTile } from '../gis/columns.ts'
import { byteSink, reserve, varintAt } from './bytes.ts'
import { type RowFilter, rowTest } from './filter.ts'
import { beginLayer, EXTENT, finishLayer, type MvtValue } from './mvt.ts'
import { valueTags } from './tags.ts'

export interface BinsOptions {
  /** Layer name; `bins` by default. */
  layer?: string
  /** Bins along one side of a tile, a power of two; 64 by default. */
  perSide?: number
  /** What property `class` says for each class index. */
  classCodes: readonly string[]
  filter?: RowFilter
}

/** Longest feature: key, length, tags 2 + 1 + 5 + 1 + 3, type 2, geometry 2 + 1 + 2 + 2. */
const FEATURE_ROOM = 23

const sink = byteSink()

/**
 * The tile's bytes with features of `count` (an integer) and `class` (a string; of equally common ones the
 * lowest index), or null when no point falls into it. The counts sum up to the tile's points.
 * @throws RangeError when the bins are no power of two or finer than the columns' units, or a class has no code.
 */
export function encodeBins(
  columns: Columns,
  z: number,
  x: number,
  y: number,
  options: BinsOptions,
): Uint8Array | null {
  const side = 2 ** (32 - z)
  const perSide = options.perSide ?? 64
  const binSide = side / perSide
  if (!Number.isInteger(Math.log2(perSide)) || binSide < 1)
    throw new RangeError(`${perSide} bins do not fit zoom ${z}`)
  const values: MvtValue[] = []
  const classes = valueTags(options.classCodes, values)
  const countTags = new Map<number, number>()
  const test = rowTest(columns, options.filter)
  const perUnit = EXTENT / side
  const inBin = new Uint32Array(options.classCodes.length)

  beginLayer(sink, options.layer ?? 'bins')
  const empty = sink.length
  const writeBin = (count: number, commonest: number, meanX: number, meanY: number): void => {
    let countTag = countTags.get(count)
    if (countTag === undefined) countTags.set(count, (countTag = values.push(count)))
    const classTag = classes.tagOf[commonest] || classes.add(commonest)
    reserve(sink, FEATURE_ROOM)
    const { bytes } = sink
    const start = sink.length
    bytes[start] = 0x12 // feature
    bytes[start + 2] = 0x12 // tags
    bytes[start + 4] = 0
    let at = varintAt(bytes, start + 5, countTag - 1)
    bytes[at++] = 1
    at = varintAt(bytes, at, classTag - 1)
    bytes[start + 3] = at - start - 4
    bytes[at] = 0x18 // type
    bytes[at + 1] = 1 // point
    bytes[at + 2] = 0x22 // geometry
    bytes[at + 4] = 0x09 // move to, once
    const geometry = at + 3
    at = varintAt(bytes, at + 5, Math.floor(meanX * perUnit + 0.5) * 2)
    at = varintAt(bytes, at, Math.floor(meanY * perUnit + 0.5) * 2)
    bytes[geometry] = at - geometry - 1
    bytes[start + 1] = at - start - 2
    sink.length = at
  }

  const [from, to] = rangeOfTile(columns, z, x, y)
  const mask = ~(binSide - 1)
  for (let row = from; row < to; ) {
    const binX = columns.x[row]! & mask
    const binY = columns.y[row]! & mask
    let count = 0
    let commonest = 0
    let sumX = 0
    let sumY = 0
    const first = row
    for (; row < to && (columns.x[row]! & mask) === binX && (columns.y[row]! & mask) === binY; row++) {
      if (test !== null && !test(row)) continue
      const index = columns.classIndex[row]!
      if (index >= inBin.length) throw new RangeError(`no code for index ${index}`)
      const seen = ++inBin[index]!
      if (seen > inBin[commonest]! || (seen === inBin[commonest]! && index < commonest)) commonest = index
      sumX += columns.x[row]! - x * side
      sumY += columns.y[row]! - y * side
      count++
    }
    for (let r = first; r < row; r++) inBin[columns.classIndex[r]!] = 0
    if (count > 0) writeBin(count, commonest, sumX / count + 0.5, sumY / count + 0.5)
  }
  return sink.length === empty ? null : finishLayer(sink, ['count', 'class'], values)
}
