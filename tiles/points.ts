/**
 * Points as one layer of a vector tile, in one pass over the bytes: no object per
 * feature. A feature has the row's id and the properties `class` and `state`, both strings.
 *
 *   columns, tile -> the tile's own range, then the ring around it -> feature bytes -> layer
 *
 * A position is rounded half up to the tile's 4,096 steps and kept within 64 steps around it: feature by
 * feature what PostGIS's ST_AsMVT gives.
 */
import { runsInTile } from '../gis/columns.ts'
import { type PointSet, sheetsOf } from '../gis/point-set.ts'
import { byteSink, reserve, varintAt } from './bytes.ts'
import { type RowFilter, sheetTest } from './filter.ts'
import { BUFFER, beginLayer, EXTENT, finishLayer } from './mvt.ts'
import { valueTags } from './tags.ts'

export interface PointsOptions {
  /** Layer name; `components` by default. */
  layer?: string
  /** What property `class` says for each class index. */
  classCodes: readonly string[]
  /** What property `state` says for each state index. */
  stateCodes: readonly string[]
  filter?: RowFilter
}

/** The deepest zoom whose steps are not finer than the columns' units. */
export const DEEPEST_ZOOM = 20
/** Longest feature: key, length, id 6, tags 2 + 1 + 3 + 1 + 3, type 2, geometry 2 + 1 + 2 + 2. */
const FEATURE_ROOM = 27
/** Room is reserved for so many features, so that the sink grows with what is written. */
const ROWS_AT_ONCE = 4096

const sink = byteSink(1 << 20)

/**
 * The tile's bytes, or null when no point falls into it.
 * @throws RangeError beyond zoom 20, or when a row's class or state has no code.
 */
export function encodePoints(
  set: PointSet,
  z: number,
  x: number,
  y: number,
  options: PointsOptions,
): Uint8Array | null {
  if (z > DEEPEST_ZOOM) throw new RangeError(`zoom ${z} is finer than the columns' units`)
  const values: string[] = []
  const classes = valueTags(options.classCodes, values)
  const states = valueTags(options.stateCodes, values)
  const side = 2 ** (32 - z)
  // All powers of two, so the arithmetic below is exact in doubles.
  const perUnit = EXTENT / side
  const half = Math.floor(side / EXTENT / 2)
  const west = x * side - half
  const north = y * side - half

  beginLayer(sink, options.layer ?? 'components')
  const empty = sink.length
  for (const sheet of sheetsOf(set)) {
    const test = sheetTest(sheet, options.filter)
    const { x: unitX, y: unitY, id, classIndex, state } = sheet.columns
    const encodeRun = (from: number, to: number): void => {
      reserve(sink, (to - from) * FEATURE_ROOM)
      const { bytes } = sink
      const { tagOf: classTags } = classes
      const { tagOf: stateTags } = states
      let at = sink.length
      for (let row = from; row < to; row++) {
        const px = Math.floor((unitX[row]! - west) * perUnit)
        const py = Math.floor((unitY[row]! - north) * perUnit)
        if (px < -BUFFER || py < -BUFFER || px > EXTENT + BUFFER || py > EXTENT + BUFFER) continue
        if (test !== null && !test(row)) continue
        const classTag = classTags[classIndex[row]!] || classes.add(classIndex[row]!)
        const stateTag = stateTags[state[row]!] || states.add(state[row]!)
        const start = at
        bytes[at] = 0x12 // feature
        bytes[at + 2] = 0x08 // id
        at += 3
        let rest = id[row]!
        while (rest > 127) {
          bytes[at++] = (rest & 127) | 128
          rest >>>= 7
        }
        bytes[at++] = rest
        bytes[at] = 0x12 // tags
        const tags = at + 1
        bytes[at + 2] = 0
        at = varintAt(bytes, at + 3, classTag - 1)
        bytes[at++] = 1
        at = varintAt(bytes, at, stateTag - 1)
        bytes[tags] = at - tags - 1
        bytes[at] = 0x18 // type
        bytes[at + 1] = 1 // point
        bytes[at + 2] = 0x22 // geometry
        bytes[at + 4] = 0x09 // move to, once
        const geometry = at + 3
        at = stepAt(bytes, at + 5, px)
        at = stepAt(bytes, at, py)
        bytes[geometry] = at - geometry - 1
        bytes[start + 1] = at - start - 2
      }
      sink.length = at
    }
    // One step more than the buffer, for what rounding brings in.
    runsInTile(sheet.columns, z, x, y, BUFFER + 1, (from, to) => {
      for (let row = from; row < to; row += ROWS_AT_ONCE) encodeRun(row, Math.min(to, row + ROWS_AT_ONCE))
    })
  }
  return sink.length === empty ? null : finishLayer(sink, ['class', 'state'], values)
}

/** A coordinate between -8,192 and 8,191 as zigzag varint: one or two bytes. */
function stepAt(bytes: Uint8Array, at: number, step: number): number {
  const zigzag = (step << 1) ^ (step >> 31)
  if (zigzag < 128) {
    bytes[at] = zigzag
    return at + 1
  }
  bytes[at] = (zigzag & 127) | 128
  bytes[at + 1] = zigzag >> 7
  return at + 2
}
