/** Builds the read model of a district from the database, by binary COPY, in the order things refer to each other. */
import { buildColumns } from '../../../gis/columns.ts'
import { readEwkb } from '../../../gis/ewkb.ts'
import { bboxOf } from '../../../gis/geometry.ts'
import { buildLocator } from '../../../gis/locate.ts'
import { pointSet } from '../../../gis/point-set.ts'
import { type Db, maybe } from '../../core/db.ts'
import type { Log } from '../../core/log.ts'
import type { ComponentClass } from '../catalog/schema.ts'
import { getDictionary, listClasses } from '../catalog/store.ts'
import type { GridLevel } from '../grids/schema.ts'
import { currentGeneration, listGrids } from '../grids/store.ts'
import { scopeOf } from '../orgs/rules.ts'
import { listUnits } from '../orgs/store.ts'
import { currentPublication } from '../places/store.ts'
import { listShapePlacements } from '../registry/placements.ts'
import { countCurrent, currentVersion, eachCurrent } from '../registry/store.ts'
import { pointOn } from './anchor.ts'
import type { Model, ModelComponents, ModelGrid, ModelShape } from './model.ts'
import { buildPlaceIndex } from './places-index.ts'

/** An earlier state: versions of the registry and of the grids, and the moment they are told of. */
export interface Past {
  version: number
  generation: number
  moment: Date
}

/**
 * @param former the model before, of which what has not changed is taken over
 * @param past what held then; classes, units, addresses and places are those of today, and a line or polygon
 *   belongs to the area of the point on it
 * @throws what the database throws; the model is then as it was
 */
export async function buildModel(
  db: Db,
  district: string,
  { former, past, log }: { former?: Model; past?: Past; log?: Log } = {},
): Promise<Model> {
  const scope = scopeOf(district)
  const journal = await maybe<{ no: number }>(db, 'SELECT no FROM journal_counter WHERE district = $1', [
    district,
  ])
  const journalNo = journal?.no ?? 0
  const row = await maybe<{ dictionary_id: string }>(
    db,
    'SELECT dictionary_id FROM district WHERE code = $1',
    [district],
  )
  const dictionaryId = row!.dictionary_id
  const registryVersion = past?.version ?? (await currentVersion(db, district))
  const classes = [...(await listClasses(db, dictionaryId))]
  const classAt = new Map(classes.map((each, i) => [each.code, i]))
  const units = await listUnits(db, scope)
  const unitAt = new Map(units.map((unit, i) => [unit.id, i]))
  const generation = past?.generation ?? (await currentGeneration(db, district))
  const grids: ModelGrid[] = (await listGrids(db, scope, generation)).map(grid => ({
    ...grid,
    bbox: bboxOf(grid.geometry),
    labelPoint: pointOn(grid.geometry),
  }))
  const byId = new Map(grids.map(grid => [grid.id, grid]))
  const ofLevel = (level: GridLevel) => {
    const some = grids.filter(grid => grid.level === level)
    return { grids: some, locator: buildLocator(some) }
  }
  const locators = { 0: ofLevel(0), 1: ofLevel(1), 2: ofLevel(2), 3: ofLevel(3) }
  const areas = locators[3].grids

  const placesAt = await currentPublication(db, district)
  const places = former?.placesAt === placesAt ? former.places : await buildPlaceIndex(db, district)
  const classIndex = (code: string): number => {
    const known = classAt.get(code)
    if (known !== undefined) return known
    // shown under its own code: never as another class
    log?.warn({ district, class: code, dictionary: dictionaryId }, 'a class is not in the dictionary')
    classAt.set(code, classes.push(unknownClass(code)) - 1)
    return classes.length - 1
  }
  const at = past?.version ?? null
  const read = await readComponents(db, district, { classIndex, unitAt, areas, byId, locators, at })
  const { components, shapes, states } = read
  const columns = buildColumns({
    n: components.n,
    lon: components.lon,
    lat: components.lat,
    classIndex: components.classIndex,
    state: components.stateIndex,
    id: Uint32Array.from({ length: components.n }, (_, i) => i),
    area: components.area,
  })
  const byCode = new Map<string, ModelGrid[]>()
  for (const grid of grids) byCode.set(grid.code, [...(byCode.get(grid.code) ?? []), grid])
  return {
    district,
    // nothing that was ever changes: of today an earlier state has but the order of the classes
    stamp: `${past ? `was${classes.length}` : journalNo.toString(36)}-${registryVersion}-${generation}`,
    journalNo,
    registryVersion,
    builtAt: past?.moment ?? new Date(),
    dictionary: await getDictionary(db, dictionaryId),
    grids,
    byId,
    byCode,
    areas,
    locators,
    classes,
    classAt,
    states,
    units,
    unitAt,
    components,
    columns,
    points: pointSet(columns),
    shapes,
    places,
    placesAt,
  }
}

