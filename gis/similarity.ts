/**
 * The 4-parameter similarity between two plane systems (rotation, scale, shift), fitted to points known in
 * both by least squares. A city's own system is tied to the national one this way.
 *
 *   to.x = a * x - b * y + dx        a = scale * cos(rotation)
 *   to.y = b * x + a * y + dy        b = scale * sin(rotation)
 *
 * Source: Wolf & Ghilani, Adjustment Computations, "two-dimensional conformal coordinate transformation";
 * computed about the centres of gravity, so that eastings of millions of metres cost no digits.
 */
export interface Similarity {
  a: number
  b: number
  /** Centre of the points in the first system, and where it lies in the second, both in metres. */
  from: readonly [x: number, y: number]
  to: readonly [x: number, y: number]
}

export interface PointPair {
  from: readonly [x: number, y: number]
  to: readonly [x: number, y: number]
}

export interface SimilarityFit {
  similarity: Similarity
  /** Metres by which each point lies off where the fit puts it, in the second system. */
  residuals: { dx: number; dy: number; m: number }[]
  /** Root mean square of the residuals over the degrees of freedom; null where two points leave none. */
  rmsM: number | null
  maxM: number
  /** How much longer a length is in the second system, in millionths. */
  scalePpm: number
}

/** @returns null when fewer than two points lie apart, or a coordinate is not finite */
export function fitSimilarity(pairs: readonly PointPair[]): SimilarityFit | null {
  if (pairs.length < 2 || !pairs.flatMap(pair => [...pair.from, ...pair.to]).every(Number.isFinite))
    return null
  const from = centre(pairs.map(pair => pair.from))
  const to = centre(pairs.map(pair => pair.to))
  let along = 0
  let across = 0
  let spread = 0
  for (const pair of pairs) {
    const [x, y] = [pair.from[0] - from[0], pair.from[1] - from[1]]
    const [u, v] = [pair.to[0] - to[0], pair.to[1] - to[1]]
    along += x * u + y * v
    across += x * v - y * u
    spread += x * x + y * y
  }
  const [a, b] = [along / spread, across / spread]
  // points of one place, or mirrored ones that no rotation brings together
  if (!(spread > 1) || !(Math.hypot(a, b) > 1e-6)) return null
  const similarity: Similarity = { a, b, from, to }
  const residuals = pairs.map(pair => {
    const [x, y] = applySimilarity(similarity, pair.from[0], pair.from[1])
    const [dx, dy] = [pair.to[0] - x, pair.to[1] - y]
    return { dx, dy, m: Math.hypot(dx, dy) }
  })
  const squares = residuals.reduce((sum, { m }) => sum + m * m, 0)
  const freedom = 2 * pairs.length - 4
  return {
    similarity,
    residuals,
    rmsM: freedom > 0 ? Math.sqrt(squares / freedom) : null,
    maxM: Math.max(...residuals.map(({ m }) => m)),
    scalePpm: (Math.hypot(a, b) - 1) * 1e6,
  }
}

/** From the first system to the second. */
export function applySimilarity(
  { a, b, from, to }: Similarity,
  x: number,
  y: number,
): [x: number, y: number] {
  const [u, v] = [x - from[0], y - from[1]]
  return [a * u - b * v + to[0], b * u + a * v + to[1]]
}

/** From the second system back to the first. */
export function undoSimilarity({ a, b, from, to }: Similarity, x: number, y: number): [x: number, y: number] {
  const [u, v] = [x - to[0], y - to[1]]
  const square = a * a + b * b
  return [(a * u + b * v) / square + from[0], (a * v - b * u) / square + from[1]]
}

const centre = (points: readonly (readonly [number, number])[]): [number, number] => [
  points.reduce((sum, [x]) => sum + x, 0) / points.length,
  points.reduce((sum, [, y]) => sum + y, 0) / points.length,
]
