import fc from 'fast-check'
import gcoord from 'gcoord'
import { describe, expect, it } from 'vitest'
import { bestPlaced, displacementOf, moved } from '../../gis/displaced.ts'
import { openNearCells } from '../../gis/near-cells.ts'
import { fromOffset, type OffsetName } from '../../gis/offset.ts'
import { randomFrom } from './random.ts'

const WEST = 120.55
const SOUTH = 31.2
const SIDE = 0.08

/** A crooked town: streets of every direction, things a few metres off them. */
function town(seed: number, count: number) {
  const random = randomFrom(seed)
  const streets = Array.from({ length: 110 }, () => {
    const [x, y, angle] = [WEST + random() * SIDE, SOUTH + random() * SIDE, random() * Math.PI * 2]
    const length = 0.004 + random() * 0.012
    return [
      [x, y],
      [x + Math.cos(angle) * length, y + Math.sin(angle) * length],
    ]
  })
  const things = Array.from({ length: count }, () => {
    const [[ax, ay], [bx, by]] = streets[Math.floor(random() * streets.length)] as [number[], number[]]
    const t = random()
    const off = () => (random() - 0.5) * 1.2e-4
    return [ax! + (bx! - ax!) * t + off(), ay! + (by! - ay!) * t + off()]
  })
  const cells = openNearCells(8, [WEST - 0.02, SOUTH - 0.02, WEST + SIDE + 0.02, SOUTH + SIDE + 0.02])
  for (const coordinates of streets) cells.mark({ type: 'LineString', coordinates })
  const share = (positions: ArrayLike<number>) => {
    let n = 0
    for (let i = 0; i < positions.length; i += 2) if (cells.isNear(positions[i]!, positions[i + 1]!)) n++
    return n / (positions.length / 2)
  }
  return { things: things.flat(), share }
}
const names: OffsetName[] = ['GCJ-02', 'BD-09']
const undo = (positions: readonly number[], name: OffsetName): number[] => {
  const back = fromOffset(name)
  return positions.flatMap((x, i) => (i % 2 === 0 ? back(x, positions[i + 1]!) : []))
}
/** As the web maps shift: gcoord itself, not ours. */
const shifted = (positions: readonly number[], name: OffsetName): number[] => {
  const { transform } = gcoord as unknown as { transform(p: number[], from: string, to: string): number[] }
  const to = name === 'GCJ-02' ? 'GCJ02' : 'BD09'
  return positions.flatMap((x, i) => (i % 2 === 0 ? transform([x, positions[i + 1]!], 'WGS84', to) : []))
}
const judge = (things: number[], share: (positions: ArrayLike<number>) => number) =>
  bestPlaced(
    things,
    names.map(name => undo(things, name)),
    share,
  )

describe('things along streets', () => {
  it('are known by their shift when a web map shifted them, whichever town it is', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const { things, share } = town(seed, 600)
      for (const [index, name] of names.entries()) expect(judge(shifted(things, name), share)).toBe(index)
    }
  })

  it('raise no suspicion where they lie right, nor where they have nothing to do with the streets', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const { things, share } = town(seed, 600)
      expect(judge(things, share)).toBe(-1)
      const random = randomFrom(seed + 1000)
      const anywhere = things.map((_, i) => (i % 2 === 0 ? WEST : SOUTH) + random() * SIDE)
      expect(judge(anywhere, share)).toBe(-1)
    }
  })

  it('moved otherwise are not taken for a web map’s', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const { things, share } = town(seed, 600)
      for (const [dx, dy] of [
        [-470, 0],
        [0, 500],
        [-410, 240],
        [30, 30],
      ] as const)
        expect(judge([...moved(things, dx, dy)], share)).toBe(-1)
    }
  })
})

describe('the displacement of things found again', () => {
  const points = fc.array(
    fc.tuple(fc.double({ min: 120, max: 121, noNaN: true }), fc.double({ min: 31, max: 32, noNaN: true })),
    { minLength: 9, maxLength: 40 },
  )
  const metres = fc.double({ min: -1500, max: 1500, noNaN: true })

  it('is the shift they had, though a third of them are other things', () => {
    fc.assert(
      fc.property(points, metres, metres, (things, dx, dy) => {
        const here = things.flat()
        const there = [...moved(here, dx, dy)]
        const strangers = Math.floor(things.length / 3)
        for (let i = 0; i < strangers; i++) there[i * 2] = there[i * 2]! + 0.3 + i * 0.01
        const found = displacementOf(here, there)!
        // the middle of all is that of the greater part, up to their own difference: none here
        expect(Math.hypot(found.dxM - dx, found.dyM - dy)).toBeLessThan(0.01)
        expect(found.n).toBe(things.length)
      }),
    )
  })

  it('is none of nothing', () => {
    expect(displacementOf([], [])).toBeNull()
    expect(bestPlaced([], [], () => 1)).toBe(-1)
  })
})
