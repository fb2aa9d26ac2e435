/**
 * What makes two rows the same: the same words, however written, at the same place within a centimetre.
 * The hash is 64 bits of SHA-256: among a million rows two different ones meet once in 40 million loads.
 */
import { hash } from 'node:crypto'
import { eachPosition, type Geometry } from '../../../gis/geometry.ts'
import { addressKey } from './rules.ts'
import type { AddressDraft, PlaceDraft } from './schema.ts'

/** Positions are compared in units of 1e-7 degree, about a centimetre. */
const UNITS = 1e7

export const contentOfAddress = (draft: AddressDraft): bigint =>
  content([addressKey(draft.text)], draft.geometry)

export const contentOfPlace = (draft: PlaceDraft): bigint =>
  content([draft.kind, draft.class ?? '', addressKey(draft.name ?? '')], draft.geometry)

function content(words: readonly string[], geometry: Geometry): bigint {
  let text = `${words.join('\n')}\n${geometry.type}`
  eachPosition(geometry, (x, y) => {
    text += `\n${Math.round(x * UNITS)} ${Math.round(y * UNITS)}`
  })
  return hash('sha256', text, 'buffer').readBigInt64BE(0)
}
