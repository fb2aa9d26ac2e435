/** Geometries for tests: what every kind looks like. */
import fc from 'fast-check'
import type { Geometry } from '../../gis/geometry.ts'

const position = fc.tuple(
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.double({ min: -90, max: 90, noNaN: true }),
) as fc.Arbitrary<number[]>
const line = fc.array(position, { minLength: 2, maxLength: 6 })
const ring = fc.array(position, { minLength: 3, maxLength: 6 }).map(open => [...open, open[0]!])
const rings = fc.array(ring, { minLength: 1, maxLength: 3 })
const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 4 })

/** Any geometry of the six types with closed rings; not necessarily valid. */
export const anyGeometry: fc.Arbitrary<Geometry> = fc.oneof(
  position.map(coordinates => ({ type: 'Point' as const, coordinates })),
  line.map(coordinates => ({ type: 'LineString' as const, coordinates })),
  rings.map(coordinates => ({ type: 'Polygon' as const, coordinates })),
  some(position).map(coordinates => ({ type: 'MultiPoint' as const, coordinates })),
  some(line).map(coordinates => ({ type: 'MultiLineString' as const, coordinates })),
  some(rings).map(coordinates => ({ type: 'MultiPolygon' as const, coordinates })),
)
