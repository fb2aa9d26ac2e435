import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { colourVillages } from '../../../src/domain/atlas/hues.ts'
import type { ModelGrid } from '../../../src/domain/atlas/model.ts'
import { box } from './small-model.ts'

const village = (id: string, geometry: ModelGrid['geometry'], level = 2) =>
  ({ id, level, geometry }) as ModelGrid

describe('the hues of villages', () => {
  it('differ between squares that share an edge or a corner, on boards of any size, and all six are used', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), (width, height) => {
        const grids = Array.from({ length: width * height }, (_, i) => {
          const [x, y] = [i % width, Math.floor(i / width)]
          return village(`${x},${y}`, box(x, y, x + 1, y + 1))
        })
        const hues = colourVillages({ grids })
        for (let x = 0; x < width; x++)
          for (let y = 0; y < height; y++)
            for (const [dx, dy] of [
              [1, 0],
              [0, 1],
              [1, 1],
              [1, -1],
            ] as const) {
              const other = hues.get(`${x + dx},${y + dy}`)
              if (other !== undefined) expect(hues.get(`${x},${y}`)).not.toBe(other)
            }
        if (width * height >= 12) expect(new Set(hues.values())).toEqual(new Set([0, 1, 2, 3, 4, 5]))
      }),
    )
  })
  it('are given to villages only', () => {
    const hues = colourVillages({ grids: [village('v', box(0, 0, 1, 1)), village('a', box(0, 0, 1, 1), 3)] })
    expect([...hues.keys()]).toEqual(['v'])
  })
})
