import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { groupRings, type Ring } from '../../../../src/domain/survey/readers/rings.ts'

/** A closed square, clockwise. */
const square = (x: number, y: number, size: number): Ring => [
  [x, y],
  [x, y + size],
  [x + size, y + size],
  [x + size, y],
  [x, y],
]
const turned = (ring: Ring): Ring => [...ring].reverse()

describe('rings of one shape', () => {
  test('a single ring is a polygon, whichever way it turns', () => {
    expect(groupRings([square(0, 0, 1)])).toEqual({ type: 'Polygon', coordinates: [square(0, 0, 1)] })
    expect(groupRings([turned(square(0, 0, 1))])!.type).toBe('Polygon')
    expect(groupRings([])).toBeNull()
  })

  test('an island in a lake on an island: each ring goes to the ring around it', () => {
    const [land, lake, island, pond, rock] = [
      square(0, 0, 10),
      turned(square(1, 1, 8)),
      square(2, 2, 6),
      turned(square(3, 3, 1)),
      square(20, 0, 1),
    ]
    expect(groupRings([rock!, pond!, island!, lake!, land!])).toEqual({
      type: 'MultiPolygon',
      coordinates: [[rock], [island, pond], [land, lake]],
    })
  })

  test('wrong winding is seen by containment: every mixture of directions gives the same rings', () => {
    const rings = [square(0, 0, 10), square(1, 1, 3), square(5, 5, 3), square(6, 6, 1), square(30, 0, 5)]
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), turns => {
        const given = rings.map((ring, n) => (turns[n] ? turned(ring) : ring))
        const [a, b, c, d, e] = given
        expect(groupRings(given)).toEqual({ type: 'MultiPolygon', coordinates: [[a, b, c], [d], [e]] })
      }),
    )
  })

  test('a hole that touches the border in corners or along edges is a hole', () => {
    expect(groupRings([square(0, 0, 10), turned(square(0, 0, 2))])!.type).toBe('Polygon')
    const diamond: Ring = [
      [5, 0],
      [10, 5],
      [5, 10],
      [0, 5],
      [5, 0],
    ]
    expect(groupRings([square(0, 0, 10), diamond])!.type).toBe('Polygon')
  })

  test('neighbours with a common edge and overlapping rings stay apart', () => {
    expect(groupRings([square(0, 0, 5), square(5, 0, 5)])!.coordinates).toHaveLength(2)
    expect(groupRings([square(0, 0, 5), square(4, 4, 5)])!.coordinates).toHaveLength(2)
    const corner: Ring = [
      [0, 0],
      [0, 10],
      [10, 0],
      [0, 0],
    ]
    expect(groupRings([corner, square(6, 6, 3)])!.coordinates).toHaveLength(2)
  })

  test('a ring given twice, a ring without area and far eastings lose no ring', () => {
    const east = square(40_500_000, 3_450_000, 0.1)
    for (const rings of [
      [east, east],
      [
        square(0, 0, 5),
        [
          [1, 1],
          [1, 1],
        ] as Ring,
      ],
      [east, turned(square(40_500_000.02, 3_450_000.02, 0.01))],
    ]) {
      const grouped = groupRings(rings)!
      const kept = grouped.type === 'Polygon' ? grouped.coordinates : grouped.coordinates.flat()
      expect(kept).toHaveLength(2)
    }
    expect(groupRings([east, turned(square(40_500_000.02, 3_450_000.02, 0.01))])!.type).toBe('Polygon')
  })

  test('thousands of rings are grouped as few are', () => {
    const islands = Array.from({ length: 5000 }, (_, n) => square((n % 100) * 3, Math.floor(n / 100) * 3, 2))
    const lakes = Array.from({ length: 5000 }, (_, n) =>
      turned(square((n % 100) * 3 + 0.5, Math.floor(n / 100) * 3 + 0.5, 1)),
    )
    const grouped = groupRings([...islands, ...lakes])!
    expect(grouped.coordinates).toEqual(islands.map((island, n) => [island, lakes[n]]))
  })
})
