import { describe, expect, it } from 'vitest'
import { buildColumns, rangeOfTile } from '../../gis/columns.ts'
import { tileAt, unitX, unitY } from '../../gis/mercator.ts'
import { encodeBins } from '../../tiles/bins.ts'
import { randomRows } from '../gis/points.ts'
import { decodeLayer } from './decode.ts'

const classCodes = ['0101', '0102', '0103', '0104', '0105']

describe('a tile of bins', () => {
  const rows = randomRows(6000, 31, [120.4, 31.1, 120.8, 31.45])
  const columns = buildColumns(rows)

  it('counts each point of the tile once, in its bin, at the mean position, with the commonest class', () => {
    for (const [z, perSide] of [
      [6, 64],
      [9, 64],
      [10, 16],
      [11, 1],
    ] as const) {
      const [x, y] = tileAt(120.6, 31.28, z)
      const side = 2 ** (32 - z)
      const bins = new Map<string, number[]>()
      for (let i = 0; i < rows.n; i++) {
        const dx = unitX(rows.lon[i]!) - x * side
        const dy = unitY(rows.lat[i]!) - y * side
        if (dx < 0 || dy < 0 || dx >= side || dy >= side) continue
        const key = `${Math.floor((dx / side) * perSide)},${Math.floor((dy / side) * perSide)}`
        bins.set(key, [...(bins.get(key) ?? []), i])
      }
      const expected = [...bins.values()].map(members => {
        const mean = (of: (i: number) => number) =>
          members.reduce((sum, i) => sum + of(i), 0) / members.length
        const px = mean(i => ((unitX(rows.lon[i]!) + 0.5 - x * side) / side) * 4096)
        const py = mean(i => ((unitY(rows.lat[i]!) + 0.5 - y * side) / side) * 4096)
        const votes = classCodes.map((_, c) => members.filter(i => rows.classIndex[i] === c).length)
        return {
          count: members.length,
          class: classCodes[votes.indexOf(Math.max(...votes))],
          at: `${Math.floor(px + 0.5)},${Math.floor(py + 0.5)}`,
        }
      })
      const shown = decodeLayer(encodeBins(columns, z, x, y, { classCodes, perSide }), 'bins').map(f => ({
        count: f.properties.count,
        class: f.properties.class,
        at: f.parts[0]![0]!.join(),
      }))
      const sorted = (list: unknown[]) => list.map(item => JSON.stringify(item)).sort()
      expect(sorted(shown)).toEqual(sorted(expected))
    }
  })

  it('sums up to the points of each tile of a zoom, and of the world', () => {
    let total = 0
    for (let x = 3400; x < 3440; x++) {
      for (let y = 1660; y < 1690; y++) {
        const sum = decodeLayer(encodeBins(columns, 12, x, y, { classCodes }), 'bins').reduce(
          (counted, f) => counted + (f.properties.count as number),
          0,
        )
        const [from, to] = rangeOfTile(columns, 12, x, y)
        expect(sum).toBe(to - from)
        total += sum
      }
    }
    expect(total).toBe(6000)
  })

  it('counts only what the filter lets through', () => {
    const classMask = Uint8Array.of(0, 0, 1)
    const [x, y] = tileAt(120.6, 31.28, 6)
    const shown = decodeLayer(encodeBins(columns, 6, x, y, { classCodes, filter: { classMask } }), 'bins')
    expect(new Set(shown.map(f => f.properties.class))).toEqual(new Set(['0103']))
    expect(shown.reduce((sum, f) => sum + (f.properties.count as number), 0)).toBe(
      rows.classIndex.filter(c => c === 2).length,
    )
  })

  it('is null where nothing is', () => {
    expect(encodeBins(columns, 12, 0, 0, { classCodes })).toBeNull()
  })

  it('refuses bins that are no power of two or finer than a unit', () => {
    expect(() => encodeBins(columns, 5, 0, 0, { classCodes, perSide: 60 })).toThrow(RangeError)
    expect(() => encodeBins(columns, 24, 0, 0, { classCodes, perSide: 512 })).toThrow(RangeError)
  })
})
