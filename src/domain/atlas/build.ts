/** Builds the read model of a district from the database, by binary COPY, in the order things refer to each other. */
import { setImmediate as others } from 'node:timers/promises'
import { buildColumns } from '../../../gis/columns.ts'
import { bboxOf } from '../../../gis/geometry.ts'
import { buildLocator, type Locator } from '../../../gis/locate.ts'
import { isGone } from '../../../gis/merge-columns.ts'
import { type PointSet, pointSet } from '../../../gis/point-set.ts'
import { sortInSteps } from '../../../gis/sorting.ts'
import { type Db, maybe, type Reader } from '../../core/db.ts'
import type { Log } from '../../core/log.ts'
import { problem } from '../../core/problem.ts'
import type { ComponentClass } from '../catalog/schema.ts'
import { getDictionary, listClasses } from '../catalog/store.ts'
import type { Grid, GridLevel } from '../grids/schema.ts'
import { listGrids } from '../grids/store.ts'
import { scopeOf } from '../orgs/rules.ts'
import { listUnits } from '../orgs/store.ts'
import { currentPublication } from '../places/store.ts'
import { listShapePlacements, type ShapePlacement } from '../registry/placements.ts'
import { countCurrent, eachCurrent } from '../registry/store.ts'
import { pointOn } from './anchor.ts'
import {
  type ComponentRoom,
  componentsOf,
  type Names,
  openRoom,
  orderOf,
  ROW_COLUMNS,
  takeRow,
} from './component-rows.ts'
import type { Model, ModelComponents, ModelGrid, ModelShape } from './model.ts'
import { buildPlaceIndex } from './places-index.ts'
import { openTouched } from './touched.ts'

/** An earlier state: versions of the registry and of the grids, and the moment they are told of. */
export interface Past {
  version: number
  generation: number
  moment: Date
}

/** A model, and where its components lie: what later changes are added to. */
export interface Built {
  model: Model
  room: ComponentRoom
}

export interface BuildOptions {
  /** The model before, of which what has not changed is taken over. */
  former?: Model
  /** What held then; classes, units, addresses and places are those of today, and a line or polygon belongs to the area of the point on it. */
  past?: Past
  log?: Log
  /** Told apart from a model of the same number that was not true. */
  rebuilt?: number
}

/**
 * Reads one state of the database: where the engine cannot hold one, every statement says which version it reads,
 * and what the model is told to hold was committed before the first.
 * @throws what the database throws; the model is then as it was
 */
export const buildModel = (db: Db, district: string, options: BuildOptions = {}): Promise<Built> =>
  db.snapshot(reader => readModel(reader, district, options))

async function readModel(
  db: Reader,
  district: string,
  { former, past, log, rebuilt = 0 }: BuildOptions,
): Promise<Built> {
  const scope = scopeOf(district)
  const state = await stateOf(db, district)
  const { journalNo, dictionaryId, placesAt } = state
  const version = past?.version ?? state.version
  const generation = past?.generation ?? state.generation
  const { classes, classAt, classIndex } = await classNames(db, { district, dictionaryId, log })
  const units = await listUnits(db, scope)
  const unitAt = new Map(units.map((unit, i) => [unit.id, i]))
  const ground = groundOf((await listGrids(db, scope, generation)).map(withLabel))
  const places = former?.placesAt === placesAt ? former.places : await buildPlaceIndex(db, district)
  const states = ['']
  const stateAt = new Map([['', 0]])
  const names: Names = {
    classIndex,
    unitIndex: id => unitAt.get(id) ?? -1,
    stateIndex(word) {
      if (!stateAt.has(word)) stateAt.set(word, states.push(word) - 1)
      return stateAt.get(word)!
    },
  }
  const { room, shapes } = await readComponents(db, district, {
    names,
    ground,
    version,
    past: past !== undefined,
  })
  const byCode = await inPauses(sortInSteps(room.n, orderOf(room)))
  const components = componentsOf(room, { gone: null, byCode, late: new Uint32Array(0) })
  // nothing that was ever changes: of today an earlier state has but the order of the classes
  const born = past ? `was${classes.length}` : journalNo.toString(36) + (rebuilt > 0 ? `~${rebuilt}` : '')
  const stamp = `${born}-${version}-${generation}`
  const model: Model = {
    district,
    stamp,
    journalNo,
    changedAt: journalNo,
    registryVersion: version,
    generation,
    builtAt: past?.moment ?? new Date(),
    dictionary: await getDictionary(db, dictionaryId),
    ...ground,
    classes,
    classAt,
    states,
    units,
    unitAt,
    components,
    points: pointsOf(components),
    shapes,
    places,
    placesAt,
    touched: past ? null : { born: stamp, components: openTouched(), grids: openTouched() },
  }
  return { model, room }
}

/** What the district stands at, in one statement. @throws Problem district.unknown */
async function stateOf(db: Reader, district: string) {
  const state = await maybe<{
    journalNo: number
    dictionaryId: string
    version: number
    generation: number
  }>(
    db,
    `SELECT d.dictionary_id AS "dictionaryId",
       coalesce((SELECT no FROM journal_counter WHERE district = d.code), 0) AS "journalNo",
       coalesce((SELECT version FROM registry_head WHERE district = d.code), 0) AS version,
       coalesce((SELECT max(no) FROM grid_generation
         WHERE district = d.code AND layer = 'net' AND published_at IS NOT NULL), 0) AS generation
     FROM district d WHERE d.code = $1`,
    [district],
  )
  if (!state) throw problem('district.unknown', { code: district })
  return { ...state, placesAt: await currentPublication(db, district) }
}

