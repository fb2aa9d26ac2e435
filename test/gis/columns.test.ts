import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  buildColumns,
  type Columns,
  eachInBbox,
  eachInTile,
  lonLatOfRow,
  rangeOfTile,
  runsInBox,
} from '../../gis/columns.ts'
import { tileAt } from '../../gis/mercator.ts'
import { randomRows } from './points.ts'

const BOX = [120.5, 31.2, 120.7, 31.35] as const

describe('columns of points', () => {
  it('keep every row with all it had, within 5 mm', () => {
    const rows = randomRows(2000, 1, BOX)
    const columns = buildColumns(rows)
    const seen = new Set<number>()
    for (let row = 0; row < columns.n; row++) {
      const i = columns.id[row]! - 1000
      seen.add(i)
      expect([columns.classIndex[row], columns.state[row], columns.area[row]]).toEqual([
        rows.classIndex[i],
        rows.state[i],
        rows.area[i],
      ])
      const [lon, lat] = lonLatOfRow(columns, row)
      expect(Math.abs(lon - rows.lon[i]!)).toBeLessThan(4.3e-8)
      expect(Math.abs(lat - rows.lat[i]!)).toBeLessThan(4.3e-8)
    }
    expect(seen.size).toBe(2000)
  })

  it('refuse a position that is not finite, naming the row', () => {
    const rows = randomRows(5, 1, BOX)
    rows.lat[3] = NaN
    expect(() => buildColumns(rows)).toThrow(/row 3/)
  })

  it('give each tile one range that holds its points and no others', () => {
    const columns = buildColumns(randomRows(3000, 2, BOX))
    for (const z of [0, 5, 9, 12, 14, 17]) {
      let total = 0
      for (const key of tilesOf(columns, z)) {
        const [x, y] = key.split(',').map(Number) as [number, number]
        const [from, to] = rangeOfTile(columns, z, x, y)
        total += to - from
        for (let row = from; row < to; row++) expect(tileOfRow(columns, row, z)).toBe(key)
      }
      expect(total).toBe(3000)
    }
    expect(rangeOfTile(columns, 9, 0, 0)[0]).toBe(rangeOfTile(columns, 9, 0, 0)[1])
  })

  it('answer from nothing with nothing', () => {
    const none = buildColumns(randomRows(0, 1, BOX))
    expect(rangeOfTile(none, 3, 1, 1)).toEqual([0, 0])
    expect(collect(visit => eachInBbox(none, [-180, -85, 180, 85], visit))).toEqual([])
  })
})

describe('a box of columns', () => {
  const degrees = fc.tuple(
    fc.double({ min: 120.45, max: 120.75, noNaN: true }),
    fc.double({ min: 31.15, max: 31.4, noNaN: true }),
    fc.double({ min: 0, max: 0.2, noNaN: true }),
    fc.double({ min: 0, max: 0.2, noNaN: true }),
  )

  it('visits each row inside exactly once and none outside', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 800 }), degrees, (seed, n, [west, south, w, h]) => {
        const columns = buildColumns(randomRows(n, seed, BOX))
        const [east, north] = [west + w, south + h]
        const found = collect(visit => eachInBbox(columns, [west, south, east, north], visit))
        const expected: number[] = []
        for (let row = 0; row < n; row++) {
          const [lon, lat] = lonLatOfRow(columns, row)
          // A unit of doubt at the border: the columns know positions to a unit.
          if (lon > west - 1e-7 && lon < east + 1e-7 && lat > south - 1e-7 && lat < north + 1e-7)
            expected.push(row)
        }
        expect(new Set(found).size).toBe(found.length)
        expect(expected).toEqual(expect.arrayContaining(found))
        expect(expected.length - found.length).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('is handed out in runs that overlap nowhere, those called whole being inside', () => {
    const columns = buildColumns(randomRows(5000, 8, BOX))
    const [cx, cy] = [columns.x[2500]!, columns.y[2500]!]
    const box = { west: cx - 300_000, east: cx + 290_000, north: cy - 310_000, south: cy + 280_000 }
    const times = new Uint8Array(5000)
    runsInBox(columns, box, (from, to, whole) => {
      for (let row = from; row < to; row++) {
        times[row]!++
        if (whole) expect(columns.x[row]! >= box.west && columns.x[row]! <= box.east).toBe(true)
        if (whole) expect(columns.y[row]! >= box.north && columns.y[row]! <= box.south).toBe(true)
      }
    })
    expect(Math.max(...times)).toBe(1)
  })

  it('holds nothing when turned inside out or not a number', () => {
    const columns = buildColumns(randomRows(50, 1, BOX))
    expect(collect(visit => eachInBbox(columns, [121, 31, 120, 32], visit))).toEqual([])
    expect(collect(visit => eachInBbox(columns, [NaN, 31, 121, 32], visit))).toEqual([])
  })
})

describe('a tile with its buffer', () => {
  it('visits the rows of the tile and of the ring around it, each once', () => {
    const columns = buildColumns(randomRows(4000, 5, BOX))
    for (const [z, buffer] of [
      [10, 64],
      [13, 64],
      [15, 500],
      [16, 4096],
    ] as const) {
      const [x, y] = tileAt(120.6, 31.28, z)
      const side = 2 ** (32 - z)
      const reach = (buffer * side) / 4096
      const expected: number[] = []
      for (let row = 0; row < columns.n; row++) {
        const dx = columns.x[row]! - x * side
        const dy = columns.y[row]! - y * side
        if (dx >= -reach && dy >= -reach && dx < side + reach && dy < side + reach) expected.push(row)
      }
      expect(collect(visit => eachInTile(columns, z, x, y, buffer, visit))).toEqual(expected)
    }
  })

  it('ends with the world', () => {
    const columns = buildColumns(randomRows(500, 5, [-180, -85, 180, 85]))
    expect(collect(visit => eachInTile(columns, 0, 0, 0, 64, visit))).toHaveLength(500)
    expect(collect(visit => eachInTile(columns, 1, 1, 1, 4096, visit))).toHaveLength(500)
  })
})

function collect(each: (visit: (row: number) => void) => void): number[] {
  const rows: number[] = []
  each(row => rows.push(row))
  return rows.sort((a, b) => a - b)
}

function tileOfRow(columns: Columns, row: number, z: number): string {
  const side = 2 ** (32 - z)
  return `${Math.floor(columns.x[row]! / side)},${Math.floor(columns.y[row]! / side)}`
}

function tilesOf(columns: Columns, z: number): Set<string> {
  return new Set(Array.from({ length: columns.n }, (_, row) => tileOfRow(columns, row, z)))
}
