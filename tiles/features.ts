/**
 * Named layers of any geometry cut into vector tiles on demand. Neighbours in a layer lose the same vertices of
 * the border they share (simplify.ts), so no gap opens between them at any zoom.
 *
 *   { water: features, street: features } -> tile(z, x, y) -> bytes of the layers that have something there
 *
 *   positions in the Mercator square -> those that matter at the zoom -> cut (clip.ts) -> whole steps -> bytes
 *
 * A layer is made ready when its first tile is asked for.
 */
import Flatbush from 'flatbush'
import type { Geometry } from '../gis/geometry.ts'
import { squareX, squareY } from '../gis/mercator.ts'
import { type Flat, HIGH, LOW, linesInTile, ringInTile, whole } from './clip.ts'
import { BUFFER, EXTENT, joinLayers, type MvtValue } from './mvt.ts'
import { encodeShapes, type Shape } from './shapes.ts'
import { type Paths, weigh } from './simplify.ts'

export interface LayerFeature {
  /** In degrees. */
  geometry: Geometry
  /** Null and undefined are left out. */
  properties: Readonly<Record<string, MvtValue | null | undefined>>
  /** A whole number. */
  id?: number
}

export interface FeatureTilesOptions {
  /** Zoom from which tiles hold anything; 0 by default. */
  minZoom?: number
  /** The same for single layers. */
  minZoomOf?: Readonly<Record<string, number>>
  /** Deepest zoom, 20 by default; there nothing is simplified, deeper there is nothing. */
  maxZoom?: number
  /** Steps (of 4,096) by which simplified lines may deviate; 3 by default. */
  tolerance?: number
}

export interface FeatureTiles {
  /** The tile's bytes, or null when no layer has anything in it. */
  tile(z: number, x: number, y: number): Uint8Array | null
}

type Layers = Readonly<Record<string, readonly LayerFeature[]>>

export function featureTiles(layers: Layers, options: FeatureTilesOptions = {}): FeatureTiles {
  const { minZoom = 0, minZoomOf = {}, maxZoom = 20, tolerance = 3 } = options
  const cuts = Object.entries(layers)
    .filter(([, features]) => features.length > 0)
    .map(([name, features]) => ({
      name,
      from: minZoomOf[name] ?? minZoom,
      ready: lazily(() => layOut(features)),
    }))
  return {
    tile(z, x, y) {
      if (z > maxZoom) return null
      const found: Uint8Array[] = []
      for (const { name, from, ready } of cuts) {
        if (z < from) continue
        const deviation = z === maxZoom ? -1 : (tolerance / EXTENT / 2 ** z) ** 2
        const bytes = encodeShapes(name, shapesIn(ready(), z, x, y, deviation))
        if (bytes !== null) found.push(bytes)
      }
      return found.length === 0 ? null : joinLayers(found)
    },
  }
}

/** A layer with its positions in the Mercator square. */
interface LaidOut {
  features: readonly LayerFeature[]
  paths: Paths
  weights: Float64Array
  /** First path of each feature, and their number at the end. */
  firstPath: Uint32Array
  /** Per path: 0 a point or line, 1 a shell, 2 a hole. */
  role: Uint8Array
  tree: Flatbush
}

function layOut(features: readonly LayerFeature[]): LaidOut {
  const pathsEach = features.map(({ geometry }) => [...pathsOf(geometry)])
  const all = pathsEach.flat()
  const from = new Uint32Array(all.length + 1)
  for (const [p, { positions }] of all.entries()) from[p + 1] = from[p]! + positions.length
  const role = Uint8Array.from(all, path => path.role)
  const paths = {
    x: new Float64Array(from.at(-1)!),
    y: new Float64Array(from.at(-1)!),
    from,
    ring: role.map(each => (each > 0 ? 1 : 0)),
  }
  for (const [p, path] of all.entries()) setPositions(paths, from[p]!, inOrder(path))
  const firstPath = new Uint32Array(features.length + 1)
  const tree = new Flatbush(features.length)
  for (const [f, { length }] of pathsEach.entries()) {
    firstPath[f + 1] = firstPath[f]! + length
    tree.add(...boxOf(paths, from[firstPath[f]!]!, from[firstPath[f + 1]!]!))
  }
  tree.finish()
  return { features, paths, weights: weigh(paths), firstPath, role, tree }
}

function setPositions({ x, y }: Paths, first: number, positions: readonly number[][]): void {
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i]!
    x[first + i] = squareX(position[0]!)
    y[first + i] = squareY(position[1]!)
  }
}

