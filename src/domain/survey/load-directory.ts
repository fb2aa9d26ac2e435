/** Directories from tables: units, and the classes that extend the district's dictionary. Taken whole or not at all. */
import type { Queryable } from '../../core/db.ts'
import { extendDictionary } from '../catalog/commands.ts'
import { loadUnits } from '../orgs/load-units.ts'
import type { Finding } from './findings.ts'
import { severityOf } from './findings.ts'
import { actorOf, type Loaded, type LoadHouse, type LoadInput } from './loading.ts'
import { resolveLayer } from './profile.ts'
import { openSources } from './readers/open.ts'
import {
  type Delivery,
  type DeliveryCounts,
  type DeliveryFile,
  noCounts,
  type ProfileField,
} from './schema.ts'
import { textOf } from './values.ts'

/** Rolls back what is refused, or only rehearsed, and tells what it would have been. */
class Undone<T> extends Error {
  readonly done: T
  constructor(done: T) {
    super('undone')
    this.done = done
  }
}

type Given = { row: number } & Partial<Record<ProfileField, string>>

/** What became of a table: its sums, and what is wrong with its rows. */
interface Applied extends Pick<DeliveryCounts, 'added' | 'changed' | 'unchanged'> {
  refused: Pick<Finding, 'row' | 'code' | 'field' | 'value' | 'detail'>[]
}

export async function loadDirectory(house: LoadHouse, input: LoadInput): Promise<Loaded> {
  const counts = noCounts()
  const { rows, files, findings } = await readTable(input)
  counts.read = rows.length
  const file = files[0]?.name ?? input.delivery.name
  if (!findings.some(finding => severityOf(finding.code) === 'error')) {
    const apply = input.delivery.kind === 'units' ? applyUnits : applyClasses
    const { refused, ...sums } = await house.db
      .transaction(async tx => {
        const applied = await apply(tx, input.delivery, rows)
        if (applied.refused.length > 0 || input.rehearsal) throw new Undone(applied)
        return applied
      })
      .catch(error => {
        if (error instanceof Undone) return error.done as Applied
        throw error
      })
    Object.assign(counts, sums)
    findings.push(...refused.map(refusal => ({ ...refusal, file, lonLat: null })))
  }
  await input.ledger.add(findings)
  const refusedWhole = findings.some(finding => severityOf(finding.code) === 'error')
  counts.refused = refusedWhole ? rows.length : 0
  counts.accepted = rows.length - counts.refused
  for (const each of files) {
    each.refused = refusedWhole ? each.read : 0
    each.accepted = each.read - each.refused
  }
  return { counts, files, refusedWhole, batchNo: null }
}

async function applyUnits(tx: Queryable, delivery: Delivery, rows: readonly Given[]): Promise<Applied> {
  const drafts = rows.map(row => ({
    row: row.row,
    name: row.name ?? '',
    code: row.code ?? null,
    shortName: row.shortName ?? null,
    kind: row.unitKind ?? null,
    aliases: row.aliases ?? null,
  }))
  return loadUnits(tx, delivery.district, drafts, actorOf(delivery))
}

async function applyClasses(tx: Queryable, delivery: Delivery, rows: readonly Given[]): Promise<Applied> {
  const drafts = rows.map(row => ({ ...row, code: row.code ?? '', name: row.name ?? '' }))
  const { added, changed, refusals } = await extendDictionary(
    tx,
    delivery.district,
    drafts,
    actorOf(delivery),
  )
  const refused = refusals.map(({ detail, ...refusal }) => ({ ...refusal, detail: detail ?? {} }))
  if (refused.length > 0) return { added: 0, changed: 0, unchanged: 0, refused }
  return {
    added: added.length,
    changed: changed.length,
    unchanged: rows.length - added.length - changed.length,
    refused,
  }
}

async function readTable(
  input: LoadInput,
): Promise<{ rows: Given[]; files: DeliveryFile[]; findings: Finding[] }> {
  const { profile } = input
  const opened = await openSources(input.files, { encoding: profile.encoding, signal: input.signal })
  input.ledger.know(opened.layers)
  const findings = [...opened.findings]
  const rows: Given[] = []
  const files: DeliveryFile[] = []
  for (const layer of opened.layers) {
    const resolved = resolveLayer(profile, layer, opened.layers.length)
    findings.push(...resolved.findings)
    const file: DeliveryFile = { name: layer.file, bytes: null, read: 0, accepted: 0, refused: 0 }
    files.push(file)
    for await (const chunk of layer.rows()) {
      for (const row of chunk) {
        file.read++
        findings.push(...(row.findings ?? []))
        const given: Given = { ...(resolved.constants as Given) }
        for (const [field, at] of Object.entries(resolved.columns) as [ProfileField, number][]) {
          const text = textOf(row.values[at])
          if (text !== null) given[field] = text
        }
        given.row = row.row
        rows.push(given)
      }
    }
  }
  return { rows, files, findings }
}