type Needed = Pick<Model, 'unitAt' | 'areas' | 'byId' | 'locators'> & {
  classIndex(code: string): number
  /** A version of the registry; the current one where null. */
  at: number | null
}

async function readComponents(
  db: Db,
  district: string,
  needed: Needed,
): Promise<{ components: ModelComponents; shapes: ModelShape[]; states: string[] }> {
  // a publish between counting and reading only means a little too much or too little room
  let room = (await countCurrent(db, district, needed.at)) + 1024
  const make = (size: number) => ({
    ids: new Uint8Array(size * 16),
    classIndex: new Uint16Array(size),
    stateIndex: new Uint16Array(size),
    lon: new Float64Array(size),
    lat: new Float64Array(size),
    competent: new Int32Array(size),
    owner: new Int32Array(size),
    maintainer: new Int32Array(size),
  })
  let to = make(room)
  const grow = () => {
    room *= 2
    const wider = make(room)
    for (const key of Object.keys(to) as (keyof typeof to)[])
      (wider[key] as Float64Array).set(to[key] as Float64Array)
    to = wider
  }
  const codes: (string | null)[] = []
  const shapes: ModelShape[] = []
  const shapeAt = new Map<string, number>()
  const states = ['']
  const stateAt = new Map([['', 0]])
  let n = 0
  await eachCurrent(
    db,
    district,
    'c.code, c.class, c.state, c.competent_id, c.owner_id, c.maintainer_id, c.geom',
    row => {
      if (n === room) grow()
      to.ids.set(row.bytes(0), n * 16)
      codes.push(row.text(2))
      to.classIndex[n] = needed.classIndex(row.text(3)!)
      const state = row.text(4) ?? ''
      if (!stateAt.has(state)) stateAt.set(state, states.push(state) - 1)
      to.stateIndex[n] = stateAt.get(state)!
      const unit = (field: number) => (row.isNull(field) ? -1 : (needed.unitAt.get(row.uuid(field)!) ?? -1))
      to.competent[n] = unit(5)
      to.owner[n] = unit(6)
      to.maintainer[n] = unit(7)
      const geometry = readEwkb(row.bytes(8))
      if (geometry.type === 'Point') {
        to.lon[n] = geometry.coordinates[0]!
        to.lat[n] = geometry.coordinates[1]!
      } else {
        const [lon, lat] = pointOn(geometry)
        to.lon[n] = lon
        to.lat[n] = lat
        shapeAt.set(`${row.uuid(0)}/${row.int4(1)}`, n)
        shapes.push({ handle: n, geometry, bbox: bboxOf(geometry) })
      }
      n++
    },
    { at: needed.at },
  )
  const { area, reason } = placePoints(n, to.lon, to.lat, needed)
  const areaIndex = new Map(needed.areas.map((grid, i) => [grid.id, i]))
  for (const placed of needed.at === null ? await listShapePlacements(db, district) : []) {
    const handle = shapeAt.get(`${placed.id}/${placed.batch}`)
    if (handle === undefined) continue
    area[handle] = placed.gridId ? (areaIndex.get(placed.gridId) ?? -1) : -1
    reason[handle] = placed.reason === 'gap' ? 1 : placed.reason === 'outside' ? 2 : 0
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => compare(codes[a]!, codes[b]!) || a - b)
  const components: ModelComponents = {
    n,
    ids: to.ids.slice(0, n * 16),
    codes,
    classIndex: to.classIndex.slice(0, n),
    stateIndex: to.stateIndex.slice(0, n),
    area,
    reason,
    lon: to.lon.slice(0, n),
    lat: to.lat.slice(0, n),
    units: {
      competent: to.competent.slice(0, n),
      owner: to.owner.slice(0, n),
      maintainer: to.maintainer.slice(0, n),
    },
    byCode: Uint32Array.from(order),
  }
  return { components, shapes, states }
}

/** By code, those without one last. */
const compare = (a: string | null, b: string | null): number =>
  a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1

function placePoints(n: number, lon: Float64Array, lat: Float64Array, needed: Needed) {
  const area = needed.locators[3].locator.coveringEach(lon.subarray(0, n), lat.subarray(0, n))
  const reason = new Uint8Array(n)
  const inDistrict = needed.locators[0].locator
  for (let i = 0; i < n; i++) {
    if (area[i]! < 0) reason[i] = inDistrict.covering(lon[i]!, lat[i]!) >= 0 ? 1 : 2
  }
  return { area, reason }
}

const unknownClass = (code: string): ComponentClass => ({
  code,
  name: code,
  nameEn: code,
  geometry: ['point', 'line', 'polygon'],
  sensitive: true,
  aliases: [],
})
