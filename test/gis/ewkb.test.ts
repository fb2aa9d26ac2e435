import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ewkbSize, readEwkb, writeEwkb } from '../../gis/ewkb.ts'
import type { Geometry } from '../../gis/geometry.ts'
import { anyGeometry } from './geometries.ts'

function written(geometry: Geometry, srid = 4490): Uint8Array {
  const bytes = new Uint8Array(ewkbSize(geometry))
  expect(writeEwkb(new DataView(bytes.buffer), 0, geometry, srid)).toBe(bytes.length)
  return bytes
}

const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

describe('EWKB', () => {
  it('comes back as it was written, having the size foretold', () => {
    fc.assert(
      fc.property(anyGeometry, geometry => {
        expect(readEwkb(written(geometry))).toEqual(geometry)
      }),
    )
  })

  it('keeps empty geometries empty', () => {
    for (const type of [
      'Point',
      'LineString',
      'Polygon',
      'MultiPoint',
      'MultiLineString',
      'MultiPolygon',
    ] as const) {
      const empty = { type, coordinates: [] } as unknown as Geometry
      expect(readEwkb(written(empty))).toEqual(empty)
    }
  })

  it('is written where it is told, leaving what is around', () => {
    const bytes = new Uint8Array(100).fill(7)
    const end = writeEwkb(new DataView(bytes.buffer), 10, { type: 'Point', coordinates: [120, 31] }, 4490)
    expect(end).toBe(35)
    expect([...bytes.subarray(0, 10), ...bytes.subarray(35)].every(byte => byte === 7)).toBe(true)
    expect(() =>
      writeEwkb(new DataView(bytes.buffer), 90, { type: 'Point', coordinates: [1, 2] }, 1),
    ).toThrow(RangeError)
  })

  it('is read big endian, without SRID, and with z or m left out', () => {
    const point = { type: 'Point', coordinates: [1, 2] }
    expect(readEwkb(fromHex('00 00000001 3ff0000000000000 4000000000000000'))).toEqual(point)
    const z = 'f03f 0000000000000040 0000000000000840'.replaceAll(' ', '')
    expect(readEwkb(fromHex(`01 01000080 000000000000${z}`))).toEqual(point)
    expect(readEwkb(fromHex(`01 01000040 000000000000${z}`))).toEqual(point)
    expect(readEwkb(fromHex(`01 e9030000 000000000000${z}`))).toEqual(point)
    expect(readEwkb(fromHex(`01 b90b0000 000000000000${z} 0000000000000840`))).toEqual(point)
  })

  it('is refused when cut short anywhere', () => {
    fc.assert(
      fc.property(anyGeometry, fc.nat(), (geometry, cut) => {
        const bytes = written(geometry)
        expect(() => readEwkb(bytes.subarray(0, cut % bytes.length))).toThrow(RangeError)
      }),
    )
  })

  it('is refused when it goes on, holds another type, or claims more than there is', () => {
    const bytes = written({ type: 'Point', coordinates: [1, 2] })
    expect(() => readEwkb(Uint8Array.of(...bytes, 0))).toThrow(/1 bytes behind/)
    expect(() => readEwkb(fromHex('01 07000000 00000000'))).toThrow(/type 7/)
    expect(() => readEwkb(fromHex('01 02000000 ffffffff'))).toThrow(/cut short/)
    expect(() => readEwkb(fromHex('01 04000000 01000000 01 02000000 00000000'))).toThrow(
      /inside a collection/,
    )
  })
})
