/**
 * Points counted on a grid of bins, for zooms at which single points would be noise: one feature a bin, at the
 * mean position, with how many there are in all and of each class; a bin of one point is that point, with its
 * id and state. Where bins are many and small, those alike share a feature. No buffer, and no point is
 * counted in two tiles.
 */
import type { PointSet } from '../gis/point-set.ts'
import { byteSink, reserve, varintAt, varintSize } from './bytes.ts'
import { type Bin, eachBin } from './each-bin.ts'
import type { RowFilter } from './filter.ts'
import { beginLayer, EXTENT, finishLayer, type MvtValue } from './mvt.ts'
import { encodeShapes, type Shape } from './shapes.ts'

export interface BinsOptions {
  /** Layer name; `bins` by default. */
  layer?: string
  /** Bins along one side of a tile, a power of two; 64 by default. */
  perSide?: number
  /** What property `class` says for each class index, and the names of the counts. */
  classCodes: readonly string[]
  /** What property `state` says for each state index. */
  stateCodes: readonly string[]
  filter?: RowFilter
}

/** Key, length, id, type, geometry around the tags of a feature. */
const FEATURE_ROOM = 40
const sink = byteSink()
const tags = byteSink(1 << 10)

/**
 * The tile's bytes, or null when no point falls into it. Features have `count` (an integer), `class` (the
 * commonest, of equally common ones the lowest index) and one count per class named by its code; a single
 * point has id, `count` 1, `class` and `state`. The counts sum up to the tile's points.
 * @throws RangeError when the bins are no power of two or finer than the columns' units, or a class has no code.
 */
export function encodeBins(
  set: PointSet,
  z: number,
  x: number,
  y: number,
  options: BinsOptions,
): Uint8Array | null {
  const { classCodes, stateCodes, filter, perSide = 64 } = options
  const perUnit = EXTENT / 2 ** (32 - z)
  const keys = openTable<string>()
  const values = openTable<MvtValue>()
  const put = (key: string, value: MvtValue): void => {
    reserve(tags, 10)
    tags.length = varintAt(tags.bytes, tags.length, keys.tagOf(key))
    tags.length = varintAt(tags.bytes, tags.length, values.tagOf(value))
  }
  beginLayer(sink, options.layer ?? 'bins')
  const empty = sink.length
  eachBin(set, { z, x, y, perSide }, { classes: classCodes.length, filter }, bin => {
    tags.length = 0
    put('count', bin.count)
    put('class', classCodes[commonest(bin)]!)
    const one = bin.one
    if (one) put('state', stateCodes[one.columns.state[one.row]!]!)
    else {
      for (let k = 0; k < bin.kinds; k++) {
        const index = bin.classes[k]!
        if (bin.counts[index]! > 0) put(classCodes[index]!, bin.counts[index]!)
      }
    }
    writeFeature(one ? one.columns.id[one.row]! : null, ...positionOf(bin, perUnit))
  })
  return sink.length === empty ? null : finishLayer(sink, keys.list, values.list)
}

/**
 * The same for many small bins, in a third of the bytes: all bins of one count and commonest class are one
 * feature of many positions, with `count` what each of its positions stands for. The counts times the positions
 * sum up to the tile's points.
 * @throws RangeError as encodeBins
 */
export function encodeCrowd(
  set: PointSet,
  z: number,
  x: number,
  y: number,
  { layer = 'bins', perSide = 64, classCodes, filter }: Omit<BinsOptions, 'stateCodes'>,
): Uint8Array | null {
  const perUnit = EXTENT / 2 ** (32 - z)
  const alike = new Map<number, Shape & { parts: number[][] }>()
  eachBin(set, { z, x, y, perSide }, { classes: classCodes.length, filter }, bin => {
    const index = commonest(bin)
    const key = bin.count * classCodes.length + index
    let shape = alike.get(key)
    if (!shape) {
      // where there is but one class it need not be told
      const said = classCodes.length > 1 ? { class: classCodes[index]! } : {}
      const properties = { count: bin.count, ...said }
      alike.set(key, (shape = { type: 'points', parts: [[]], properties }))
    }
    shape.parts[0]!.push(...positionOf(bin, perUnit))
  })
  return encodeShapes(layer, alike.values())
}

const positionOf = ({ sumX, sumY, count }: Bin, perUnit: number): [x: number, y: number] => [
  Math.floor((sumX / count) * perUnit + 0.5),
  Math.floor((sumY / count) * perUnit + 0.5),
]

function commonest({ counts, classes, kinds }: Bin): number {
  let best = classes[0]!
  for (let k = 1; k < kinds; k++) {
    const index = classes[k]!
    if (counts[index]! > counts[best]! || (counts[index] === counts[best] && index < best)) best = index
  }
  return best
}

/** A point with what is in `tags`; positions are never negative, since the mean lies in the tile. */
function writeFeature(id: number | null, px: number, py: number): void {
  reserve(sink, tags.length + FEATURE_ROOM)
  const { bytes } = sink
  const geometry = 1 + varintSize(px * 2) + varintSize(py * 2)
  const size =
    (id === null ? 0 : 1 + varintSize(id)) + 1 + varintSize(tags.length) + tags.length + 2 + 2 + geometry
  bytes[sink.length] = 0x12 // feature
  let at = varintAt(bytes, sink.length + 1, size)
  if (id !== null) {
    bytes[at] = 0x08 // id
    at = varintAt(bytes, at + 1, id)
  }
  bytes[at] = 0x12 // tags
  at = varintAt(bytes, at + 1, tags.length)
  bytes.set(tags.bytes.subarray(0, tags.length), at)
  at += tags.length
  bytes[at] = 0x18 // type
  bytes[at + 1] = 1 // point
  bytes[at + 2] = 0x22 // geometry
  bytes[at + 3] = geometry
  bytes[at + 4] = 0x09 // move to, once
  at = varintAt(bytes, at + 5, px * 2)
  sink.length = varintAt(bytes, at, py * 2)
}

/** A table of a layer, filled as its entries are used. */
function openTable<T>() {
  const list: T[] = []
  const tags = new Map<T, number>()
  return {
    list,
    tagOf(entry: T): number {
      let tag = tags.get(entry)
      if (tag === undefined) tags.set(entry, (tag = list.push(entry) - 1))
      return tag
    },
  }
}
