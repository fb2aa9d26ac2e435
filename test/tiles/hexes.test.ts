import { cellArea, cellToBoundary } from 'h3-js'
import { describe, expect, it } from 'vitest'
import { buildColumns } from '../../gis/columns.ts'
import { hexInSteps, parentCells } from '../../gis/hex.ts'
import { squareX, squareY, tileAt } from '../../gis/mercator.ts'
import { atOnce } from '../../gis/merge-columns.ts'
import { encodeHexes, resolutionAt } from '../../tiles/hexes.ts'
import { randomRows } from '../gis/points.ts'
import { decodeLayer } from './decode.ts'

const rows = randomRows(9000, 8, [120.5, 31.2, 120.7, 31.35])
const columns = buildColumns(rows)
const finest = atOnce(hexInSteps(columns))
const classCodes = ['0101', '0102', '0103', '0104', '0105']
const at = (z: number) => {
  const resolution = resolutionAt(z)
  return [[{ columns, gone: null, finest, parents: parentCells(finest, resolution) }], resolution] as const
}

describe('a tile of hexagons', () => {
  it('holds every cell with points that reaches into it, counted whole, with its outline', () => {
    for (const z of [5, 9, 11, 13, 15]) {
      const [sheets, resolution] = at(z)
      const { parents } = sheets[0]
      const expected = new Map<string, number[]>()
      for (let row = 0; row < columns.n; row++) {
        const cell = parents.cells[parents.of[finest.of[row]!]!]!
        const counts = expected.get(cell) ?? classCodes.map(() => 0)
        counts[columns.classIndex[row]!]!++
        expected.set(cell, counts)
      }
      const [x, y] = tileAt(120.6, 31.28, z)
      const shown = decodeLayer(encodeHexes(sheets, resolution, z, x, y, { classCodes }), 'cells')
      const steps = (cell: string) =>
        cellToBoundary(cell, true).map(([lon, lat]) => [
          Math.floor((squareX(lon) * 2 ** z - x) * 4096 + 0.5),
          Math.floor((squareY(lat) * 2 ** z - y) * 4096 + 0.5),
        ])
      // whose middle lies in the tile surely reaches into it
      const inside = [...expected.keys()].filter(cell => {
        const corners = steps(cell)
        const mean = (axis: 0 | 1) => corners.reduce((sum, c) => sum + c[axis]!, 0) / corners.length
        return mean(0) >= 0 && mean(0) < 4096 && mean(1) >= 0 && mean(1) < 4096
      })
      expect(inside.length).toBeGreaterThan(0)
      expect(shown.map(each => each.properties.cell)).toEqual(expect.arrayContaining(inside))
      for (const { type, properties, parts } of shown) {
        const cell = String(properties.cell)
        const counts = expected.get(cell)!
        const count = counts.reduce((sum, n) => sum + n, 0)
        expect(type).toBe(3)
        expect(properties).toEqual({
          cell,
          count,
          class: classCodes[counts.indexOf(Math.max(...counts))],
          perKm2: Math.round(count / cellArea(cell, 'km2')),
          ...Object.fromEntries(counts.flatMap((n, c) => (n > 0 ? [[classCodes[c]!, n]] : []))),
        })
        const corners = steps(cell)
        if (corners.every(([px, py]) => px! >= -64 && px! <= 4160 && py! >= -64 && py! <= 4160))
          expect(new Set(parts[0]!.map(String))).toEqual(new Set(corners.map(String)))
      }
    }
  })
  it('has cells neither crowded nor coarse on the screen, at zooms where there are such', () => {
    for (let z = 2; z <= 14; z++) {
      const [x, y] = tileAt(120.6, 31.28, z)
      const [first] = decodeLayer(encodeHexes(...at(z), z, x, y, { classCodes }), 'cells')
      const corners = cellToBoundary(String(first!.properties.cell), true)
      const xs = corners.map(([lon]) => squareX(lon) * 2 ** z * 512)
      const widthPx = Math.max(...xs) - Math.min(...xs)
      expect([z, widthPx > 10 && widthPx < 90]).toEqual([z, true])
    }
  })
  it('counts what the filter lets through, and is null where that is nothing', () => {
    const [x, y] = tileAt(120.6, 31.28, 9)
    const only = { classMask: Uint8Array.of(0, 0, 1) }
    const shown = decodeLayer(encodeHexes(...at(9), 9, x, y, { classCodes, filter: only }), 'cells')
    expect(shown.reduce((sum, each) => sum + Number(each.properties.count), 0)).toBe(
      rows.classIndex.filter(c => c === 2).length,
    )
    expect(encodeHexes(...at(9), 9, 0, 0, { classCodes })).toBeNull()
    const none = { classMask: new Uint8Array(5) }
    expect(encodeHexes(...at(9), 9, x, y, { classCodes, filter: none })).toBeNull()
  })
  it('counts what came apart from the rest with it, and what is gone not at all', () => {
    const [x, y] = tileAt(120.6, 31.28, 9)
    const resolution = resolutionAt(9)
    const part = (from: number, to: number) => {
      const some = buildColumns({
        n: to - from,
        lon: rows.lon.slice(from, to),
        lat: rows.lat.slice(from, to),
        classIndex: rows.classIndex.slice(from, to),
        state: rows.state.slice(from, to),
        id: rows.id.slice(from, to),
        area: rows.area.slice(from, to),
      })
      const cells = atOnce(hexInSteps(some))
      return { columns: some, gone: null, finest: cells, parents: parentCells(cells, resolution) }
    }
    const shown = (...parts: Parameters<typeof encodeHexes>[0][number][]) =>
      decodeLayer(encodeHexes(parts, resolution, 9, x, y, { classCodes }), 'cells')
        .map(each => each.properties)
        .sort((a, b) => (String(a.cell) < String(b.cell) ? -1 : 1))
    expect(shown(part(0, 8000), part(8000, 9000))).toEqual(shown(part(0, 9000)))
    const gone = new Uint32Array((9000 + 31) >>> 5).fill(0xffffffff)
    expect(shown({ ...part(0, 9000), gone }, part(0, 7))).toEqual(shown(part(0, 7)))
  })
  it('does not stumble at the poles and the edge of the map', () => {
    const far = randomRows(4, 1, [-180, -90, 180, 90])
    far.lon.set([-180, 180, 0, 179.999])
    far.lat.set([-90, 90, 85.1, 0])
    const edge = buildColumns(far)
    const cells = atOnce(hexInSteps(edge))
    for (const z of [0, 3, 12])
      for (const [x, y] of [
        [0, 0],
        [2 ** z - 1, 2 ** z - 1],
      ] as const) {
        const resolution = resolutionAt(z)
        const sheet = { columns: edge, gone: null, finest: cells, parents: parentCells(cells, resolution) }
        expect(() => encodeHexes([sheet], resolution, z, x, y, { classCodes })).not.toThrow()
      }
  })
})
