/**
 * Degrees, minutes and seconds packed into one number, as field books and receivers write them: a program
 * that takes such a number for decimal degrees is up to forty kilometres off.
 *
 *   d.mmss    120.375512    120 deg 37 min 55.12 sec
 *   d.mmmm    120.3791867   120 deg 37.91867 min
 *   dmm.mmmm  12037.91867   120 deg 37.91867 min     (NMEA 0183)
 */

export const degreesNotations = ['decimal', 'd.mmss', 'd.mmmm', 'dmm.mmmm'] as const
export type DegreesNotation = (typeof degreesNotations)[number]

/** Digits that a float adds or loses must not turn 37 minutes into 36. */
const CLEAN = 1e9
/** Parts of a second that are written: three micrometres. */
const UNIT = 1e7

/** Decimal degrees; NaN for a number that cannot be of that notation (61 minutes). */
export function unpackDegrees(notation: DegreesNotation, packed: number): number {
  if (notation === 'decimal') return packed
  const size = Math.abs(packed)
  const sign = packed < 0 ? -1 : 1
  if (notation === 'dmm.mmmm') {
    const degrees = Math.floor(size / 100)
    return sign * (degrees + sixtieth(clean(size - degrees * 100)))
  }
  const degrees = Math.floor(size)
  const hundreds = clean((size - degrees) * 100)
  if (notation === 'd.mmmm') return sign * (degrees + sixtieth(hundreds))
  const minutes = Math.floor(hundreds)
  const seconds = clean((hundreds - minutes) * 100)
  return sign * (degrees + sixtieth(minutes + sixtieth(seconds)))
}

/** The other way, for who writes such numbers. */
export function packDegrees(notation: DegreesNotation, degrees: number): number {
  if (notation === 'decimal') return degrees
  const size = Math.abs(degrees)
  const sign = degrees < 0 ? -1 : 1
  // in units of the last digit kept, so that no sixtieth minute or second is left over
  const units = Math.round(size * 3600 * UNIT)
  const whole = Math.floor(units / (3600 * UNIT))
  const rest = units - whole * 3600 * UNIT
  if (notation === 'dmm.mmmm') return sign * (whole * 100 + rest / (60 * UNIT))
  if (notation === 'd.mmmm') return sign * (whole + rest / (6000 * UNIT))
  const minutes = Math.floor(rest / (60 * UNIT))
  return sign * (whole + minutes / 100 + (rest - minutes * 60 * UNIT) / (10_000 * UNIT))
}

const clean = (value: number): number => Math.round(value * CLEAN) / CLEAN
const sixtieth = (value: number): number => (value < 60 ? value / 60 : Number.NaN)
