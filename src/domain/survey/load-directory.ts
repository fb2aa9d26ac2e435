/** Directories from tables: units, and the classes that extend the district's dictionary. Taken whole or not at all. */
import { type Extended, extendDictionary } from '../catalog/commands.ts'
import { loadUnits } from '../orgs/load-units.ts'
import type { Finding } from './findings.ts'
import { severityOf } from './findings.ts'
import type { Loaded, LoadHouse, LoadInput } from './loading.ts'
import { resolveLayer } from './profile.ts'
import { openSources } from './readers/open.ts'
import { type DeliveryFile, noCounts, type ProfileField } from './schema.ts'
import { textOf } from './values.ts'

/** Rolls a dictionary back of which a row was refused. */
class Refused extends Error {
  readonly extended: Extended
  constructor(extended: Extended) {
    super('rows of the dictionary were refused')
    this.extended = extended
  }
}

type Given = { row: number } & Partial<Record<ProfileField, string>>

export async function loadDirectory(house: LoadHouse, input: LoadInput): Promise<Loaded> {
  const counts = noCounts()
  const { rows, files, findings } = await readTable(input)
  counts.read = rows.length
  const file = files[0]?.name ?? input.delivery.name
  const { district, kind, createdBy: actor } = input.delivery
  if (!findings.some(finding => severityOf(finding.code) === 'error')) {
    if (kind === 'units') {
      const drafts = rows.map(row => ({
        row: row.row,
        name: row.name ?? '',
        code: row.code ?? null,
        shortName: row.shortName ?? null,
        kind: row.unitKind ?? null,
        aliases: row.aliases ?? null,
      }))
      const change = await house.db.transaction(tx => loadUnits(tx, district, drafts, actor))
      counts.added = change.added
      counts.changed = change.changed
      counts.unchanged = change.unchanged
      findings.push(...change.refused.map(refusal => ({ ...refusal, file, lonLat: null })))
    } else {
      const drafts = rows.map(row => ({ ...row, code: row.code ?? '', name: row.name ?? '' }))
      const change = await house.db
        .transaction(async tx => {
          const extended = await extendDictionary(tx, district, drafts, actor)
          if (extended.refusals.length > 0) throw new Refused(extended)
          return extended
        })
        .catch(error => {
          if (error instanceof Refused) return error.extended
          throw error
        })
      if (change.refusals.length === 0) {
        counts.added = change.added.length
        counts.changed = change.changed.length
        counts.unchanged = rows.length - counts.added - counts.changed
      }
      findings.push(
        ...change.refusals.map(({ row, code, field, value, detail }) => ({
          row,
          code,
          field,
          value,
          detail: detail ?? {},
          file,
          lonLat: null,
        })),
      )
    }
  }
  await input.ledger.add(findings)
  const wrong = new Set(
    findings.filter(finding => severityOf(finding.code) === 'error').map(finding => finding.row),
  )
  const refusedWhole = wrong.size > 0
  counts.refused = refusedWhole ? rows.length : 0
  counts.accepted = rows.length - counts.refused
  for (const each of files) {
    each.refused = refusedWhole ? each.read : 0
    each.accepted = each.read - each.refused
  }
  return { counts, files, refusedWhole, batchNo: null }
}

async function readTable(
  input: LoadInput,
): Promise<{ rows: Given[]; files: DeliveryFile[]; findings: Finding[] }> {
  const { profile } = input
  const opened = await openSources(input.files, { encoding: profile.encoding })
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
