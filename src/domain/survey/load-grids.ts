/**
 * Grids from files to a published net: decoded, landed unseen, checked by PostGIS, linked to parents,
 * components placed anew, and all of it published in one transaction.
 */
import type { Queryable } from '../../core/db.ts'
import { append } from '../../core/journal.ts'
import {
  type CodeProfile,
  gridCodeRule,
  parseCode,
  codeProfile as profileOf,
  ruleText,
} from '../catalog/codes.ts'
import { findInvalid, linkParents, measureGrids, repairGrids } from '../grids/checks.ts'
import {
  dropGeneration,
  dropUnchanged,
  landGrids,
  openGeneration,
  publishGrids,
  refuseGrids,
} from '../grids/commands.ts'
import type { GridDraft, GridLevel } from '../grids/schema.ts'
import { listGrids } from '../grids/store.ts'
import { scopeOf } from '../orgs/rules.ts'
import { dropPlacement, holdVersion, publishPlacement } from '../registry/commands.ts'
import { placeAll } from '../registry/placing.ts'
import { currentVersion } from '../registry/store.ts'
import { type FieldRow, finding, openFields } from './field-rows.ts'
import { FileFault, type Finding, severityOf } from './findings.ts'
import { codesByLevel, holding, orphanedBy } from './grid-replacement.ts'
import { actorOf, type Loaded, type LoadHouse, type LoadInput } from './loading.ts'
import { openSources } from './readers/open.ts'
import { type DeliveryFile, noCounts } from './schema.ts'

/** @returns a published net, or `refusedWhole` and nothing changed; a net that is there already is not published again */
export async function loadGrids(
  house: LoadHouse,
  input: LoadInput & { codeProfile: string },
): Promise<Loaded> {
  const { db } = house
  const { district, id: deliveryId, options } = input.delivery
  const counts = noCounts()
  const findings: Finding[] = []
  const { drafts, files } = await readDrafts(input, findings)
  counts.read = files.reduce((sum, file) => sum + file.read, 0)
  const refused = new Set<string>(findings.filter(found => isError(found) && found.row !== null).map(place))
  const fileFaults = findings.some(finding => isError(finding) && finding.row === null)

  const generation = await openGeneration(db, district, deliveryId)
  let placement: number | null = null
  try {
    input.progress('checking', counts.read, counts.read)
    await landGrids(db, district, generation, deliveryId, drafts)
    await checkShapes(house, input, generation, findings, refused)
    await measureGrids(db, district, generation)
    const keepCodes = options.replace ? codesByLevel(drafts) : undefined
    await checkParents(house, input, generation, findings, refused, keepCodes)
    const coming = await listGrids(db, scopeOf(district), generation)
    if (!fileFaults && !coming.some(grid => grid.level === 0))
      findings.push(finding('grid.no-district', input.delivery.name, null))
    const after = holding(coming, keepCodes)
    const orphaned = orphanedBy(coming, after, input.delivery.name)
    findings.push(...orphaned)
    await input.ledger.add(findings)

    counts.refused = refused.size
    counts.accepted = counts.read - counts.refused
    for (const file of files) {
      file.refused = [...refused].filter(at => at.startsWith(`${file.name}\u0000`)).length
      file.accepted = file.read - file.refused
    }
    const whole =
      !fileFaults &&
      orphaned.length === 0 &&
      findings.every(each => !isError(each) || (options.partial === true && each.code !== 'grid.no-district'))
    if (!whole || counts.accepted === 0) {
      await dropGeneration(db, district, generation)
      return { counts, files, refusedWhole: true, batchNo: null }
    }
    counts.unchanged = await dropUnchanged(db, district, generation)
    input.signal.throwIfAborted()
    if (counts.unchanged === counts.accepted && after.length === coming.length) {
      const summary = await input.ledger.close()
      await db.transaction(async tx => {
        await dropGeneration(tx, district, generation)
        await input.ended(tx, { counts, files, findings: summary }, false)
      })
      return { counts, files, refusedWhole: false, batchNo: null }
    }
    input.progress('placing', counts.read, counts.read)
    const summary = await input.ledger.close()
    const publish = async (tx: Queryable, placed: number, version: number) => {
      // components published meanwhile have their places by the former grids
      if ((await holdVersion(tx, district)) !== version) return false
      const change = await publishGrids(tx, district, generation, { keepCodes })
      await publishPlacement(tx, district, placed)
      counts.added = change.added
      counts.changed = change.changed
      await append(tx, district, actorOf(input.delivery), [
        { kind: 'grids.published', data: { generation, delivery: deliveryId, ...change } },
      ])
      await input.ended(tx, { counts, files, findings: summary }, true)
      return true
    }
    while (true) {
      const version = await currentVersion(db, district)
      const placed = await placeAll(db, { district, gridGeneration: generation, grids: after })
      placement = placed
      if (await db.transaction(tx => publish(tx, placed, version))) break
      await dropPlacement(db, district, placed)
    }
    return { counts, files, refusedWhole: false, batchNo: null }
  } catch (error) {
    const left = async () => {
      await dropGeneration(db, district, generation)
      if (placement !== null) await dropPlacement(db, district, placement)
    }
    await left().catch(err => house.log.warn({ err }, 'generation left to be dropped later'))
    throw error
  }
}

const isError = (finding: Finding): boolean => severityOf(finding.code) === 'error'
const place = (finding: Finding): string => `${finding.file}\u0000${finding.row}`

