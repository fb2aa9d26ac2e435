/**
 * Grids that changed put into the model that stands: only they are read, their cells of the locator made anew, and
 * the components in their former and new boxes placed again.
 *
 *   changed grids -> locators -> boxes, before and after -> points in them, all shapes -> another area, or none
 */
import { eachInBbox } from '../../../gis/columns.ts'
import type { Bbox } from '../../../gis/geometry.ts'
import type { Locator } from '../../../gis/locate.ts'
import { isGone } from '../../../gis/merge-columns.ts'
import { sheetsOf } from '../../../gis/point-set.ts'
import { pointStore } from '../../../gis/point-store.ts'
import type { Reader } from '../../core/db.ts'
import type { GridLevel } from '../grids/schema.ts'
import { listGridChanges } from '../grids/store.ts'
import { listShapePlacements, type ShapePlacement } from '../registry/placements.ts'
import { type Ground, groundOf, placeShape, pointsOf, whyNone, withLabel } from './build.ts'
import { MOST_ROWS, NotTheSame, type Standing, stampOf } from './change.ts'
import { type ComponentRoom, componentsOf } from './component-rows.ts'
import { colourVillages } from './hues.ts'
import { idOf, type Model, type ModelGrid } from './model.ts'
import { boxesOf, type TileChange } from './tile-change.ts'
import { around, meet } from './touched.ts'

/** @throws NotTheSame when the model is not of the generation before */
export async function applyGrids(
  db: Reader,
  { model, room, store }: Standing,
  { no, generation }: { no: number; generation: number },
): Promise<{ standing: Standing; change: TileChange }> {
  if (generation <= model.generation) throw new NotTheSame(`grids ${generation} after ${model.generation}`)
  const { grids, ended } = await listGridChanges(db, model.district, generation)
  const placements = await listShapePlacements(db, model.district)
  const { ground, boxes } = changedGround(model, grids.map(withLabel), ended)
  const next = { ...room, area: room.area.slice(), reason: room.reason.slice() }
  const renumbered = renumber(model, ground, next)
  const affected = placeAgain(model, ground, next, { boxes, placements })
  const components = componentsOf(next, model.components)
  const stood = { ...model, ...ground, components }
  let points = store
  if (renumbered || affected.length > MOST_ROWS) points = pointStore(pointsOf(components))
  else
    store.change({
      remove: affected.map(id => ({ id, lon: room.lon[id]!, lat: room.lat[id]! })),
      add: {
        n: affected.length,
        id: Uint32Array.from(affected),
        lon: Float64Array.from(affected, h => next.lon[h]!),
        lat: Float64Array.from(affected, h => next.lat[h]!),
        classIndex: Uint16Array.from(affected, h => next.classIndex[h]!),
        state: Uint16Array.from(affected, h => next.stateIndex[h]!),
        area: Int32Array.from(affected, h => next.area[h]!),
      },
    })
  const drawn = drawnAnew(model, stood, boxes)
  for (const box of drawn) model.touched?.grids.box(no, box)
  // who asks for the components of an area is answered otherwise
  for (const box of boxes) model.touched?.components.box(no, box)
  if (model.shapes.length > 0) model.touched?.components.all(no)
  return {
    change: { sets: ['grids', 'components', 'density', 'addresses'], boxes: boxesOf([], drawn) },
    standing: {
      room: next,
      store: points,
      model: {
        ...stood,
        stamp: stampOf(model, { no, generation }),
        journalNo: no,
        changedAt: no,
        generation,
        builtAt: new Date(),
        points: points.now(),
        shapes: [...model.shapes],
      },
    },
  }
}

/** The grids as they are now, and the boxes in which something lies otherwise. */
function changedGround(model: Model, came: readonly ModelGrid[], ended: readonly string[]) {
  const gone = new Set(ended)
  const byId = new Map(came.map(grid => [grid.id, grid]))
  const boxes: Bbox[] = []
  const grids: ModelGrid[] = []
  for (const grid of model.grids) {
    const now = byId.get(grid.id)
    byId.delete(grid.id)
    if (gone.has(grid.id)) boxes.push(grid.bbox)
    else grids.push(now ?? grid)
    if (now) boxes.push(around(grid.bbox, now.bbox))
  }
  for (const grid of byId.values()) boxes.push(grid.bbox)
  grids.push(...byId.values())
  grids.sort((a, b) => a.level - b.level || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0))
  const kept: Partial<Record<GridLevel, Locator>> = {}
  for (const level of [0, 1, 2, 3] as const) {
    const locator = movedLocator(model, grids, level)
    if (locator) kept[level] = locator
  }
  return { ground: groundOf(grids, kept), boxes }
}

