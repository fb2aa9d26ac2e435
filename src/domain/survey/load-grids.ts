/**
 * Grids from files to a published layer: decoded, landed unseen, checked by PostGIS, linked to parents, and published
 * in one transaction; with the net components are placed anew. Or they are held against the layer that is there, and
 * nothing changes.
 *
 *   grids      -> levels 0 to 3, the net        unit-grids -> level 4, in generations of their own
 */
import type { Queryable } from '../../core/db.ts'
import { append } from '../../core/journal.ts'
import { measureGrids } from '../grids/checks.ts'
import { dropGeneration, dropUnchanged, landGrids, openGeneration, publishGrids } from '../grids/commands.ts'
import { type Grid, UNIT_LEVEL } from '../grids/schema.ts'
import { currentGeneration, listGrids, listUnitGrids } from '../grids/store.ts'
import { scopeOf } from '../orgs/rules.ts'
import { dropPlacement, holdVersion, publishPlacement } from '../registry/commands.ts'
import { placeAnew } from '../registry/placing-anew.ts'
import { currentVersion } from '../registry/store.ts'
import { finding } from './field-rows.ts'
import { type Finding, severityOf } from './findings.ts'
import {
  checkOverlaps,
  checkParents,
  checkShapes,
  compareWithHeld,
  type Landed,
  placeOf,
} from './grid-checks.ts'
import { readDrafts } from './grid-drafts.ts'
import { codesByLevel, holding, orphanedBy } from './grid-replacement.ts'
import { actorOf, type Loaded, type LoadHouse, type LoadInput } from './loading.ts'
import { type Delivery, noCounts } from './schema.ts'

type Result = Pick<Delivery, 'counts' | 'files' | 'findings'>

/** @returns a published layer, or `refusedWhole` and nothing changed; one that is there already is not published again */
export async function loadGrids(
  house: LoadHouse,
  input: LoadInput & { codeProfile: string },
): Promise<Loaded> {
  const { db } = house
  const { district, id: deliveryId, kind, options } = input.delivery
  const units = kind === 'unit-grids'
  const counts = noCounts()
  const findings: Finding[] = []
  const { drafts, files, read } = await readDrafts(input, findings)
  counts.read = files.reduce((sum, file) => sum + file.read, 0)
  const refused = new Set<string>(findings.filter(found => isError(found) && found.row !== null).map(placeOf))
  const fileFaults = findings.some(found => isError(found) && found.row === null)
  const keepCodes = options.replace ? codesByLevel(drafts) : undefined

  const generation = await openGeneration(db, district, deliveryId, units ? 'units' : 'net')
  const landed: Landed = { generation, findings, refused, keepCodes }
  try {
    input.progress('checking', counts.read, counts.read)
    await landGrids(db, district, generation, deliveryId, drafts)
    await checkShapes(house, input, landed)
    await measureGrids(db, district, generation)
    await checkParents(house, input, landed)
    if (units) await checkOverlaps(house, input, landed, await endingUnits(house, input, keepCodes))
    const net = await listGrids(
      db,
      scopeOf(district),
      units ? await currentGeneration(db, district) : generation,
    )
    if (!fileFaults && !net.some(grid => grid.level === 0))
      findings.push(finding('grid.no-district', input.delivery.name, null))
    const after = holding(net, keepCodes)
    const orphaned = units ? [] : orphanedBy(net, after, input.delivery.name)
    findings.push(...orphaned)
    const rows = counts.read - refused.size
    const same = options.compare ? await compareWithHeld(house, input, landed, { read, rows }) : 0
    await input.ledger.add(findings)

    counts.refused = refused.size
    counts.accepted = rows
    for (const file of files) {
      file.refused = [...refused].filter(at => at.startsWith(`${file.name}\u0000`)).length
      file.accepted = file.read - file.refused
    }
    const forbidden = (found: Finding) =>
      isError(found) && (options.partial !== true || found.code === 'grid.no-district' || found.row === null)
    if (fileFaults || orphaned.length > 0 || findings.some(forbidden) || counts.accepted === 0) {
      await dropGeneration(db, district, generation)
      return { counts, files, refusedWhole: true, batchNo: null }
    }
    const end = async (tx: Queryable, changes: boolean, result: Result) => {
      if (!changes) await dropGeneration(tx, district, generation)
      await input.ended(tx, result, changes)
    }
    counts.unchanged = options.compare ? same : await dropUnchanged(db, district, generation)
    input.signal.throwIfAborted()
    const nothingNew =
      counts.unchanged === counts.accepted && !(await ends(house, input, keepCodes, net, after))
    const result: Result = { counts, files, findings: await input.ledger.close() }
    if (options.compare || nothingNew) await db.transaction(tx => end(tx, false, result))
    else if (units) await db.transaction(tx => publish(tx, input, landed, result))
    else await publishNet(house, input, landed, result)
    return { counts, files, refusedWhole: false, batchNo: null }
  } catch (error) {
    await dropGeneration(db, district, generation).catch(err =>
      house.log.warn({ err }, 'generation left to be dropped later'),
    )
    throw error
  }
}