/** Rows to drafts; everything wrong with a row is reported, and a row with an error gives no draft. */
async function readDrafts(input: LoadInput & { codeProfile: string }, findings: Finding[]) {
  const { profile } = input
  const opened = await openSources(input.files, {
    encoding: profile.encoding,
    position: profile.position,
    signal: input.signal,
  })
  input.ledger.know(opened.layers)
  findings.push(...opened.findings)
  const found = (each: Finding) => findings.push(each)
  const codeProfile = profileOf(profile.codeProfile ?? input.codeProfile)
  const drafts: GridDraft[] = []
  const files: DeliveryFile[] = []
  const seen = new Map<string, string>()
  for (const layer of opened.layers) {
    const fields = openFields(layer, profile, opened.layers.length, found, input.crs)
    if (fields === 'skip') continue
    const file: DeliveryFile = { name: layer.file, bytes: null, read: 0, accepted: 0, refused: 0 }
    files.push(file)
    if (!fields) continue
    const level = { name: layer.name, of: fields.resolved.level }
    try {
      for await (const rows of layer.rows()) {
        input.signal.throwIfAborted()
        for (const row of rows) {
          file.read++
          const draft = draftOf(fields.read(row, found), layer.file, level, codeProfile, seen)
          if (draft) drafts.push(draft)
        }
        input.progress('reading', file.read, null)
      }
    } catch (error) {
      if (!(error instanceof FileFault)) throw error
      findings.push(error.finding)
    }
  }
  return { drafts, files }
}

/** @param seen where each level and code stood first */
function draftOf(
  row: FieldRow,
  file: string,
  layer: { name: string; of: number | null },
  codeProfile: CodeProfile,
  seen: Map<string, string>,
): GridDraft | null {
  const levelText = row.given('level') ?? (layer.of === null ? null : String(layer.of))
  const level = levelText !== null && /^[0-3]$/.test(levelText) ? (Number(levelText) as GridLevel) : null
  if (level === null) row.report('grid.level', { field: row.column('level'), value: levelText ?? layer.name })
  const code = row.given('code')
  if (code === null) row.report('grid.code-missing', { field: row.column('code') })
  else if (level !== null) {
    const rule = gridCodeRule(codeProfile, level)
    const told = { field: row.column('code'), value: code }
    if (!parseCode(rule, code).ok)
      row.report('grid.code', { ...told, detail: { rule: ruleText(rule, 'any') } })
    const other = seen.get(`${level}|${code}`)
    if (other) row.report('grid.duplicate', { ...told, detail: { other } })
    else seen.set(`${level}|${code}`, `${file}:${row.row}`)
  }
  const { geometry } = row
  if (!geometry) return null
  if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon') {
    row.report('geometry.type', { value: geometry.type, detail: { rule: 'polygon' } })
    return null
  }
  if (row.refused || level === null || code === null) return null
  return {
    file,
    row: row.row,
    level,
    code,
    name: row.given('name') ?? code,
    parentCode: row.given('parentCode'),
    geometry,
    attributes: row.rest(),
  }
}

/** Invalid polygons: repaired and said where asked, refused otherwise. */
async function checkShapes(
  house: LoadHouse,
  input: LoadInput,
  generation: number,
  findings: Finding[],
  refused: Set<string>,
) {
  const { db } = house
  const { district, options } = input.delivery
  const invalid = await findInvalid(db, district, generation)
  const ids = invalid.map(grid => grid.id)
  const changes = options.fix ? await repairGrids(db, district, generation, ids) : []
  const repaired = new Map(changes.map(each => [each.id, each.changeM2]))
  const gone: string[] = []
  for (const grid of invalid) {
    const at = grid.lonLat ? `${grid.lonLat[0].toFixed(7)}, ${grid.lonLat[1].toFixed(7)}` : '?'
    const changeM2 = repaired.get(grid.id)
    const detail = { reason: grid.reason, place: at, change: changeM2?.toFixed(1) ?? '' }
    const code = changeM2 === undefined ? 'geometry.invalid' : 'geometry.fixed'
    const found = finding(code, grid.file, grid.row, { value: grid.code, detail, lonLat: grid.lonLat })
    findings.push(found)
    if (changeM2 !== undefined) continue
    refused.add(place(found))
    gone.push(grid.id)
  }
  if (gone.length > 0) await refuseGrids(db, district, generation, gone)
}

async function checkParents(
  house: LoadHouse,
  input: LoadInput,
  generation: number,
  findings: Finding[],
  refused: Set<string>,
  keepCodes: ReadonlyMap<number, readonly string[]> | undefined,
) {
  const { db } = house
  const { district } = input.delivery
  const { orphans, askew } = await linkParents(db, district, generation, keepCodes)
  for (const grid of orphans) {
    const detail = { grid: grid.code, ...(grid.parentCode === null ? { value: '' } : {}) }
    const found = finding('grid.parent', grid.file, grid.row, { value: grid.parentCode, detail })
    findings.push(found)
    refused.add(place(found))
  }
  const gone = orphans.map(grid => grid.id)
  if (gone.length > 0) await refuseGrids(db, district, generation, gone)
  for (const grid of askew) {
    const detail = { share: (grid.share * 100).toFixed(1), parent: grid.parent }
    findings.push(finding('grid.parent-geometry', grid.file, grid.row, { value: grid.code, detail }))
  }
}
