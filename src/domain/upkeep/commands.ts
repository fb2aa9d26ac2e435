/**
 * How a request to change one component comes about and ends without being applied: proposed, withdrawn, refused,
 * overtaken by another change and made again on what is there now (approving.ts: how it counts).
 *
 *   proposed -> approved | refused | withdrawn
 *            -> overtaken -> (renewed) proposed | refused | withdrawn
 */
import type { Clock } from '../../core/clock.ts'
import { type Db, one, type Queryable } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import { removeEvidence, takeEvidence } from '../evidence/commands.ts'
import { scopeOf } from '../orgs/rules.ts'
import type { Batch } from '../registry/schema.ts'
import { learnSerials } from '../registry/serials.ts'
import { type ComponentRow, findComponent, findEnded } from '../registry/store.ts'
import { listLanded } from '../survey/allotments.ts'
import { cutCode } from '../survey/code-ranges.ts'
import { type FindingCode, sentence } from '../survey/findings.ts'
import { dayOf, decode, type Ground, isError, readGround, snapshotOf } from './decoding.ts'
import { asText, landChange } from './landing.ts'
import { applied, differs, type Step, stepOpen, unknownUnits } from './rules.ts'
import type { Change, ChangeRequest, KeptFinding, Proposal, Snapshot } from './schema.ts'
import { findHolder, getRequest, OVERTAKEN } from './store.ts'

export interface UpkeepHouse {
  db: Db
  clock?: Clock
}
export type Lang = 'zh' | 'en'

/** What a change would do, before anybody asked for it. */
export interface Considered {
  componentId: string
  baseBatch: number | null
  before: Snapshot | null
  after: Snapshot | null
  findings: KeptFinding[]
}

/** @throws Problem component.unknown, change.nothing, change.merge */
export async function consider(house: UpkeepHouse, district: string, change: Change): Promise<Considered> {
  const { db } = house
  const ground = await readGround(db, district)
  const row = await rowOf(db, district, change)
  const before = row && snapshotOf(row, ground.unitOf)
  const today = dayOf(house.clock)
  const after = applied(before, change, { unitOf: ground.unitOf, today })
  if (before && after && change.kind !== 'restore' && !differs(before, after, change))
    throw problem('change.nothing')
  const componentId = change.kind === 'add' ? newId() : change.componentId
  const missing = unknownUnits(change, ground.unitOf)
  if (missing.length > 0) throw problem('change.faulty', { what: missing.join(', ') })
  const findings = after
    ? await findFaults(db, ground, {
        ...{ id: componentId, after, before, row },
        ended: change.kind === 'restore',
      })
    : ([] as KeptFinding[])
  return { componentId, baseBatch: row?.batch ?? null, before, after, findings }
}

/** The row a change is about; null of an addition. */
async function rowOf(db: Db, district: string, change: Change): Promise<ComponentRow | null> {
  if (change.kind === 'add') return null
  const scope = scopeOf(district)
  const find = change.kind === 'restore' ? findEnded : findComponent
  const row = await find(db, scope, change.componentId)
  if (!row) throw problem('component.unknown', { id: change.componentId })
  if (change.kind === 'merge') {
    const survivor = await findComponent(db, scope, change.survivorId)
    if (!survivor || survivor.id === row.id) throw problem('change.merge')
  }
  return row
}

const NO_BATCH: Omit<Batch, 'district'> = {
  no: 0,
  part: 0,
  generation: 0,
  gridGeneration: 0,
  dictionaryId: '',
}

