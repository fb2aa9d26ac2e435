/**
 * The boundary of many polygons as y-bucketed edges: the exact half of point location.
 *
 *   polygon's box        bucket k holds, ring by ring, every edge that reaches into its strip of y
 *   +------------+
 *   |  /\   /\   | k=2   words: [edges << 1 | hole, first vertex of edge, first vertex of edge, ...]
 *   | /  \_/  \  | k=1          [edges << 1 | hole, ...]
 *   |/_________\ | k=0   a shell opens a part, the holes behind it belong to it
 *   +------------+
 *
 * `sideOf` gives the answer of PostGIS's point-in-polygon (ST_Covers, ST_Contains) bit for bit: a winding
 * number per ring, half-open in y, with the same side expression in the same order of operations in
 * doubles; edges shorter than 1e-12 do not exist; the first part that holds the point decides.
 */
import {
  bucketCount,
  bucketOf,
  EDGES_PER_BUCKET,
  type EdgeBuckets,
  type Ends,
  fillBuckets,
  fitting,
  type RingSpan,
} from './edge-buckets.ts'
import type { Bbox, PolygonGeometry } from './geometry.ts'

/** Numbers per polygon in `shape`: box, lower end and inverse height of its buckets. */
const SHAPE = 6

/** Plain typed arrays; polygon p owns its stretch of each, so another can take its place (`replaceEdges`). */
export interface Edges extends EdgeBuckets {
  /** Per polygon: west, south, east, north, lowest y of bucket 0, buckets per unit of y. */
  shape: Float64Array
  /** Per polygon: first entry in `buckets`, number of buckets (0 when it has no edge). */
  span: Uint32Array
  /** Per polygon: its stretch of vertices, buckets and words, each as first and room. */
  room: Uint32Array
  /** How much of the three is spoken for. */
  used: Ends
}

/** @throws RangeError naming the polygon when a position is not finite. */
export function buildEdges(polygons: readonly { geometry: PolygonGeometry }[]): Edges {
  const count = polygons.length
  let positions = 0
  for (const polygon of polygons)
    for (const ring of ringsOf(polygon.geometry)) positions += ring.positions.length
  const used = { vertex: 0, bucket: 0, word: 0 }
  const edges: Edges = {
    vertices: new Float64Array(withSpare(positions) * 2),
    shape: new Float64Array(count * SHAPE),
    span: new Uint32Array(count * 2),
    buckets: new Uint32Array(Math.ceil(positions / EDGES_PER_BUCKET) + count * 2),
    words: new Uint32Array(positions * 3),
    room: new Uint32Array(count * 6),
    used,
  }
  for (let p = 0; p < count; p++) {
    const { vertex, bucket, word } = used
    addPolygon(edges, used, p, polygons[p]!.geometry)
    edges.room.set(
      [vertex, used.vertex - vertex, bucket, used.bucket - bucket, word, used.word - word],
      p * 6,
    )
  }
  edges.buckets = edges.buckets.slice(0, withSpare(used.bucket))
  edges.words = edges.words.slice(0, withSpare(used.word))
  return edges
}

/**
 * Puts another geometry in the place of polygon p, in its stretch where it fits, else in a new one with a
 * quarter of room to grow: what is left behind over the years stays below five times the polygon.
 * @throws RangeError when a position is not finite; nothing has changed then
 */
export function replaceEdges(edges: Edges, p: number, geometry: PolygonGeometry): void {
  for (const { positions } of ringsOf(geometry))
    for (const position of positions)
      if (!Number.isFinite(position[0]) || !Number.isFinite(position[1]))
        throw new RangeError(`polygon ${p} has a position that is not finite`)
  const one = buildEdges([{ geometry }])
  const { room, used } = edges
  const needed = [one.used.vertex, one.used.bucket, one.used.word] as const
  if (needed.some((size, i) => size > room[p * 6 + i * 2 + 1]!)) {
    const wide = needed.map(size => size + (size >> 2)) as [number, number, number]
    room.set([used.vertex, wide[0], used.bucket, wide[1], used.word, wide[2]], p * 6)
    used.vertex += wide[0]
    used.bucket += wide[1]
    used.word += wide[2]
    edges.vertices = fitting(edges.vertices, used.vertex * 2, Float64Array)
    edges.buckets = fitting(edges.buckets, used.bucket, Uint32Array)
    edges.words = fitting(edges.words, used.word, Uint32Array)
  }
  const vertex = room[p * 6]!
  const bucket = room[p * 6 + 2]!
  const word = room[p * 6 + 4]!
  edges.vertices.set(one.vertices.subarray(0, one.used.vertex * 2), vertex * 2)
  for (let k = 0; k < one.used.bucket; k++) edges.buckets[bucket + k] = one.buckets[k]! + word
  for (let i = 0; i < one.used.word; ) {
    const header = one.words[i]!
    edges.words[word + i] = header
    for (const end = i++ + 1 + (header >>> 1); i < end; i++) edges.words[word + i] = one.words[i]! + vertex
  }
  edges.shape.set(one.shape, p * SHAPE)
  edges.span.set([bucket, one.span[1]!], p * 2)
}