const isError = (found: Finding): boolean => severityOf(found.code) === 'error'

/** Codes of unit grids that end with a delivery that replaces. */
async function endingUnits(
  { db }: LoadHouse,
  { delivery }: LoadInput,
  keepCodes: Landed['keepCodes'],
): Promise<ReadonlySet<string>> {
  if (!keepCodes) return new Set()
  const kept = new Set(keepCodes.get(UNIT_LEVEL))
  const held = await listUnitGrids(db, scopeOf(delivery.district))
  return new Set(held.map(grid => grid.code).filter(code => !kept.has(code)))
}

/** Whether grids end with the delivery. */
async function ends(
  house: LoadHouse,
  input: LoadInput,
  keepCodes: Landed['keepCodes'],
  net: readonly Grid[],
  after: readonly Grid[],
): Promise<boolean> {
  if (input.delivery.kind !== 'unit-grids') return after.length < net.length
  return (await endingUnits(house, input, keepCodes)).size > 0
}

/** Makes a landed generation hold, in the transaction that ends the load. */
async function publish(
  tx: Queryable,
  input: LoadInput,
  { generation, keepCodes }: Landed,
  result: Result,
): Promise<void> {
  const { district, id: delivery, kind } = input.delivery
  const change = await publishGrids(tx, district, generation, { keepCodes })
  result.counts.added = change.added
  result.counts.changed = change.changed
  await append(tx, district, actorOf(input.delivery), [
    { kind: `${kind}.published`, data: { generation, delivery, ...change } },
  ])
  await input.ended(tx, result, true)
}

/** With the net the components it concerns are placed anew, under the grids that are to hold. */
async function publishNet(house: LoadHouse, input: LoadInput, landed: Landed, result: Result): Promise<void> {
  const { db } = house
  const { district } = input.delivery
  input.progress('placing', result.counts.read, result.counts.read)
  let placement: number | null = null
  try {
    while (true) {
      const version = await currentVersion(db, district)
      const base = await currentGeneration(db, district)
      const before = await listGrids(db, scopeOf(district), base)
      const after = holding(await listGrids(db, scopeOf(district), landed.generation), landed.keepCodes)
      const placed = await placeAnew(db, { district, gridGeneration: landed.generation, before, after })
      placement = placed
      const published = await db.transaction(async tx => {
        // components published meanwhile have their places by the former grids
        if ((await holdVersion(tx, district)) !== version) return false
        if ((await currentGeneration(tx, district)) !== base) return false
        if (placed !== null) await publishPlacement(tx, district, placed)
        await publish(tx, input, landed, result)
        return true
      })
      if (published) return
      if (placed !== null) await dropPlacement(db, district, placed)
    }
  } catch (error) {
    if (placement !== null)
      await dropPlacement(db, district, placement).catch(err =>
        house.log.warn({ err }, 'placements left to be dropped later'),
      )
    throw error
  }
}
