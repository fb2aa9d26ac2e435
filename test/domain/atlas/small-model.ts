/**
 * A read model drawn by hand, small enough to count on one's fingers. Units of the plan are hundredths of a
 * degree from (120, 31); positions in tests are given in them by `at`.
 *
 *   y 4 ┌───────────────┬───────┐
 *       │      A2       │ (gap) │     district 0..6 x 0..4; town T holds villages V1 (A1, A2)
 *     2 ├───────┬───────┼───┬───┤     and V2 (A3, A4); A3 and A4 overlap in x 4.5..5
 *       │  A1   │ A1    │ A3│A4 │     A1 is 0..4 x 0..2, A2 0..4 x 2..4
 *     0 └───────┴───────┴───┴───┘
 *       0       2       4       6 x
 */
import { buildColumns } from '../../../gis/columns.ts'
import { bboxOf, type Geometry } from '../../../gis/geometry.ts'
import { buildLocator } from '../../../gis/locate.ts'
import { pointSet } from '../../../gis/point-set.ts'
import { pointOn } from '../../../src/domain/atlas/anchor.ts'
import type { Model, ModelGrid, ModelShape } from '../../../src/domain/atlas/model.ts'
import { placeIndex } from '../../../src/domain/atlas/places-index.ts'
import type { GridLevel } from '../../../src/domain/grids/schema.ts'

export const DISTRICT = '320599'

export const at = (x: number, y: number): [number, number] => [120 + x / 100, 31 + y / 100]

/** A rectangle of the plan. */
export const box = (x0: number, y0: number, x1: number, y1: number) => ({
  type: 'Polygon' as const,
  coordinates: [[at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1), at(x0, y0)]],
})

export interface Thing {
  code: string | null
  class: string
  geometry: Geometry
  owner?: string
}

export const dotAt = (x: number, y: number) => ({ type: 'Point' as const, coordinates: at(x, y) })

const grid = (
  level: GridLevel,
  code: string,
  parentId: string | null,
  geometry: ModelGrid['geometry'],
): ModelGrid => ({
  id: `grid-${code}`,
  level,
  code,
  name: `name ${code}`,
  parentId,
  areaM2: 1,
  geometry,
  bbox: bboxOf(geometry),
  labelPoint: pointOn(geometry),
})

const grids = (): ModelGrid[] => [
  grid(0, DISTRICT, null, box(0, 0, 6, 4)),
  grid(1, 'T', `grid-${DISTRICT}`, box(0, 0, 6, 4)),
  grid(2, 'V1', 'grid-T', box(0, 0, 4, 4)),
  grid(2, 'V2', 'grid-T', box(4, 0, 6, 4)),
  grid(3, 'A1', 'grid-V1', box(0, 0, 4, 2)),
  grid(3, 'A2', 'grid-V1', box(0, 2, 4, 4)),
  grid(3, 'A3', 'grid-V2', box(4, 0, 5, 2)),
  grid(3, 'A4', 'grid-V2', box(4.5, 0, 6, 2)),
]

/** One in A1, one in A2, one in the gap. */
const addresses = [
  { text: '宝带西路1号', lonLat: at(1, 1) },
  { text: '宝带西路2号', lonLat: at(1, 3) },
  { text: '宝带西路3号', lonLat: at(5, 3) },
]

export const classCodes = ['0101', '0102', '0201']
export const units = ['water', 'power'].map(id => ({
  id,
  code: `code-${id}`,
  name: `${id} works`,
  shortName: null,
  kind: 'enterprise',
}))

/** The id of the n-th thing. */
export const idAt = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

export function smallModel(things: readonly Thing[], stamp = 's1'): Model {
  const all = grids()
  const byId = new Map(all.map(each => [each.id, each]))
  const ofLevel = (level: GridLevel) => {
    const some = all.filter(each => each.level === level)
    return { grids: some, locator: buildLocator(some) }
  }
  const locators = { 0: ofLevel(0), 1: ofLevel(1), 2: ofLevel(2), 3: ofLevel(3) }
  const n = things.length
  const points = things.map(thing => pointOn(thing.geometry))
  const lon = Float64Array.from(points, p => p[0])
  const lat = Float64Array.from(points, p => p[1])
  const area = Int32Array.from(points, p => locators[3].locator.covering(p[0], p[1]))
  const classIndex = Uint16Array.from(things, thing => classCodes.indexOf(thing.class))
  const shapes: ModelShape[] = things.flatMap(({ geometry }, handle) =>
    geometry.type === 'Point' ? [] : [{ handle, geometry, bbox: bboxOf(geometry) }],
  )
  const owner = Int32Array.from(things, thing => units.findIndex(unit => unit.id === thing.owner))
  const none = new Int32Array(n).fill(-1)
  const ids = new Uint8Array(n * 16)
  for (let i = 0; i < n; i++) ids.set(Buffer.from(idAt(i).replaceAll('-', ''), 'hex'), i * 16)
  const codes = things.map(thing => thing.code)
  const last = '\uffff'
  const columns = buildColumns({
    n,
    lon,
    lat,
    classIndex,
    state: new Uint16Array(n),
    id: Uint32Array.from(codes.keys()),
    area,
  })
  return {
    district: DISTRICT,
    stamp,
    journalNo: 1,
    changedAt: 1,
    generation: 1,
    touched: null,
    registryVersion: 1,
    builtAt: new Date(0),
    dictionary: { id: 'd', name: 'classes', version: 1, district: null, baseId: null },
    grids: all,
    byId,
    byCode: new Map(all.map(each => [each.code, [each]])),
    areas: locators[3].grids,
    areaAt: new Map(locators[3].grids.map((each, i) => [each.id, i])),
    locators,
    classes: classCodes.map(code => ({
      code,
      name: `类${code}`,
      nameEn: `class ${code}`,
      geometry: ['point'],
      sensitive: false,
      aliases: code === '0102' ? ['井盖子'] : [],
    })),
    classAt: new Map(classCodes.map((code, i) => [code, i])),
    states: ['', '完好'],
    units,
    unitAt: new Map(units.map((unit, i) => [unit.id, i])),
    components: {
      n,
      gone: null,
      late: new Uint32Array(0),
      ids,
      codes,
      classIndex,
      stateIndex: new Uint16Array(n),
      area,
      reason: Uint8Array.from(points, (p, i) =>
        area[i]! >= 0 ? 0 : locators[0].locator.covering(p[0], p[1]) >= 0 ? 1 : 2,
      ),
      lon,
      lat,
      units: { competent: none, owner, maintainer: none },
      byCode: Uint32Array.from(
        [...codes.keys()].sort((a, b) =>
          (codes[a] ?? last) < (codes[b] ?? last) ? -1 : (codes[a] ?? last) > (codes[b] ?? last) ? 1 : a - b,
        ),
      ),
    },
    points: pointSet(columns),
    shapes,
    places: placeIndex(addresses, []),
    placesAt: 1,
  }
}
