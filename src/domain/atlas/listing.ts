/** Lists and counts of components from memory: summaries, pages in code order, distributions. */

import { eachInBbox } from '../../../gis/columns.ts'
import type { Bbox } from '../../../gis/geometry.ts'
import { isGone } from '../../../gis/merge-columns.ts'
import { sheetsOf } from '../../../gis/point-set.ts'
import { inOrder } from './component-rows.ts'
import type { Sieve } from './filter.ts'
import { idOf, type Model, pathOf } from './model.ts'
import type { Summary } from './schema.ts'

export function summaryOf(model: Model, handle: number): Summary {
  const { components } = model
  const klass = model.classes[components.classIndex[handle]!]!
  const area = components.area[handle]!
  const owner = components.units.owner[handle]!
  return {
    id: idOf(components, handle),
    code: components.codes[handle]!,
    class: klass.code,
    className: klass.name,
    state: model.states[components.stateIndex[handle]!] || null,
    lonLat: [components.lon[handle]!, components.lat[handle]!],
    areaCode: area < 0 ? null : model.areas[area]!.code,
    areaName: area < 0 ? null : model.areas[area]!.name,
    ownerName: owner < 0 ? null : model.units[owner]!.name,
  }
}

/** A page in code order. `after` is the number of rows already seen in this order. */
export function listPage(
  model: Model,
  sieve: Sieve,
  wish: { q?: string; bbox?: Bbox; after: number; limit: number },
): { total: number; items: Summary[]; next: number | null } {
  const { components } = model
  const boxed = wish.bbox ? inBox(model, wish.bbox) : null
  const q = wish.q?.trim()
  const items: Summary[] = []
  let total = 0
  for (const handle of inOrder(components)) {
    if (boxed && boxed[handle] === 0) continue
    if (!sieve.passes(handle)) continue
    if (q && !components.codes[handle]?.includes(q)) continue
    if (total >= wish.after && items.length < wish.limit) items.push(summaryOf(model, handle))
    total++
  }
  const end = wish.after + items.length
  return { total, items, next: end < total ? end : null }
}

function inBox(model: Model, bbox: Bbox): Uint8Array {
  const mask = new Uint8Array(model.components.n)
  for (const { columns, gone } of sheetsOf(model.points))
    eachInBbox(columns, bbox, row => {
      if (!isGone(gone, row)) mask[columns.id[row]!] = 1
    })
  return mask
}

/** How many of each class pass, the commonest first. */
export function distribution(
  model: Model,
  sieve: Sieve,
): { total: number; items: { class: string; name: string; count: number }[] } {
  const counts = countBy(model, sieve, model.classes.length, handle => model.components.classIndex[handle]!)
  const items = [...counts]
    .map((count, i) => ({ class: model.classes[i]!.code, name: model.classes[i]!.name, count }))
    .filter(item => item.count > 0)
    .sort((a, b) => b.count - a.count || a.class.localeCompare(b.class))
  return { total: items.reduce((sum, item) => sum + item.count, 0), items }
}

/** Counts per key of what passes; -1 counts nowhere. */
export function countBy(
  model: Model,
  sieve: Sieve,
  size: number,
  key: (handle: number) => number,
): Uint32Array {
  const counts = new Uint32Array(size)
  for (let handle = 0; handle < model.components.n; handle++) {
    if (isGone(model.components.gone, handle) || (!sieve.all && !sieve.passes(handle))) continue
    const at = key(handle)
    if (at >= 0) counts[at]!++
  }
  return counts
}

/** How many pass in each grid of any level, by grid id; grids with none are absent. */
export function countByGrid(model: Model, sieve: Sieve): Map<string, number> {
  const counts = countBy(model, sieve, model.areas.length, handle => model.components.area[handle]!)
  const sums = new Map<string, number>()
  counts.forEach((count, i) => {
    if (count === 0) return
    for (const grid of pathOf(model, model.areas[i]!)) sums.set(grid.id, (sums.get(grid.id) ?? 0) + count)
  })
  return sums
}
