import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { ewkbSize, readEwkb, writeEwkb } from '../../gis/ewkb.ts'
import type { Geometry } from '../../gis/geometry.ts'
import { noOracle, oracle } from '../support/oracle.ts'
import { anyGeometry } from './geometries.ts'

const pool = oracle()
afterAll(() => pool?.end())

it.skipIf(pool === null)(
  `is byte for byte what ST_AsEWKB gives${pool === null ? ` (${noOracle})` : ''}`,
  async () => {
    const empties = ['Point', 'LineString', 'Polygon', 'MultiPoint', 'MultiLineString', 'MultiPolygon'].map(
      type => ({ type, coordinates: [] }) as unknown as Geometry,
    )
    const geometries = [...empties, ...fc.sample(anyGeometry, 500)]
    const ours = geometries.map(geometry => {
      const bytes = Buffer.alloc(ewkbSize(geometry))
      writeEwkb(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, geometry, 4490)
      return bytes
    })
    const { rows } = await pool!.query<{ back: Buffer; text: Buffer }>(
      `select ST_AsEWKB(ST_GeomFromEWKB(ours)) as back, ST_AsEWKB(ST_SetSRID(ST_GeomFromText(wkt), 4490)) as text
     from unnest($1::bytea[], $2::text[]) with ordinality u(ours, wkt, i) order by i`,
      [ours, geometries.map(wkt)],
    )
    for (const [i, geometry] of geometries.entries()) {
      expect(ours[i]!.toString('hex')).toBe(rows[i]!.back.toString('hex'))
      expect(ours[i]!.toString('hex')).toBe(rows[i]!.text.toString('hex'))
      expect(readEwkb(rows[i]!.text)).toEqual(geometry)
    }
  },
)

type Nested = readonly (number | Nested)[]

function wkt({ type, coordinates }: Geometry): string {
  if (coordinates.length === 0) return `${type} EMPTY`
  const inner = (node: Nested): string =>
    typeof node[0] === 'number'
      ? node.map(n => (Object.is(n, -0) ? '-0' : n)).join(' ')
      : `(${node.map(child => inner(child as Nested)).join(',')})`
  const text = inner(coordinates as Nested)
  return `${type}${type === 'Point' ? `(${text})` : text}`
}
