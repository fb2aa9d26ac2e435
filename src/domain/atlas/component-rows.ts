/**
 * Where the components of a district lie in memory, by handle. Rows are added at the end and never changed, so
 * that a model and the one after it share them: each looks no further than its own count.
 *
 *   row of the database -> takeRow -> | 0 1 2 ... n | room | -> componentsOf -> what a model shows
 */
import { readEwkb } from '../../../gis/ewkb.ts'
import { bboxOf } from '../../../gis/geometry.ts'
import { type Gone, isGone } from '../../../gis/merge-columns.ts'
import type { CopyRow } from '../../core/copy-read.ts'
import { pointOn } from './anchor.ts'
import type { ModelComponents, ModelShape } from './model.ts'

/** What `takeRow` reads, behind id and batch. */
export const ROW_COLUMNS = 'c.code, c.class, c.state, c.competent_id, c.owner_id, c.maintainer_id, c.geom'

/** Bytes of a component in the arrays below. */
export const ROW_BYTES = 16 + 2 + 2 + 8 + 8 + 4 + 4 + 4 + 4 + 1

export interface ComponentRoom {
  /** Rows that are taken. */
  n: number
  size: number
  ids: Uint8Array
  classIndex: Uint16Array
  stateIndex: Uint16Array
  lon: Float64Array
  lat: Float64Array
  competent: Int32Array
  owner: Int32Array
  maintainer: Int32Array
  area: Int32Array
  reason: Uint8Array
  codes: (string | null)[]
}

const arraysOf = (size: number) => ({
  ids: new Uint8Array(size * 16),
  classIndex: new Uint16Array(size),
  stateIndex: new Uint16Array(size),
  lon: new Float64Array(size),
  lat: new Float64Array(size),
  competent: new Int32Array(size),
  owner: new Int32Array(size),
  maintainer: new Int32Array(size),
  area: new Int32Array(size),
  reason: new Uint8Array(size),
})

export const openRoom = (size: number): ComponentRoom => ({ n: 0, size, codes: [], ...arraysOf(size) })

/** Makes room for one more; former arrays stay what they are for whoever reads them. */
function grow(room: ComponentRoom): void {
  const size = room.size + Math.max(1024, room.size >>> 3)
  const wider = arraysOf(size)
  for (const key of Object.keys(wider) as (keyof typeof wider)[])
    (wider[key] as Float64Array).set(room[key] as Float64Array)
  Object.assign(room, wider, { size })
}

/** What codes and ids of a row become. */
export interface Names {
  classIndex(code: string): number
  stateIndex(state: string): number
  unitIndex(id: string): number
}

/** Reads a row to the end of the room; its area is the caller's to say. @returns its shape, null for a point */
export function takeRow(room: ComponentRoom, row: CopyRow, names: Names): ModelShape | null {
  if (room.n === room.size) grow(room)
  const n = room.n
  const unit = (field: number) => (row.isNull(field) ? -1 : names.unitIndex(row.uuid(field)!))
  room.ids.set(row.bytes(0), n * 16)
  room.codes[n] = row.text(2)
  room.classIndex[n] = names.classIndex(row.text(3)!)
  room.stateIndex[n] = names.stateIndex(row.text(4) ?? '')
  room.competent[n] = unit(5)
  room.owner[n] = unit(6)
  room.maintainer[n] = unit(7)
  const geometry = readEwkb(row.bytes(8))
  const [lon, lat] = pointOn(geometry)
  room.lon[n] = lon
  room.lat[n] = lat
  room.n = n + 1
  return geometry.type === 'Point' ? null : { handle: n, geometry, bbox: bboxOf(geometry) }
}

/** The rows that are taken, as a model shows them. */
export function componentsOf(
  room: ComponentRoom,
  { gone, byCode, late }: Pick<ModelComponents, 'gone' | 'byCode' | 'late'>,
): ModelComponents {
  const { n, codes } = room
  return {
    n,
    gone,
    codes,
    byCode,
    late,
    ids: room.ids.subarray(0, n * 16),
    classIndex: room.classIndex.subarray(0, n),
    stateIndex: room.stateIndex.subarray(0, n),
    area: room.area.subarray(0, n),
    reason: room.reason.subarray(0, n),
    lon: room.lon.subarray(0, n),
    lat: room.lat.subarray(0, n),
    units: {
      competent: room.competent.subarray(0, n),
      owner: room.owner.subarray(0, n),
      maintainer: room.maintainer.subarray(0, n),
    },
  }
}

/** The same with more handles gone; the former bits stay what they are. */
export function goneWith(gone: Gone, n: number, handles: Iterable<number>): Gone {
  const bits = new Uint32Array((n + 31) >>> 5)
  if (gone) bits.set(gone)
  for (const handle of handles) bits[handle >>> 5]! |= 1 << (handle & 31)
  return bits
}

/** How handles follow each other in lists: by code, those without one last, of equals by id. */
export function orderOf({
  codes,
  ids,
}: Pick<ComponentRoom, 'codes' | 'ids'>): (a: number, b: number) => number {
  return (a, b) => {
    const [one, other] = [codes[a]!, codes[b]!]
    if (one === other) return compareIds(ids, a, b)
    if (one === null) return 1
    if (other === null) return -1
    return one < other ? -1 : 1
  }
}

export function compareIds(ids: Uint8Array, a: number, b: number): number {
  for (let i = 0; i < 16; i++) {
    const by = ids[a * 16 + i]! - ids[b * 16 + i]!
    if (by !== 0) return by
  }
  return 0
}

const orders = new WeakMap<ModelComponents, Uint32Array>()

/** The handles that are there, in the order of lists: what came and went since the order was made is put in when asked for. */
export function inOrder(components: ModelComponents): Uint32Array {
  const { byCode, late, gone } = components
  if (late.length === 0 && gone === null) return byCode
  const known = orders.get(components)
  if (known) return known
  const order = merged(byCode, late, gone, orderOf(components))
  orders.set(components, order)
  return order
}

function merged(
  byCode: Uint32Array,
  late: Uint32Array,
  gone: Gone,
  compare: (a: number, b: number) => number,
): Uint32Array {
  const order = new Uint32Array(byCode.length + late.length)
  let to = 0
  let i = 0
  const upTo = (end: number) => {
    for (; i < end; i++) if (!isGone(gone, byCode[i]!)) order[to++] = byCode[i]!
  }
  for (const handle of late) {
    if (isGone(gone, handle)) continue
    // few came late: each finds its place by bisection, the rest is copied as it stands
    let [low, high] = [i, byCode.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compare(byCode[middle]!, handle) < 0) low = middle + 1
      else high = middle
    }
    upTo(low)
    order[to++] = handle
  }
  upTo(byCode.length)
  return order.subarray(0, to)
}
