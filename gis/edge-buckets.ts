/**
 * Sorts the edges of one polygon into buckets by y (see edges.ts for what a bucket holds).
 */
/** Below this squared length PostGIS ignores an edge. */
const ZERO_LENGTH_SQUARED = 1e-12 * 1e-12
export const EDGES_PER_BUCKET = 2
/** How often an edge may stand in the buckets on average beyond its first. */
const COPIES_PER_EDGE = 4

/** What a bucket refers to and where it stands; the meaning of words is in edges.ts. */
export interface EdgeBuckets {
  /** x, y of every ring position, in order. */
  vertices: Float64Array
  /** Per polygon and bucket, plus one: where its words begin. */
  buckets: Uint32Array
  words: Uint32Array
}

/** Where the next vertex, bucket and word go. */
export interface Ends {
  vertex: number
  bucket: number
  word: number
}

/** A ring in `vertices`, and which edges of it count. */
export interface RingSpan {
  hole: boolean
  first: number
  /** One past the last edge's first vertex. */
  end: number
}

/** Half as many buckets as edges, fewer where long edges would stand in too many of them (a comb). */
export function bucketCount(vertices: Float64Array, rings: readonly RingSpan[], height: number): number {
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
export function fillBuckets(
  edges: EdgeBuckets,
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
  edges.words = fitting(edges.words, next, Uint32Array)
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
export function bucketOf(y: number, y0: number, perY: number, buckets: number): number {
  const k = Math.floor((y - y0) * perY)
  return k < 0 ? 0 : k >= buckets ? buckets - 1 : k
}

/** The array with room for so many, itself where it has. */
export function fitting<A extends Uint32Array | Float64Array>(
  array: A,
  needed: number,
  Wider: new (length: number) => A,
): A {
  if (needed <= array.length) return array
  const wider = new Wider(Math.ceil(needed * 1.5))
  wider.set(array)
  return wider
}
