/**
 * The Web Mercator square (EPSG:3857) as unsigned 32-bit integers: x runs east from -180 degrees, y runs
 * south from +85.05. One unit is 9.3 mm at the equator, and a tile at zoom z is the 32 - z low bits:
 *
 *   x = [ tile column: z bits ][ position in the tile: 32 - z bits ]
 *
 * Positions are floored. Therefore rounding a unit position half up to a tile's 4,096 steps gives what
 * rounding the exact position gives, up to zoom 19.
 */
import type { Bbox } from './geometry.ts'

/** Where the square ends: the latitude at which it is as high as wide. */
export const MERCATOR_LATITUDE = (Math.atan(Math.sinh(Math.PI)) * 180) / Math.PI
/** Length of the equator on the sphere of EPSG:3857, metres. */
export const EQUATOR_M = 2 * Math.PI * 6378137

const UNITS = 2 ** 32
const LAST = UNITS - 1

/** Position in the square, 0 at its west, 1 at its east; not ended by it. */
export const squareX = (lon: number): number => lon / 360 + 0.5

/** Position in the square, 0 at its north, 1 at its south; latitudes beyond it lie on its edge. */
export function squareY(lat: number): number {
  const held = Math.max(-MERCATOR_LATITUDE, Math.min(MERCATOR_LATITUDE, lat))
  const sin = Math.sin((held * Math.PI) / 180)
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)
}

/** Floored unit x; longitudes beyond the square lie on its edge. */
export function unitX(lon: number): number {
  return clampUnit((lon / 360 + 0.5) * UNITS)
}

/** Floored unit y, counted from the north; latitudes beyond the square lie on its edge. */
export function unitY(lat: number): number {
  const sin = Math.sin((lat * Math.PI) / 180)
  return clampUnit((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * UNITS)
}

function clampUnit(value: number): number {
  return value <= 0 ? 0 : value >= LAST ? LAST : Math.floor(value)
}

/** The longitude of a unit x; of the middle of the unit with x + 0.5. */
export function lonOfUnit(x: number): number {
  return (x / UNITS - 0.5) * 360
}

/** The latitude of a unit y; of the middle of the unit with y + 0.5. */
export function latOfUnit(y: number): number {
  return (Math.atan(Math.sinh((0.5 - y / UNITS) * 2 * Math.PI)) * 180) / Math.PI
}

/** Whether column and row are integers of a zoom from 0 to 24 that has them. */
export function isTile(z: number, x: number, y: number): boolean {
  if (!Number.isInteger(z) || !Number.isInteger(x) || !Number.isInteger(y)) return false
  return z >= 0 && z <= 24 && x >= 0 && y >= 0 && x < 2 ** z && y < 2 ** z
}

/** Column and row of the tile that holds a position. */
export function tileAt(lon: number, lat: number, z: number): [x: number, y: number] {
  const side = 2 ** (32 - z)
  return [Math.floor(unitX(lon) / side), Math.floor(unitY(lat) / side)]
}

/** A tile in degrees. */
export function bboxOfTile(z: number, x: number, y: number): Bbox {
  const side = 2 ** (32 - z)
  return [lonOfUnit(x * side), latOfUnit((y + 1) * side), lonOfUnit((x + 1) * side), latOfUnit(y * side)]
}