/** The level's locator with what moved in it; null where grids came or went: their numbers are others then. */
function movedLocator(model: Model, grids: readonly ModelGrid[], level: GridLevel): Locator | null {
  const before = model.locators[level]
  const now = grids.filter(grid => grid.level === level)
  const same = now.length === before.grids.length && now.every((grid, i) => grid.id === before.grids[i]!.id)
  if (!same) return null
  now.forEach((grid, i) => {
    if (grid.geometry !== before.grids[i]!.geometry) before.locator.replace(i, grid.geometry)
  })
  return before.locator
}

/** Areas are told by their number: where those are others now, every component has another. */
function renumber(model: Model, ground: Ground, { n, area }: ComponentRoom): boolean {
  const now = Int32Array.from(model.areas, grid => ground.areaAt.get(grid.id) ?? -1)
  if (now.every((at, i) => at === i)) return false
  for (let i = 0; i < n; i++) if (area[i]! >= 0) area[i] = now[area[i]!]!
  return true
}

/** Places points in the boxes, and all shapes, again. @returns those that belong elsewhere now */
function placeAgain(
  model: Model,
  ground: Ground,
  room: ComponentRoom,
  { boxes, placements }: { boxes: readonly Bbox[]; placements: readonly ShapePlacement[] },
): number[] {
  const { n, lon, lat, area, reason } = room
  const inBoxes = new Set<number>()
  for (const { columns, gone } of sheetsOf(model.points))
    for (const box of boxes)
      eachInBbox(columns, box, row => {
        if (!isGone(gone, row)) inBoxes.add(columns.id[row]!)
      })
  const handles = [...inBoxes]
  const now = ground.locators[3].locator.coveringEach(
    Float64Array.from(handles, h => lon[h]!),
    Float64Array.from(handles, h => lat[h]!),
  )
  const shapes = new Set(model.shapes.map(shape => shape.handle))
  handles.forEach((handle, i) => {
    if (!shapes.has(handle)) area[handle] = now[i]!
  })
  // the district itself may have moved too
  for (let i = 0; i < n; i++)
    if (!shapes.has(i)) reason[i] = area[i]! >= 0 ? 0 : whyNone(ground, lon[i]!, lat[i]!)
  placeShapesAgain(model, ground, room, placements)
  const before = model.components.area
  return [...new Set([...handles, ...shapes])].filter(handle => area[handle] !== before[handle])
}

/** Lines and polygons belong where their stored placement says, which was written anew with the grids. */
function placeShapesAgain(
  model: Model,
  ground: Ground,
  room: ComponentRoom,
  placements: readonly ShapePlacement[],
): void {
  const stored = new Map<string, ShapePlacement>()
  for (const placed of placements)
    if ((stored.get(placed.id)?.generation ?? -1) < placed.generation) stored.set(placed.id, placed)
  for (const { handle } of model.shapes) {
    const placed = stored.get(idOf(model.components, handle))
    if (placed) placeShape(room, ground, handle, placed)
  }
}

/** Boxes of what the tiles of the grids draw otherwise: what changed, neighbours whose border is shared, villages of another hue. */
function drawnAnew(before: Model, now: Model, boxes: readonly Bbox[]): Bbox[] {
  const [was, is] = [colourVillages(before), colourVillages(now)]
  const hued = now.grids.filter(grid => grid.level === 2 && was.get(grid.id) !== is.get(grid.id))
  const all = [...boxes, ...hued.map(grid => grid.bbox)]
  const beside = now.grids.filter(grid => all.some(box => meet(box, grid.bbox)))
  return [...all, ...beside.filter(grid => grid.level > 0).map(grid => grid.bbox)]
}
