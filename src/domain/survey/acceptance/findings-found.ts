/**
 * What an inspection found, as findings of the delivery: they stand in the contractor's report and tint the
 * cells of the marked workbook like any other.
 */
import { maybe, type Queryable } from '../../../core/db.ts'
import type { Finding, FindingCode } from '../findings.ts'
import { openLedger } from '../ledger.ts'
import type { Delivery, FindingSummary, Profile, ProfileField } from '../schema.ts'
import { isBeyond, limitOf } from './rules.ts'
import { EXISTS, type PlacedSighting } from './schema.ts'
import { counted, type Item, judgedRow } from './store.ts'

/** Our names of what a profile maps by another. */
const mapped: Readonly<Record<string, readonly ProfileField[]>> = {
  class: ['className', 'classCode'],
  competent: ['competentName', 'competentCode'],
  owner: ['ownerName', 'ownerCode'],
  maintainer: ['maintainerName', 'maintainerCode'],
}

/** The column of the file that holds a field; the field itself where the file brought it along. */
export function columnOf(profile: Pick<Profile, 'fields'> | null, field: string): string {
  const names = mapped[field] ?? [field as ProfileField]
  return names.map(name => profile?.fields[name]).find(column => column !== undefined) ?? field
}

export function findingsOf(delivery: Delivery, items: readonly Item[]): Finding[] {
  return counted(items).flatMap(item =>
    item.kind === 'row'
      ? ofRow(delivery, item)
      : (item.answer?.sightings ?? []).map(each => ofSighting(delivery, item, each)),
  )
}

function ofRow(delivery: Delivery, item: Item): Finding[] {
  const { content, answer, no } = item
  if (!answer?.verdicts) return []
  const at = lonLatOf(item)
  const base = {
    file: content.file ?? delivery.name,
    row: content.row ?? null,
    lonLat: at,
    class: item.class,
  }
  const wrong = Object.keys(answer.verdicts).filter(field => answer.verdicts![field] === 'wrong')
  const told = (code: FindingCode, more: Partial<Finding>): Finding => ({
    field: null,
    value: null,
    ...base,
    ...more,
    code,
    detail: { no, ...more.detail, ...(answer.note ? { note: answer.note } : {}) },
  })
  const found = wrong.map(field =>
    field === EXISTS
      ? told('inspection.absent', { value: content.code ?? null })
      : told('inspection.wrong', {
          field: columnOf(delivery.profile, field),
          value: content.fields?.find(each => each.field === field)?.value ?? null,
          detail: { found: answer.found?.[field] || '—' },
        }),
  )
  const row = judgedRow(item)
  if (isBeyond(row))
    found.push(
      told('inspection.position', {
        detail: {
          deviation: row.deviationM!.toFixed(2),
          limit: limitOf(row.accuracy),
          accuracy: row.accuracy,
        },
      }),
    )
  return found
}

const ofSighting = (delivery: Delivery, item: Item, sighting: PlacedSighting): Finding => ({
  code: sighting.kind === 'missing' ? 'inspection.missing' : 'inspection.surplus',
  file: delivery.name,
  row: null,
  field: null,
  value: sighting.code || null,
  detail: {
    no: item.no,
    class: sighting.class,
    area: item.content.name ?? item.area ?? '',
    ...(sighting.note ? { note: sighting.note } : {}),
    ...(sighting.photo ? { photo: sighting.photo } : {}),
  },
  lonLat: sighting.lonLat,
  class: sighting.class,
})

function lonLatOf({ geometry }: Item): [number, number] | null {
  let at: unknown = geometry?.coordinates
  while (Array.isArray(at) && Array.isArray(at[0])) at = at[0]
  return Array.isArray(at) ? [at[0] as number, at[1] as number] : null
}

/** Adds findings to those a delivery has. */
export async function reportFindings(
  tx: Queryable,
  delivery: Delivery,
  found: readonly Finding[],
): Promise<void> {
  if (found.length === 0) return
  const last = await maybe<{ no: number | null }>(
    tx,
    'SELECT max(no) AS no FROM finding WHERE district = $1 AND delivery_no = $2',
    [delivery.district, delivery.no],
  )
  const ledger = openLedger(tx, delivery, { after: last?.no ?? 0 })
  await ledger.add(found)
  const added = await ledger.close()
  const { errors, warnings, byCode } = delivery.findings
  const all: FindingSummary = {
    errors: errors + added.errors,
    warnings: warnings + added.warnings,
    byCode: [...added.byCode, ...byCode],
  }
  await tx.query('UPDATE delivery SET findings = $3::jsonb WHERE district = $1 AND id = $2::uuid', [
    delivery.district,
    delivery.id,
    JSON.stringify(all),
  ])
}
