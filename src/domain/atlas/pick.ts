/**
 * What lies under a click, from memory. What is meant first comes first:
 *
 *   points by distance  ->  lines by distance  ->  what surrounds the position, the smallest first
 *
 * so that a dot on a lawn is meant before the lawn, and a lawn before the village it lies in.
 */
import Flatbush from 'flatbush'
import type { Bbox, Geometry } from '../../../gis/geometry.ts'
import { isGone } from '../../../gis/merge-columns.ts'
import { bboxAround, nearest } from '../../../gis/nearest.ts'
import { sheetsOf } from '../../../gis/point-set.ts'
import type { Scope } from '../orgs/rules.ts'
import { compareIds } from './component-rows.ts'
import { distanceTo } from './distance.ts'
import type { Sieve } from './filter.ts'
import { summaryOf } from './listing.ts'
import type { Model, ModelShape } from './model.ts'
import type { PickAnswerItem, PickLayer } from './schema.ts'
import { groundSeen, sees } from './where.ts'

/** Metres a screen pixel covers at the equator on zoom 0 with 256-pixel tiles. */
const M_PER_PX = 156_543.033_928

export interface PickAsked {
  lon: number
  lat: number
  /** Of 256-pixel tiles; need not be whole. */
  zoom: number
  tolerancePx: number
  layers: readonly PickLayer[]
}

const POINT = 0
const LINE = 1
const AROUND = 2

interface Candidate {
  kind: typeof POINT | typeof LINE | typeof AROUND
  distanceM: number
  /** Of the box around what surrounds: of two, the smaller is meant. */
  size: number
  item(): PickAnswerItem
}

/** @param limit gives at most so many; `more` says that there were others */
export function pick(
  model: Model,
  scope: Scope,
  sieve: Sieve,
  asked: PickAsked,
  limit: number,
): { items: PickAnswerItem[]; more: boolean } {
  const { lon, lat, layers } = asked
  const radiusM = (asked.tolerancePx * M_PER_PX * Math.cos((lat * Math.PI) / 180)) / 2 ** asked.zoom
  const found: Candidate[] = []
  // in the order in which equally near things are meant
  if (layers.includes('components'))
    found.push(...dots(model, sieve, asked, radiusM, limit), ...shapes(model, sieve, asked, radiusM))
  if (layers.includes('addresses') || layers.includes('places'))
    found.push(...places(model, scope, asked, radiusM))
  if (layers.includes('grids')) found.push(...grids(model, scope, lon, lat))
  const ranked = found
    .map((each, i) => ({ each, i }))
    .sort((a, b) => {
      const [one, other] = [a.each, b.each]
      const nearer = centimetres(one) - centimetres(other)
      return one.kind - other.kind || nearer || one.size - other.size || a.i - b.i
    })
  return { items: ranked.slice(0, limit).map(({ each }) => each.item()), more: ranked.length > limit }
}

/** Stored positions are exact to half of one: what is on one spot is equally near. */
const centimetres = ({ distanceM }: Candidate): number => Math.round(distanceM * 100)

function dots(model: Model, sieve: Sieve, { lon, lat }: PickAsked, radiusM: number, limit: number) {
  const { isShape } = shapeIndex(model)
  const { ids } = model.components
  const found = sheetsOf(model.points).flatMap(({ columns, gone }) =>
    nearest(columns, lon, lat, radiusM, limit + 1, row => {
      const handle = columns.id[row]!
      return !isGone(gone, row) && !isShape.has(handle) && sieve.passes(handle)
    }).map(({ row, distanceM }) => ({ handle: columns.id[row]!, distanceM })),
  )
  // of those on one spot always the same comes first, whichever process is asked
  return found
    .sort((a, b) => compareIds(ids, a.handle, b.handle))
    .map(
      ({ handle, distanceM }): Candidate => ({
        kind: POINT,
        distanceM,
        size: 0,
        item: () => component(model, handle, distanceM),
      }),
    )
}

const component = (model: Model, handle: number, distanceM: number): PickAnswerItem => ({
  layer: 'components',
  ...summaryOf(model, handle),
  distanceM,
})

function shapes(model: Model, sieve: Sieve, { lon, lat }: PickAsked, radiusM: number): Candidate[] {
  const candidates: Candidate[] = []
  for (const shape of shapeIndex(model).near(bboxAround(lon, lat, radiusM))) {
    if (!sieve.passes(shape.handle)) continue
    const distanceM = distanceTo(shape.geometry, lon, lat)
    if (distanceM > radiusM) continue
    candidates.push({
      kind: kindOf(shape.geometry),
      distanceM,
      size: sizeOf(shape.bbox),
      item: () => component(model, shape.handle, distanceM),
    })
  }
  return candidates
}

function places(model: Model, scope: Scope, { lon, lat, layers }: PickAsked, radiusM: number): Candidate[] {
  const seen = groundSeen(model, scope) ?? (() => true)
  const near = model.places.near(lon, lat, radiusM)
  const candidates: Candidate[] = []
  if (layers.includes('addresses'))
    for (const { text, lonLat, distanceM } of near.addresses)
      if (seen(lonLat))
        candidates.push({
          kind: POINT,
          distanceM,
          size: 0,
          item: () => ({ layer: 'addresses', text, lonLat: [...lonLat], distanceM }),
        })
  if (layers.includes('places'))
    for (const { place, lonLat, bbox, distanceM } of near.places)
      if (seen(lonLat))
        candidates.push({
          kind: kindOf(place.geometry),
          distanceM,
          size: sizeOf(bbox),
          item: () => ({
            layer: 'places',
            name: place.name!,
            kind: place.kind,
            class: place.class,
            lonLat: [...lonLat],
            distanceM,
          }),
        })
  return candidates
}

function grids(model: Model, scope: Scope, lon: number, lat: number): Candidate[] {
  return ([3, 2, 1, 0] as const).flatMap(level => {
    const { grids: ofLevel, locator } = model.locators[level]
    return locator
      .allCovering(lon, lat)
      .map(at => ofLevel[at]!)
      .filter(grid => sees(model, scope, grid))
      .map(
        ({ id, code, name, bbox, labelPoint }): Candidate => ({
          kind: AROUND,
          distanceM: 0,
          // a level is inside the one above it, whatever their boxes say
          size: 1e6 * (4 - level) + sizeOf(bbox),
          item: () => ({ layer: 'grids', id, level, code, name, lonLat: [...labelPoint], distanceM: 0 }),
        }),
      )
  })
}

const kindOf = ({ type }: Geometry): Candidate['kind'] =>
  type.endsWith('Point') ? POINT : type.endsWith('LineString') ? LINE : AROUND

/** Square degrees. */
const sizeOf = ([west, south, east, north]: Bbox): number => (east - west) * (north - south)

interface ShapeIndex {
  /** Handles of lines and polygons. */
  isShape: ReadonlySet<number>
  near(bbox: Bbox): ModelShape[]
}

/** Made at the first click after a line or polygon changed. */
const indexes = new WeakMap<Model['shapes'], ShapeIndex>()

function shapeIndex(model: Model): ShapeIndex {
  const { shapes } = model
  const known = indexes.get(shapes)
  if (known) return known
  const tree = shapes.length === 0 ? null : new Flatbush(shapes.length)
  for (const { bbox } of shapes) tree!.add(...bbox)
  tree?.finish()
  const index: ShapeIndex = {
    isShape: new Set(shapes.map(shape => shape.handle)),
    near: bbox => (tree?.search(...bbox) ?? []).sort((a, b) => a - b).map(i => shapes[i]!),
  }
  indexes.set(shapes, index)
  return index
}