/** What the checks of a delivered row say of the change, and whether another component has its code already. */
async function findFaults(
  db: Db,
  ground: Ground,
  {
    id,
    after,
    before,
    row,
    ended = false,
  }: {
    id: string
    after: Snapshot
    before: Snapshot | null
    row: ComponentRow | null
    /** The row is not there any more, and is to come back. */
    ended?: boolean
  },
): Promise<KeptFinding[]> {
  const batch = { ...NO_BATCH, district: ground.district }
  const changes = before !== null && !ended
  const decoding = { id, rowNo: 0, after, before, unitStates: row?.unitStates ?? null, changes }
  const found = (said: Snapshot) => decode(ground, batch, { ...decoding, after: said }).findings
  // what was wrong, or to be looked at, before is no matter of the change
  const known = new Set(changes ? found(before).map(asText) : [])
  const noted = found(after).filter(each => !isError(each) && !known.has(asText(each)))
  const caused = [...landChange(ground, batch, decoding), ...noted]
  if (keepsKey(before, after, ended)) return caused
  const code = cutCode(ground.codeProfile, after.code ?? '')
  if (code) await learnSerials(db, ground.district, code, await listLanded(db, ground.district))
  return [...caused, ...(await codeTaken(db, ground, id, after))]
}

/** Who keeps its key has it already; what ended may have lost it to another. */
export const keepsKey = (before: Snapshot | null, after: Snapshot, ended: boolean): boolean =>
  before !== null && !ended && before.code === after.code && before.key === after.key

/** A finding where another component has the code now. */
export async function codeTaken(
  db: Queryable,
  { district, codeProfile }: Pick<Ground, 'district' | 'codeProfile'>,
  id: string,
  { code, key }: Pick<Snapshot, 'code' | 'key'>,
): Promise<KeptFinding[]> {
  const wanted = code ?? key
  const cut = cutCode(codeProfile, code ?? '')
  const other = wanted === null ? null : await findHolder(db, district, wanted, { except: id, code: cut })
  if (!other) return []
  return [
    { code: 'code.taken', severity: 'error', field: 'code', value: wanted, detail: { other: other.class } },
  ]
}

/** @throws Problem change.faulty with the sentences of what forbids it */
export function refuseFaults(findings: readonly KeptFinding[], lang: Lang): void {
  const errors = findings.filter(isError)
  if (errors.length === 0) return
  const what = errors.map(each => said(each, lang)).join(lang === 'zh' ? '；' : '; ')
  throw problem('change.faulty', { what, findings: errors.map(each => each.code) })
}

/** A kept finding as those of deliveries are told. */
export const said = (finding: KeptFinding, lang: Lang): string => sentence(whole(finding), lang)
export const whole = ({ code, ...rest }: KeptFinding) => ({
  ...rest,
  code: code as FindingCode,
  file: '',
  row: null,
  lonLat: null,
})

export async function proposeChange(
  house: UpkeepHouse,
  { district, proposal, actor, lang }: { district: string; proposal: Proposal; actor: string; lang: Lang },
): Promise<ChangeRequest> {
  const { change, reason, photos } = proposal
  const considered = await consider(house, district, change)
  refuseFaults(considered.findings, lang)
  const id = newId()
  const { componentId, baseBatch, before, after, findings } = considered
  await house.db.transaction(async tx => {
    await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
    const { no } = await one<{ no: number }>(
      tx,
      `INSERT INTO change_request (district, id, no, kind, state, component_id, survivor_id, base_batch, change, before,
         after, reason, findings, proposed_by, proposers)
       SELECT $1, $2::uuid, coalesce(max(no), 0) + 1, $3, 'proposed', $4::uuid, $5::uuid, $6::int, $7::jsonb, $8::jsonb,
         $9::jsonb, $10, $11::jsonb, $12, ARRAY[$12::text] FROM change_request WHERE district = $1 RETURNING no`,
      [
        district,
        id,
        change.kind,
        componentId,
        change.kind === 'merge' ? change.survivorId : null,
        baseBatch,
        JSON.stringify(change),
        before && JSON.stringify(before),
        after && JSON.stringify(after),
        reason,
        JSON.stringify(findings),
        actor,
      ],
    )
    await takeEvidence(tx, { district, holder: 'change', holderId: id }, { ids: photos, sentBy: actor })
    const data = { request: id, no, kind: change.kind, component: componentId }
    await append(tx, district, actor, [
      { kind: 'change.proposed', data: photos.length > 0 ? { ...data, photos } : data },
    ])
  })
  return getRequest(house.db, id)
}