function addPolygon(edges: Edges, at: Ends, p: number, geometry: PolygonGeometry): void {
  const rings: RingSpan[] = []
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { hole, positions } of ringsOf(geometry)) {
    const first = at.vertex
    for (const position of positions) {
      const x = position[0] as number
      const y = position[1] as number
      if (!Number.isFinite(x) || !Number.isFinite(y))
        throw new RangeError(`polygon ${p} has a position that is not finite`)
      edges.vertices[at.vertex * 2] = x
      edges.vertices[at.vertex * 2 + 1] = y
      at.vertex++
      if (x < west) west = x
      if (x > east) east = x
      if (y < south) south = y
      if (y > north) north = y
    }
    rings.push({ hole, first, end: Math.max(first, at.vertex - 1) })
  }
  const buckets = bucketCount(edges.vertices, rings, north - south)
  const perY = north > south ? buckets / (north - south) : 0
  edges.shape.set([west, south, east, north, south, perY], p * SHAPE)
  edges.span[p * 2] = at.bucket
  edges.span[p * 2 + 1] = buckets
  if (buckets > 0) fillBuckets(edges, at, rings, south, perY, buckets)
}

/** 1 when the point lies in the polygon's interior, 0 on its boundary, -1 outside (also for NaN). */
export function sideOf(edges: Edges, polygon: number, x: number, y: number): -1 | 0 | 1 {
  const { shape, span, buckets, words, vertices } = edges
  const s = polygon * SHAPE
  if (!(x >= shape[s]! && x <= shape[s + 2]! && y >= shape[s + 1]! && y <= shape[s + 3]!)) return -1
  const bucketCount = span[polygon * 2 + 1]!
  if (bucketCount === 0) return -1
  const bucket = span[polygon * 2]! + bucketOf(y, shape[s + 4]!, shape[s + 5]!, bucketCount)
  const end = buckets[bucket + 1]!
  let part: -1 | 1 = -1
  for (let i = buckets[bucket]!; i < end; ) {
    const header = words[i++]!
    const ringEnd = i + (header >>> 1)
    const hole = (header & 1) === 1
    if (hole ? part < 0 : part > 0) {
      if (!hole) return 1
      i = ringEnd
      continue
    }
    let winding = 0
    for (; i < ringEnd; i++) {
      const v = words[i]! * 2
      const y1 = vertices[v + 1]!
      const y2 = vertices[v + 3]!
      if (y1 < y ? y2 < y : y1 > y && y2 > y) continue
      const x1 = vertices[v]!
      const x2 = vertices[v + 2]!
      const side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
      if (side === 0 && (x1 < x2 ? x1 <= x && x <= x2 : x2 <= x && x <= x1)) return 0
      if (y1 <= y) {
        if (y < y2 && side > 0) winding++
      } else if (y2 <= y && side < 0) winding--
    }
    if (!hole) part = winding === 0 ? -1 : 1
    else if (winding !== 0) part = -1
  }
  return part
}

/** The box of a polygon; all Infinity (west above east) when it has no position. */
export function boxOf(edges: Edges, polygon: number): Bbox {
  const s = polygon * SHAPE
  return [edges.shape[s]!, edges.shape[s + 1]!, edges.shape[s + 2]!, edges.shape[s + 3]!]
}

/** Shells and holes in the order of the geometry; a shell comes before its holes. */
export function* ringsOf(
  geometry: PolygonGeometry,
): Generator<{ hole: boolean; positions: readonly number[][] }> {
  const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  for (const rings of parts) {
    for (let r = 0; r < rings.length; r++) yield { hole: r > 0, positions: rings[r]! }
  }
}

/** Room for the first changed polygons, so that they need not copy everything. */
const withSpare = (size: number): number => size + (size >> 4) + 64
