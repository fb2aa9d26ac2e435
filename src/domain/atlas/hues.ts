/**
 * Six soft hues for villages so that neighbours differ: greedy colouring (Welsh and Powell 1967) over
 * villages whose borders share a vertex. Pure.
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
  const order = villages.map((_, i) => i).sort((a, b) => neighbours[b]!.size - neighbours[a]!.size || a - b)
  const hue = new Map<number, number>()
  const used = new Uint32Array(HUES)
  for (const i of order) {
    const taken = new Set([...neighbours[i]!].map(n => hue.get(n)))
    // of the free hues the least used, so that all six appear; more than six neighbours share
    const free = Array.from({ length: HUES }, (_, h) => h).filter(h => !taken.has(h))
    const among = free.length > 0 ? free : Array.from({ length: HUES }, (_, h) => h)
    const chosen = among.reduce((best, h) => (used[h]! < used[best]! ? h : best))
    hue.set(i, chosen)
    used[chosen]!++
  }
  return new Map(villages.map((village, i) => [village.id, hue.get(i)!]))
}
