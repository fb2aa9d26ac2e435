import { describe, expect, it } from 'vitest'
import { buildColumns } from '../../gis/columns.ts'
import { latOfUnit, lonOfUnit, tileAt, unitX, unitY } from '../../gis/mercator.ts'
import { pointSet } from '../../gis/point-set.ts'
import { encodePoints } from '../../tiles/points.ts'
import { randomRows } from '../gis/points.ts'
import { decode, decodeLayer } from './decode.ts'

const BOX = [120.5, 31.2, 120.7, 31.35] as const
const classCodes = ['0101', '0102', '0103', '0104', '0105']
const stateCodes = ['完好', '破损', '丢失']
const codes = { classCodes, stateCodes }

describe('a tile of points', () => {
  const rows = randomRows(4000, 21, BOX)
  const set = pointSet(buildColumns(rows))

  it('holds every point whose rounded position is within 64 steps, with its id, class and state', () => {
    for (const z of [0, 8, 12, 14, 16, 18]) {
      const [x, y] = tileAt(120.6, 31.28, z)
      const side = 2 ** (32 - z)
      const expected = []
      for (let i = 0; i < rows.n; i++) {
        const px = Math.floor(((unitX(rows.lon[i]!) - x * side) / side) * 4096 + 0.5)
        const py = Math.floor(((unitY(rows.lat[i]!) - y * side) / side) * 4096 + 0.5)
        if (px < -64 || py < -64 || px > 4160 || py > 4160) continue
        expected.push({
          id: rows.id[i],
          type: 1,
          properties: { class: classCodes[rows.classIndex[i]!], state: stateCodes[rows.state[i]!] },
          parts: [[[px, py]]],
        })
      }
      expect(decodeLayer(encodePoints(set, z, x, y, codes), 'components')).toEqual(expected)
    }
  })

  it('rounds half a step up and keeps what rounding brings in', () => {
    // Zoom 12: a step is 256 units. Units are chosen, then turned to degrees that floor back to them.
    const [x, y] = [3420, 1673]
    const at = (dx: number, dy: number) => [x * 2 ** 20 + dx, y * 2 ** 20 + dy] as const
    const units = [
      at(127, 128),
      at(-64 * 256 - 128, 0),
      at(-64 * 256 - 129, 0),
      at(4160 * 256 + 127, 0),
      at(4160 * 256 + 128, 0),
    ]
    const exact = randomRows(units.length, 1, BOX)
    const built = buildColumns(exact)
    built.x.set(units.map(u => u[0]))
    built.y.set(units.map(u => u[1]))
    built.id.set(units.map((_, i) => i))
    // The columns must be in Z-order; one at a time they are.
    const kept = units.map((_, i) => {
      const one = {
        ...built,
        n: 1,
        x: built.x.slice(i, i + 1),
        y: built.y.slice(i, i + 1),
        id: built.id.slice(i, i + 1),
      }
      return decodeLayer(encodePoints(pointSet(one), 12, x, y, codes), 'components').map(f => f.parts[0]![0])
    })
    expect(kept).toEqual([[[0, 1]], [[-64, 0]], [], [[4160, 0]], []])
  })

  it('finds what rounding brings in from beyond the buffer among many', () => {
    const [x, y] = [3420, 1673]
    const row = randomRows(600, 1, BOX)
    for (let i = 0; i < row.n; i++) {
      row.lon[i] = lonOfUnit(x * 2 ** 20 - 64 * 256 - i + 0.5)
      row.lat[i] = latOfUnit(y * 2 ** 20 + 1000.5)
    }
    const kept = decodeLayer(encodePoints(pointSet(buildColumns(row)), 12, x, y, codes), 'components')
    expect(kept.map(f => f.id)).toEqual(Array.from({ length: 129 }, (_, i) => 1000 + i))
    expect(new Set(kept.map(f => f.parts[0]![0]![0]))).toEqual(new Set([-64]))
  })

  it('is null where nothing is, and where the filter leaves nothing', () => {
    expect(encodePoints(set, 12, 0, 0, codes)).toBeNull()
    const [x, y] = tileAt(120.6, 31.28, 12)
    expect(encodePoints(set, 12, x, y, { ...codes, filter: { accept: () => false } })).toBeNull()
  })

  it('shows what all parts of a filter agree on', () => {
    const [x, y] = tileAt(120.6, 31.28, 8)
    const filter = {
      classMask: Uint8Array.of(0, 1, 0, 1),
      areaMask: Uint8Array.of(1, 0, 0, 1),
      accept: (id: number) => rows.state[id - 1000] !== 0,
    }
    const shown = decodeLayer(encodePoints(set, 8, x, y, { ...codes, filter }), 'components')
    const expected = Array.from(rows.id).filter((_, i) => {
      const [c, a, s] = [rows.classIndex[i], rows.area[i], rows.state[i]]
      return (c === 1 || c === 3) && (a === -1 || a === 2) && s !== 0
    })
    expect(expected.length).toBeGreaterThan(20)
    expect(shown.map(f => f.id)).toEqual(expected)
  })

  it('lists only the values its features use, each once', () => {
    const [x, y] = tileAt(120.6, 31.28, 8)
    const shared = { classCodes: ['a', 'b', 'c', 'a', 'b'], stateCodes: ['a', 'x', 'x'] }
    const bytes = encodePoints(set, 8, x, y, {
      ...shared,
      layer: 'things',
      filter: { classMask: Uint8Array.of(1, 0, 0, 1) },
    })!
    expect(Object.keys(decode(bytes))).toEqual(['things'])
    const text = Buffer.from(bytes).toString('latin1')
    // A value message: key 0x22, length 3, key 0x0a, length 1, the character.
    expect(text.split('\x22\x03\x0a\x01a')).toHaveLength(2)
    expect(text.split('\x22\x03\x0a\x01x')).toHaveLength(2)
    expect(text.split('\x22\x03\x0a\x01c')).toHaveLength(1)
  })

  it('carries ids and value tables of any size', () => {
    const many = randomRows(3000, 3, BOX, { classes: 3000, states: 3000 })
    for (let i = 0; i < many.n; i++) many.id[i] = 2 ** 32 - 1 - i
    const wide = {
      classCodes: Array.from({ length: 3000 }, (_, i) => `c${i}`),
      stateCodes: Array.from({ length: 3000 }, (_, i) => `s${i}`),
    }
    const [x, y] = tileAt(120.6, 31.28, 8)
    const shown = decodeLayer(encodePoints(pointSet(buildColumns(many)), 8, x, y, wide), 'components')
    expect(shown).toHaveLength(3000)
    for (const feature of shown) {
      const i = 2 ** 32 - 1 - feature.id!
      expect(feature.properties).toEqual({ class: `c${many.classIndex[i]}`, state: `s${many.state[i]}` })
    }
  })

  it('refuses a class without a code and a zoom finer than its units', () => {
    const [x, y] = tileAt(120.6, 31.28, 12)
    expect(() => encodePoints(set, 12, x, y, { classCodes: [], stateCodes })).toThrow(RangeError)
    expect(() => encodePoints(set, 21, 0, 0, codes)).toThrow(RangeError)
  })
})
