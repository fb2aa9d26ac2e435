/**
 * One version of the registry put into the model that stands: only its own rows are read. The model before stays
 * what it was for whoever reads it.
 *
 *   rows that came -> end of the room, code order, points
 *   rows that went -> found where they stood by position and id -> struck out
 */

import { rowsAt } from '../../../gis/columns.ts'
import { readEwkb } from '../../../gis/ewkb.ts'
import type { Bbox, LonLat } from '../../../gis/geometry.ts'
import { isGone } from '../../../gis/merge-columns.ts'
import { type PointSet, sheetsOf } from '../../../gis/point-set.ts'
import type { PointStore } from '../../../gis/point-store.ts'
import type { Reader } from '../../core/db.ts'
import type { Log } from '../../core/log.ts'
import type { ShapePlacement } from '../registry/placements.ts'
import { eachChangeOf, listPlacementsOf } from '../registry/version-changes.ts'
import { pointOn } from './anchor.ts'
import { type Built, placeRows, placeShape, unknownClass } from './build.ts'
import {
  type ComponentRoom,
  componentsOf,
  goneWith,
  inOrder,
  type Names,
  orderOf,
  ROW_COLUMNS,
  takeRow,
} from './component-rows.ts'
import type { Model, ModelComponents, ModelShape } from './model.ts'
import { boxesOf, type TileChange } from './tile-change.ts'
import { meet } from './touched.ts'

/** A model with all that is needed to go on from it. */
export interface Standing extends Built {
  store: PointStore
}

/** The model is not what the change speaks of: it has to be built anew. */
export class NotTheSame extends Error {}

/** Above so many rows a version is read with all others, as one change. */
export const MOST_ROWS = 20_000
/** Handles that came since the order of lists was made, until it is made anew. */
const MOST_LATE = 4_096

interface Went {
  id: Uint8Array
  at: LonLat
}

/** @throws NotTheSame when the model is not of the version before, or does not hold what went */
export async function applyVersion(
  db: Reader,
  standing: Standing,
  { no, version, log }: { no: number; version: number; log: Log },
): Promise<{ model: Model; change: TileChange }> {
  const { model, room } = standing
  if (version !== model.registryVersion + 1)
    throw new NotTheSame(`version ${version} after ${model.registryVersion}`)
  const first = model.components.n
  // of a try that failed nothing is left
  room.n = first
  room.codes.length = first
  const words = openWords(model, log)
  const brought: ModelShape[] = []
  const shapeAt = new Map<string, number>()
  const went: Went[] = []
  await eachChangeOf(db, model.district, version, ROW_COLUMNS, {
    came(row) {
      const shape = takeRow(room, row, words.names)
      if (!shape) return
      brought.push(shape)
      shapeAt.set(`${row.uuid(0)}/${row.int4(1)}`, shape.handle)
    },
    went: row => went.push({ id: row.bytes(0).slice(), at: pointOn(readEwkb(row.bytes(8))) }),
  })
  const ids = [...shapeAt.keys()].map(key => key.slice(0, 36))
  const placements = await listPlacementsOf(db, model.district, ids)
  return settle(standing, { no, version, words, brought, shapeAt, went, placements })
}

interface Read {
  no: number
  version: number
  words: ReturnType<typeof openWords>
  brought: readonly ModelShape[]
  shapeAt: ReadonlyMap<string, number>
  went: readonly Went[]
  placements: readonly ShapePlacement[]
}

/** All at once: nobody sees half of it. */
function settle({ model, room, store }: Standing, read: Read): { model: Model; change: TileChange } {
  const { no, version, words } = read
  const first = model.components.n
  const ended = read.went.map(each => handleOf(model.components, store.now(), each))
  placeRows(room, model, first)
  for (const placed of read.placements) {
    const handle = read.shapeAt.get(`${placed.id}/${placed.batch}`)
    if (handle !== undefined) placeShape(room, model, handle, placed)
  }
  store.change({
    remove: ended.map(id => ({ id, lon: room.lon[id]!, lat: room.lat[id]! })),
    add: pointRows(room, first),
  })
  const components = changed(model.components, room, ended)
  const endedNow = new Set(ended)
  const left = model.shapes.filter(shape => endedNow.has(shape.handle))
  const shapes =
    left.length + read.brought.length === 0
      ? model.shapes
      : [...model.shapes.filter(shape => !endedNow.has(shape.handle)), ...read.brought]
  const moved = [...ended, ...handlesFrom(first, room.n)].map((h): LonLat => [room.lon[h]!, room.lat[h]!])
  const boxes = [...left, ...read.brought].map(shape => shape.bbox)
  note(model, no, moved, boxes)
  return {
    change: { sets: ['components', 'density'], boxes: boxesOf(moved, boxes) },
    model: {
      ...model,
      ...words.now(),
      stamp: stampOf(model, { no, version }),
      journalNo: no,
      changedAt: no,
      registryVersion: version,
      builtAt: new Date(),
      components,
      points: store.now(),
      shapes,
    },
  }
}

