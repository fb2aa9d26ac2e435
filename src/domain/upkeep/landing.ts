/** Lands what a change makes of a component, held to what the change itself brings about. */
import type { Batch } from '../registry/schema.ts'
import { type Collected, collect, type Decoding, decode, type Ground, isError } from './decoding.ts'
import type { KeptFinding } from './schema.ts'

/**
 * Decodes what a change makes of a component, and lands it where nothing is wrong that was not wrong before: rules and
 * grids may be others since, which is no matter of the change.
 * @returns the errors that forbid it
 */
export function landChange(
  ground: Ground,
  batch: Batch,
  decoding: Decoding,
  into: Collected = collect(),
): KeptFinding[] {
  const { before, changes } = decoding
  const first = decode(ground, batch, decoding, into)
  if (!first.refused) return []
  const errors = first.findings.filter(isError)
  if (!before || !changes) return errors
  const had = new Set(decode(ground, batch, { ...decoding, after: before }).findings.map(asText))
  const caused = errors.filter(each => !had.has(asText(each)))
  if (caused.length > 0) return caused
  const forgiven = new Set(errors.map(each => each.code))
  const { seen } = collect()
  return decode(ground, batch, { ...decoding, forgiven }, { ...into, seen }).refused ? errors : []
}

export const asText = ({ code, field, value }: KeptFinding): string => JSON.stringify([code, field, value])