/** Makes an overtaken request again, on what the component is now; who does so proposes it too. */
export async function renewChange(
  house: UpkeepHouse,
  request: ChangeRequest,
  { actor, lang }: { actor: string; lang: Lang },
): Promise<ChangeRequest> {
  const { district, id, no } = request
  mustBeOpen(request, 'renew')
  const { baseBatch, before, after, findings } = await consider(house, district, request.change)
  refuseFaults(findings, lang)
  await house.db.transaction(async tx => {
    const mine = await tx.query(
      `UPDATE change_request SET state = 'proposed', base_batch = $3, before = $4::jsonb, after = $5::jsonb,
         findings = $6::jsonb, proposers = CASE WHEN $7 = ANY(proposers) THEN proposers ELSE array_append(proposers, $7) END
       WHERE district = $1 AND id = $2::uuid AND state = 'overtaken' RETURNING id`,
      [
        district,
        id,
        baseBatch,
        before && JSON.stringify(before),
        after && JSON.stringify(after),
        JSON.stringify(findings),
        actor,
      ],
    )
    if (mine.length === 0) await stateProblem(tx, id, 'renewed')
    await append(tx, district, actor, [{ kind: 'change.renewed', data: { request: id, no } }])
  })
  return getRequest(house.db, id)
}

/**
 * Ends a request that is not applied: refused by who reviews it, with the reason, or taken back by who made it. Its
 * photos go: persons may be on them, and nothing stands on them any more.
 */
export async function closeChange(
  house: UpkeepHouse,
  request: ChangeRequest,
  { step, actor, reason }: { step: 'refuse' | 'withdraw'; actor: string; reason: string | null },
): Promise<ChangeRequest> {
  const { district, id, no } = request
  mustBeOpen(request, step)
  const state = step === 'refuse' ? 'refused' : 'withdrawn'
  await house.db.transaction(async tx => {
    const mine = await tx.query(
      `UPDATE change_request SET state = $3, decided_at = now(), decided_by = $4, decision = $5
       WHERE district = $1 AND id = $2::uuid AND state IN ('proposed', 'overtaken') RETURNING id`,
      [district, id, state, actor, reason],
    )
    if (mine.length === 0) await stateProblem(tx, id, state)
    await removeEvidence(tx, { district, holder: 'change', holderId: id })
    await append(tx, district, actor, [{ kind: `change.${state}`, data: { request: id, no, reason } }])
  })
  return getRequest(house.db, id)
}

const past: Record<Step, string> = {
  approve: 'approved',
  refuse: 'refused',
  withdraw: 'withdrawn',
  renew: 'renewed',
}
export function mustBeOpen({ no, state }: Pick<ChangeRequest, 'no' | 'state'>, step: Step): void {
  if (!stepOpen(step, state)) throw problem('change.state', { no, state, action: past[step] })
}
async function stateProblem(tx: Queryable, id: string, action: string): Promise<never> {
  const { no, state } = await getRequest(tx, id)
  throw problem('change.state', { no, state, action })
}

/** Marks open requests whose component has changed since. @returns their numbers */
export async function markOvertaken(tx: Queryable, district: string): Promise<number[]> {
  const rows = await tx.query<{ no: number }>(
    `UPDATE change_request t SET state = 'overtaken'
     FROM change_request r LEFT JOIN registry_head h ON h.district = r.district
     WHERE t.district = r.district AND t.id = r.id AND t.state = 'proposed' AND r.district = $1 AND ${OVERTAKEN} RETURNING t.no`,
    [district],
  )
  return rows.map(row => row.no)
}

/** The reaction to a version: its own transaction, told again without harm. */
export async function lookAgain({ db }: UpkeepHouse, district: string): Promise<void> {
  await db.transaction(async tx => {
    const nos = await markOvertaken(tx, district)
    if (nos.length > 0) await append(tx, district, 'wangge', [{ kind: 'changes.overtaken', data: { nos } }])
  })
}
