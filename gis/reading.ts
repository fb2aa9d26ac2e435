/** How the two numbers of a position are read: in which system, in which order, and how degrees are written. */
import { type Crs, toLonLat } from './crs.ts'
import { type DegreesNotation, unpackDegrees } from './packed-degrees.ts'

export interface Reading {
  crs: Crs
  /** The first number is north, the second east. */
  swapAxes: boolean
  degrees: DegreesNotation
}

/** From the two numbers as they stand to longitude and latitude; NaN for what cannot be read so. */
export function reader({ crs, swapAxes, degrees }: Reading): (x: number, y: number) => [number, number] {
  const move = toLonLat(crs)
  const packed = degrees !== 'decimal' && crs.kind === 'geographic'
  const read = packed
    ? (x: number, y: number) => move(unpackDegrees(degrees, x), unpackDegrees(degrees, y))
    : move
  return swapAxes ? (x, y) => read(y, x) : read
}
