/**
 * Six soft hues for villages so that neighbours differ: greedy colouring in smallest-last order (Matula and
 * Beck 1983), which six hues suffice for on a map. Neighbours are villages whose borders share a vertex. Pure.
 */
import { eachPosition } from '../../../gis/geometry.ts'
import type { Model } from './model.ts'

const HUES = 6

/** @returns hue 0 to 5 by village id */
export function colourVillages(model: Pick<Model, 'grids'>): Map<string, number> {
  const villages = model.grids.filter(grid => grid.level === 2)
  const at = new Map<string, Set<number>>()
  villages.forEach((village, i) => {
    eachPosition(village.geometry, (x, y) => {
      const key = `${x.toFixed(6)},${y.toFixed(6)}`
      const set = at.get(key)
      if (set) set.add(i)
      else at.set(key, new Set([i]))
    })
  })
  const neighbours = villages.map(() => new Set<number>())
  for (const set of at.values()) {
    if (set.size < 2) continue
    for (const a of set) for (const b of set) if (a !== b) neighbours[a]!.add(b)
  }
  const order = smallestLast(neighbours)
  const hue = new Map<number, number>()
  const used = new Uint32Array(HUES)
  for (const i of order) {
    const taken = new Set([...neighbours[i]!].map(n => hue.get(n)))
    // of the free hues the least used, so that all six appear; where corners meet, six may not be enough
    const free = Array.from({ length: HUES }, (_, h) => h).filter(h => !taken.has(h))
    const among = free.length > 0 ? free : Array.from({ length: HUES }, (_, h) => h)
    const chosen = among.reduce((best, h) => (used[h]! < used[best]! ? h : best))
    hue.set(i, chosen)
    used[chosen]!++
  }
  return new Map(villages.map((village, i) => [village.id, hue.get(i)!]))
}

/** Takes away whoever has the fewest neighbours left, again and again; the last taken comes first. */
function smallestLast(neighbours: readonly ReadonlySet<number>[]): number[] {
  const degree = neighbours.map(set => set.size)
  const left = new Set(neighbours.keys())
  const order: number[] = []
  while (left.size > 0) {
    let least = -1
    for (const i of left) if (least < 0 || degree[i]! < degree[least]!) least = i
    left.delete(least)
    for (const n of neighbours[least]!) degree[n]!--
    order.push(least)
  }
  return order.reverse()
}