/** West, north, east, south; without a position it is nowhere, west of all tiles. */
function boxOf({ x, y }: Paths, first: number, end: number): [number, number, number, number] {
  if (first === end) return [-1, -1, -1, -1]
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = first; i < end; i++) {
    if (x[i]! < west) west = x[i]!
    if (x[i]! > east) east = x[i]!
    if (y[i]! < north) north = y[i]!
    if (y[i]! > south) south = y[i]!
  }
  return [west, north, east, south]
}

interface Path {
  role: 0 | 1 | 2
  positions: readonly number[][]
}

function* pathsOf(geometry: Geometry): Generator<Path> {
  const { type, coordinates } = geometry
  if (type === 'Point') yield { role: 0, positions: [coordinates] }
  else if (type === 'MultiPoint' || type === 'LineString') yield { role: 0, positions: coordinates }
  else if (type === 'MultiLineString') for (const positions of coordinates) yield { role: 0, positions }
  else {
    for (const rings of type === 'Polygon' ? [coordinates] : coordinates)
      for (const [r, positions] of rings.entries()) yield { role: r === 0 ? 1 : 2, positions }
  }
}

/** Shells clockwise on the screen and holes the other way, whichever way they came. */
function inOrder({ role, positions }: Path): readonly number[][] {
  if (role === 0) return positions
  let twice = 0
  for (let i = 1; i < positions.length; i++) {
    const a = positions[i - 1]!
    const b = positions[i]!
    twice += (b[0]! - a[0]!) * (b[1]! + a[1]!)
  }
  // the sum is positive for a ring that runs clockwise on a map whose y goes up
  return twice > 0 === (role === 1) ? positions : positions.toReversed()
}

/** The features of a tile in steps; positions whose weight is not above the deviation are left out. */
function* shapesIn(laid: LaidOut, z: number, x: number, y: number, deviation: number): Generator<Shape> {
  const tiles = 2 ** z
  const ring = BUFFER / EXTENT
  const found = laid.tree.search(
    (x - ring) / tiles,
    (y - ring) / tiles,
    (x + 1 + ring) / tiles,
    (y + 1 + ring) / tiles,
  )
  const scale = tiles * EXTENT
  for (const f of found.sort((a, b) => a - b)) {
    const { geometry, properties, id } = laid.features[f]!
    const paths: Flat[] = []
    const roles: number[] = []
    for (let p = laid.firstPath[f]!; p < laid.firstPath[f + 1]!; p++) {
      paths.push(stepsOf(laid, p, scale, x * EXTENT, y * EXTENT, deviation))
      roles.push(laid.role[p]!)
    }
    const said = { properties, ...(id === undefined ? {} : { id }) }
    if (geometry.type === 'Point' || geometry.type === 'MultiPoint')
      yield { ...said, type: 'points', parts: paths.map(path => pointsIn(whole(path))) }
    else if (roles[0] === 0) yield { ...said, type: 'lines', parts: paths.flatMap(linesInTile) }
    else yield { ...said, type: 'polygons', parts: ringsIn(paths, roles) }
  }
}

/** A path in steps from the tile's corner, not yet whole ones. */
function stepsOf(
  { paths, weights }: LaidOut,
  p: number,
  scale: number,
  west: number,
  north: number,
  deviation: number,
): Flat {
  const steps: Flat = []
  for (let at = paths.from[p]!; at < paths.from[p + 1]!; at++)
    if (weights[at]! > deviation) steps.push(paths.x[at]! * scale - west, paths.y[at]! * scale - north)
  return steps
}

function pointsIn(path: Flat): Flat {
  const kept: Flat = []
  for (let i = 0; i < path.length; i += 2) {
    const [px, py] = [path[i]!, path[i + 1]!]
    if (px >= LOW && py >= LOW && px <= HIGH && py <= HIGH) kept.push(px, py)
  }
  return kept
}

/** A shell that has no area in steps goes with its holes; so does one that rounding turned over. */
function ringsIn(paths: readonly Flat[], roles: readonly number[]): Flat[] {
  const kept: Flat[] = []
  let shell = false
  for (const [i, path] of paths.entries()) {
    const isShell = roles[i] === 1
    if (!isShell && !shell) continue
    const ring = ringInTile(path)
    const isKept = isShell ? areaOf(ring) > 0 : areaOf(ring) < 0
    if (isKept) kept.push(ring)
    if (isShell) shell = isKept
  }
  return kept
}

function areaOf(ring: Flat): number {
  let twice = 0
  for (let i = 2; i < ring.length; i += 2) twice += ring[i - 2]! * ring[i + 1]! - ring[i]! * ring[i - 1]!
  return twice
}

function lazily<T>(make: () => T): () => T {
  let made: { it: T } | null = null
  return () => (made ??= { it: make() }).it
}