async function classNames(
  db: Reader,
  { district, dictionaryId, log }: { district: string; dictionaryId: string; log: Log | undefined },
) {
  const classes = [...(await listClasses(db, dictionaryId))]
  const classAt = new Map(classes.map((each, i) => [each.code, i]))
  const classIndex = (code: string): number => {
    const known = classAt.get(code)
    if (known !== undefined) return known
    // shown under its own code: never as another class
    log?.warn({ district, class: code, dictionary: dictionaryId }, 'a class is not in the dictionary')
    classAt.set(code, classes.push(unknownClass(code)) - 1)
    return classes.length - 1
  }
  return { classes, classAt, classIndex }
}

export const withLabel = (grid: Grid): ModelGrid => ({
  ...grid,
  bbox: bboxOf(grid.geometry),
  labelPoint: pointOn(grid.geometry),
})

export type Ground = Pick<Model, 'grids' | 'byId' | 'byCode' | 'areas' | 'areaAt' | 'locators'>

/** Grids by level and code, with what finds them; a level whose locator is given keeps it. */
export function groundOf(grids: ModelGrid[], kept: Partial<Record<GridLevel, Locator>> = {}): Ground {
  const ofLevel = (level: GridLevel) => {
    const some = grids.filter(grid => grid.level === level)
    return { grids: some, locator: kept[level] ?? buildLocator(some) }
  }
  const locators = { 0: ofLevel(0), 1: ofLevel(1), 2: ofLevel(2), 3: ofLevel(3) }
  const byCode = new Map<string, ModelGrid[]>()
  for (const grid of grids) byCode.set(grid.code, [...(byCode.get(grid.code) ?? []), grid])
  return {
    grids,
    byId: new Map(grids.map(grid => [grid.id, grid])),
    byCode,
    areas: locators[3].grids,
    areaAt: new Map(locators[3].grids.map((grid, i) => [grid.id, i])),
    locators,
  }
}

async function readComponents(
  db: Reader,
  district: string,
  { names, ground, version, past }: { names: Names; ground: Ground; version: number; past: boolean },
): Promise<{ room: ComponentRoom; shapes: ModelShape[] }> {
  const n = await countCurrent(db, district, version)
  const room = openRoom(n + Math.max(1024, n >>> 4))
  const shapes: ModelShape[] = []
  const shapeAt = new Map<string, number>()
  await eachCurrent(
    db,
    district,
    ROW_COLUMNS,
    row => {
      const shape = takeRow(room, row, names)
      if (!shape) return
      shapeAt.set(`${row.uuid(0)}/${row.int4(1)}`, shape.handle)
      shapes.push(shape)
    },
    { at: version },
  )
  placeRows(room, ground, 0)
  for (const placed of past ? [] : await listShapePlacements(db, district)) {
    const handle = shapeAt.get(`${placed.id}/${placed.batch}`)
    if (handle !== undefined) placeShape(room, ground, handle, placed)
  }
  return { room, shapes }
}

/** Places rows from `first` on by their point. */
export function placeRows(room: ComponentRoom, ground: Ground, first: number): void {
  const { n, lon, lat, area, reason } = room
  area.set(ground.locators[3].locator.coveringEach(lon.subarray(first, n), lat.subarray(first, n)), first)
  for (let i = first; i < n; i++) reason[i] = area[i]! >= 0 ? 0 : whyNone(ground, lon[i]!, lat[i]!)
}

export const whyNone = (ground: Ground, lon: number, lat: number): 1 | 2 =>
  ground.locators[0].locator.covering(lon, lat) >= 0 ? 1 : 2

/** A line or polygon belongs where its stored placement says. */
export function placeShape(
  room: Pick<ComponentRoom, 'area' | 'reason'>,
  { areaAt }: Ground,
  handle: number,
  placed: ShapePlacement,
): void {
  room.area[handle] = placed.gridId === null ? -1 : (areaAt.get(placed.gridId) ?? -1)
  room.reason[handle] = placed.reason === 'gap' ? 1 : placed.reason === 'outside' ? 2 : 0
}

/** The points of all components that are there, sorted. */
export function pointsOf(components: ModelComponents): PointSet {
  const { n, gone, lon, lat, classIndex, stateIndex, area } = components
  const handles = Uint32Array.from({ length: n }, (_, i) => i)
  const id = gone === null ? handles : handles.filter(handle => !isGone(gone, handle))
  const of = <A extends Float64Array | Uint16Array | Int32Array>(from: A): A =>
    gone === null
      ? from
      : (
          (from as Float64Array).constructor as unknown as {
            from(a: Uint32Array, f: (h: number) => number): A
          }
        ).from(id, handle => from[handle]!)
  return pointSet(
    buildColumns({
      n: id.length,
      lon: of(lon),
      lat: of(lat),
      classIndex: of(classIndex),
      state: of(stateIndex),
      id,
      area: of(area),
    }),
  )
}

async function inPauses<T>(steps: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await others()
  }
}

export const unknownClass = (code: string): ComponentClass => ({
  code,
  name: code,
  nameEn: code,
  geometry: ['point', 'line', 'polygon'],
  sensitive: true,
  aliases: [],
})