export const stampOf = (
  model: Model,
  {
    no,
    version = model.registryVersion,
    generation = model.generation,
  }: { no: number; version?: number; generation?: number },
): string => `${no.toString(36)}-${version}-${generation}`

function changed(before: ModelComponents, room: ComponentRoom, ended: readonly number[]): ModelComponents {
  const { n, late } = before
  const gone = ended.length === 0 ? before.gone : goneWith(before.gone, n, ended)
  const compare = orderOf(room)
  const fresh = Uint32Array.from(handlesFrom(n, room.n)).sort(compare)
  const both = new Uint32Array(late.length + fresh.length)
  for (let i = 0, j = 0, to = 0; to < both.length; to++) {
    const earlier = j === fresh.length || (i < late.length && compare(late[i]!, fresh[j]!) <= 0)
    both[to] = earlier ? late[i++]! : fresh[j++]!
  }
  const next = componentsOf(room, { gone, byCode: before.byCode, late: both })
  return both.length > MOST_LATE ? { ...next, byCode: inOrder(next), late: new Uint32Array(0) } : next
}

const handlesFrom = (first: number, end: number): number[] =>
  Array.from({ length: end - first }, (_, i) => first + i)

/** Rows of the room from `first` on, as points. */
function pointRows(room: ComponentRoom, first: number) {
  const { n } = room
  return {
    n: n - first,
    lon: room.lon.slice(first, n),
    lat: room.lat.slice(first, n),
    classIndex: room.classIndex.slice(first, n),
    state: room.stateIndex.slice(first, n),
    id: Uint32Array.from(handlesFrom(first, n)),
    area: room.area.slice(first, n),
  }
}

function handleOf({ ids }: ModelComponents, points: PointSet, { id, at }: Went): number {
  for (const { columns, gone } of sheetsOf(points)) {
    const [from, to] = rowsAt(columns, ...at)
    for (let row = from; row < to; row++) {
      const handle = columns.id[row]!
      if (!isGone(gone, row) && id.every((byte, i) => ids[handle * 16 + i] === byte)) return handle
    }
  }
  throw new NotTheSame(`component ${Buffer.from(id).toString('hex')} is not at ${at.join()}`)
}

/** Shapes that share a border with one that changed are simplified anew with it. */
function note(
  { touched, shapes }: Model,
  no: number,
  points: readonly LonLat[],
  boxes: readonly Bbox[],
): void {
  if (touched === null) return
  for (const at of points) touched.components.point(no, at)
  if (boxes.length === 0) return
  if (boxes.length * shapes.length > 1e6) touched.components.all(no)
  for (const box of boxes) touched.components.box(no, box)
  for (const { bbox } of shapes) if (boxes.some(box => meet(box, bbox))) touched.components.box(no, bbox)
}

/** Classes and states, copied as soon as there is one more. */
function openWords(model: Model, log: Log) {
  let { classes, classAt, states } = model
  const names: Names = {
    unitIndex: id => model.unitAt.get(id) ?? -1,
    classIndex(code) {
      const known = classAt.get(code)
      if (known !== undefined) return known
      log.warn(
        { district: model.district, class: code, dictionary: model.dictionary.id },
        'a class is not in the dictionary',
      )
      classes = [...classes, unknownClass(code)]
      classAt = new Map(classAt).set(code, classes.length - 1)
      return classes.length - 1
    },
    stateIndex(word) {
      const known = states.indexOf(word)
      if (known >= 0) return known
      states = [...states, word]
      return states.length - 1
    },
  }
  return { names, now: () => ({ classes, classAt, states }) }
}
