import { describe, expect, it } from 'vitest'
import { openSampler } from '../../../src/domain/survey/position-sample.ts'
import type { SourceRow } from '../../../src/domain/survey/readers/source.ts'

const row = (n: number): SourceRow => ({
  row: n,
  values: [`code ${n}`],
  geometry: { type: 'Point', coordinates: [n, -n] },
})
const taken = (count: number, most: number) => {
  const sampler = openSampler({ code: 0 }, most)
  for (let n = 0; n < count; n++) sampler.offer(row(n))
  return sampler.taken()
}

describe('a sample of positions', () => {
  it('is all of a small layer, in its order, with what tells each', () => {
    const { positions, keys, statedGrids } = taken(3, 10)
    expect([...positions]).toEqual([0, -0, 1, -1, 2, -2])
    expect(keys).toEqual(['code 0', 'code 1', 'code 2'])
    expect(statedGrids).toEqual([null, null, null])
  })

  it('is as many of a large one as it may hold, from all over it, each once', () => {
    const { positions, keys } = taken(100_000, 400)
    const rows = keys.map((_, i) => positions[i * 2]!)
    expect(rows).toHaveLength(400)
    expect(new Set(rows).size).toBe(400)
    for (const [i, key] of keys.entries()) expect(key).toBe(`code ${rows[i]}`)
    // every tenth of the layer has about its tenth: 40 expected, five standard deviations are 30
    for (let tenth = 0; tenth < 10; tenth++) {
      const here = rows.filter(each => Math.floor(each / 10_000) === tenth).length
      expect(here).toBeGreaterThan(10)
      expect(here).toBeLessThan(70)
    }
  })

  it('is the same for the same layer, and takes no row without a place', () => {
    expect(taken(5000, 100)).toEqual(taken(5000, 100))
    const sampler = openSampler({})
    sampler.offer({ row: 1, values: [], geometry: null })
    expect(sampler.taken().keys).toEqual([])
  })
})
