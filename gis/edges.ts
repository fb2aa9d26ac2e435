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
import type { Bbox, PolygonGeometry } from './geometry.ts'

/** Numbers per polygon in `shape`: box, lower end and inverse height of its buckets. */
const SHAPE = 6
/** Below this squared length PostGIS ignores an edge. */
const ZERO_LENGTH_SQUARED = 1e-12 * 1e-12
const EDGES_PER_BUCKET = 2
/** How often an edge may stand in the buckets on average beyond its first. */
const COPIES_PER_EDGE = 4

/** Plain typed arrays; polygon p owns its stretch of each, so a later polygon can be appended in place of it. */
export interface Edges {
  /** x, y of every ring position, in order. */
  vertices: Float64Array
  /** Per polygon: west, south, east, north, lowest y of bucket 0, buckets per unit of y. */
  shape: Float64Array
  /** Per polygon: first entry in `buckets`, number of buckets (0 when it has no edge). */
  span: Uint32Array
  /** Per polygon and bucket, plus one: where its words begin. */
  buckets: Uint32Array
  words: Uint32Array
}

/** @throws RangeError naming the polygon when a position is not finite. */
export function buildEdges(polygons: readonly { geometry: PolygonGeometry }[]): Edges {
  const count = polygons.length
  let positions = 0
  for (const polygon of polygons)
    for (const ring of ringsOf(polygon.geometry)) positions += ring.positions.length
  const edges: Edges = {
    vertices: new Float64Array(positions * 2),
    shape: new Float64Array(count * SHAPE),
    span: new Uint32Array(count * 2),
    buckets: new Uint32Array(Math.ceil(positions / EDGES_PER_BUCKET) + count * 2),
    words: new Uint32Array(positions * 3),
  }
  const at = { vertex: 0, bucket: 0, word: 0 }
  for (let p = 0; p < count; p++) addPolygon(edges, at, p, polygons[p]!.geometry)
  edges.buckets = edges.buckets.slice(0, at.bucket)
  edges.words = edges.words.slice(0, at.word)
  return edges
}

/** Where the next vertex, bucket and word go. */
interface Ends {
  vertex: number
  bucket: number
  word: number
}

/** A ring in `vertices`, and which edges of it count. */
interface RingSpan {
  hole: boolean
  first: number
  /** One past the last edge's first vertex. */
  end: number
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

/** Half as many buckets as edges, fewer where long edges would stand in too many of them (a comb). */
function bucketCount(vertices: Float64Array, rings: readonly RingSpan[], height: number): number {
  let count = 0
  let climbed = 0
  for (const ring of rings) {
    for (let v = ring.first; v < ring.end; v++) {
      climbed += Math.abs(vertices[v * 2 + 3]! - vertices[v * 2 + 1]!)
      count++
    }
  }
  if (count === 0) return 0
  const byCount = Math.ceil(count / EDGES_PER_BUCKET)
  const byClimb = Math.ceil((COPIES_PER_EDGE * count * height) / climbed)
  return Math.max(1, climbed > 0 ? Math.min(byCount, byClimb) : 1)
}

/** Two passes over the rings: count the words of each bucket, then place them; both see rings in order. */
function fillBuckets(
  edges: Edges,
  at: Ends,
  rings: readonly RingSpan[],
  y0: number,
  perY: number,
  buckets: number,
): void {
  const sizes = new Uint32Array(buckets)
  eachBucketEdge(
    edges.vertices,
    rings,
    y0,
    perY,
    buckets,
    k => sizes[k]!++,
    k => sizes[k]!++,
  )
  const cursor = new Uint32Array(buckets)
  let next = at.word
  for (let k = 0; k < buckets; k++) {
    edges.buckets[at.bucket + k] = next
    cursor[k] = next
    next += sizes[k]!
  }
  edges.buckets[at.bucket + buckets] = next
  at.bucket += buckets + 1
  at.word = next
  if (next > edges.words.length) edges.words = grown(edges.words, next)
  const { words } = edges
  const header = new Uint32Array(buckets)
  eachBucketEdge(
    edges.vertices,
    rings,
    y0,
    perY,
    buckets,
    (k, hole) => {
      header[k] = cursor[k]!
      words[cursor[k]!++] = hole ? 1 : 0
    },
    (k, vertex) => {
      words[cursor[k]!++] = vertex
      words[header[k]!]! += 2
    },
  )
}

/**
 * Walks ring by ring; `open` once per bucket and ring before its first edge there. A hole also opens its
 * shell where the shell has no edge, so that holes outside their shell (invalid, but seen) stay its own.
 */
function eachBucketEdge(
  vertices: Float64Array,
  rings: readonly RingSpan[],
  y0: number,
  perY: number,
  buckets: number,
  open: (bucket: number, hole: boolean) => void,
  edge: (bucket: number, vertex: number) => void,
): void {
  const opened = new Int32Array(buckets).fill(-1)
  const shellOf = new Int32Array(buckets).fill(-1)
  let shell = -1
  for (let r = 0; r < rings.length; r++) {
    const ring = rings[r]!
    if (!ring.hole) shell = r
    for (let v = ring.first; v < ring.end; v++) {
      const dx = vertices[v * 2 + 2]! - vertices[v * 2]!
      const dy = vertices[v * 2 + 3]! - vertices[v * 2 + 1]!
      if (dx * dx + dy * dy < ZERO_LENGTH_SQUARED) continue
      const a = bucketOf(vertices[v * 2 + 1]!, y0, perY, buckets)
      const b = bucketOf(vertices[v * 2 + 3]!, y0, perY, buckets)
      for (let k = Math.min(a, b), last = Math.max(a, b); k <= last; k++) {
        if (opened[k] !== r) {
          if (shellOf[k] !== shell) {
            shellOf[k] = shell
            open(k, false)
          }
          if (ring.hole) open(k, true)
          opened[k] = r
        }
        edge(k, v)
      }
    }
  }
}

/** Monotonic in y, so an edge's buckets are all those between its ends'. */
function bucketOf(y: number, y0: number, perY: number, buckets: number): number {
  const k = Math.floor((y - y0) * perY)
  return k < 0 ? 0 : k >= buckets ? buckets - 1 : k
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

function grown(words: Uint32Array, needed: number): Uint32Array {
  const next = new Uint32Array(Math.ceil(needed * 1.5))
  next.set(words)
  return next
}
