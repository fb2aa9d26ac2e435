/** A point on a geometry, where its dot or label goes: the middle of a line, a point well inside a polygon. Pure. */
import type { Geometry, LonLat } from '../../../gis/geometry.ts'

export function pointOn(geometry: Geometry): LonLat {
  switch (geometry.type) {
    case 'Point':
      return [geometry.coordinates[0]!, geometry.coordinates[1]!]
    case 'MultiPoint':
      return [geometry.coordinates[0]![0]!, geometry.coordinates[0]![1]!]
    case 'LineString':
      return middle(geometry.coordinates)
    case 'MultiLineString':
      return middle(longest(geometry.coordinates, length))
    case 'Polygon':
      return inside(geometry.coordinates)
    case 'MultiPolygon':
      return inside(longest(geometry.coordinates, rings => Math.abs(area(rings[0]!))))
  }
}

type Line = number[][]

function longest<T>(parts: T[], size: (part: T) => number): T {
  return parts.reduce((best, part) => (size(part) > size(best) ? part : best))
}

const length = (line: Line): number =>
  line.reduce(
    (sum, p, i) => (i === 0 ? 0 : sum + Math.hypot(p[0]! - line[i - 1]![0]!, p[1]! - line[i - 1]![1]!)),
    0,
  )

const area = (ring: Line): number =>
  ring.reduce((sum, p, i) => {
    const q = ring[(i + 1) % ring.length]!
    return sum + (p[0]! * q[1]! - q[0]! * p[1]!) / 2
  }, 0)

function middle(line: Line): LonLat {
  let left = length(line) / 2
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1]!, line[i]!]
    const step = Math.hypot(b[0]! - a[0]!, b[1]! - a[1]!)
    if (step >= left && step > 0) {
      const t = left / step
      return [a[0]! + (b[0]! - a[0]!) * t, a[1]! + (b[1]! - a[1]!) * t]
    }
    left -= step
  }
  return [line[0]![0]!, line[0]![1]!]
}

/**
 * The middle of the widest run inside the polygon among a few horizontal cuts.
 *
 *      ______
 *     /  |  |   each cut crosses the rings; between odd and even crossings is inside
 *    /---+--|
 */
function inside(rings: Line[]): LonLat {
  const outer = rings[0]!
  const ys = outer.map(p => p[1]!)
  const [low, high] = [Math.min(...ys), Math.max(...ys)]
  let best: { width: number; at: LonLat } = { width: -1, at: [outer[0]![0]!, outer[0]![1]!] }
  for (let cut = 1; cut < 16; cut++) {
    const y = low + ((high - low) * (cut + 0.017)) / 16.1
    const crossings: number[] = []
    for (const ring of rings) {
      for (let i = 1; i < ring.length; i++) {
        const [a, b] = [ring[i - 1]!, ring[i]!]
        if (a[1]! > y !== b[1]! > y) crossings.push(a[0]! + ((y - a[1]!) / (b[1]! - a[1]!)) * (b[0]! - a[0]!))
      }
    }
    crossings.sort((a, b) => a - b)
    // cuts near the middle are the better place for a label
    const favour = 1 - Math.abs(cut - 8) / 12
    for (let i = 1; i < crossings.length; i += 2) {
      const width = (crossings[i]! - crossings[i - 1]!) * favour
      if (width > best.width) best = { width, at: [(crossings[i]! + crossings[i - 1]!) / 2, y] }
    }
  }
  return best.at
}
