import { beforeEach, describe, expect, it } from 'vitest'
import type { Ring } from '../../../src/web/api/live.ts'
import { changed, everythingChanged, hearChange, versionOf } from '../../../src/web/stores/changed-tiles.ts'

const here = [120.6, 31.3, 120.602, 31.302] as const
const there = [120.7, 31.3, 120.702, 31.302] as const
const ring = (no: number, more: Partial<Ring> = {}): Ring => ({
  no,
  kind: 'registry.published',
  district: '320599',
  at: '',
  ...more,
})
const versions = () => [
  versionOf('components', here),
  versionOf('components', there),
  versionOf('grids', here),
]

describe('the tiles on the map', () => {
  beforeEach(() => void everythingChanged())

  it('are others where a change lies, in the sets it is in, and nowhere else', () => {
    const [a, b, c] = versions()
    expect(hearChange(ring(7, { tiles: { sets: ['components'], boxes: [here] } }))).toBe(true)
    const [a2, b2, c2] = versions()
    expect([a2 !== a, b2 === b, c2 === c]).toEqual([true, true, true])
    // a neighbour draws what lies close to its edge
    expect(versionOf('components', [120.60203, 31.3, 120.604, 31.302])).toBe(a2)
  })

  it('are others everywhere where the server does not know, says everywhere, or lost count', () => {
    for (const told of [
      ring(8),
      ring(9, { tiles: { sets: ['components', 'grids'], boxes: null } }),
      ring(3, { kind: 'live.reset', tiles: { sets: [], boxes: [] } }),
    ]) {
      const before = versions()
      expect(hearChange(told)).toBe(true)
      for (const [i, now] of versions().entries()) expect(now).not.toBe(before[i])
    }
    expect(changed.heard).toBe(3)
  })

  it('stay what they are when nothing on them changed', () => {
    const [before, turn] = [versions(), changed.turn]
    expect(hearChange(ring(20, { kind: 'delivery.created' }))).toBe(false)
    expect(hearChange(ring(21, { tiles: { sets: [], boxes: [] } }))).toBe(false)
    expect([versions(), changed.turn, changed.heard]).toEqual([before, turn, 21])
  })

  it('are remembered one by one up to a bound, beyond which all are others', () => {
    const before = versionOf('components', there)
    for (let i = 0; i < 200; i++) hearChange(ring(30 + i, { tiles: { sets: ['components'], boxes: [here] } }))
    expect(versionOf('components', there)).toBe(before)
    hearChange(ring(300, { tiles: { sets: ['components'], boxes: [here] } }))
    expect(versionOf('components', there)).not.toBe(before)
    expect(versionOf('components', here)).toBe(versionOf('components', there))
  })
})
