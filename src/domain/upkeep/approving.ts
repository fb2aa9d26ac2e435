/**
 * Decided requests become a version of the registry, in one transaction: held, compared with what is there now,
 * decoded once more, landed, placed, published; or nothing of it. Requests approved together are one version.
 *
 *   requests -> hold -> overtaken? -> decode -> small batch -> version, retired keys, journal
 */
import type { Queryable } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import { currentGeneration } from '../grids/store.ts'
import { needsSecondPerson, scopeOf } from '../orgs/rules.ts'
import { getDistrict } from '../orgs/store.ts'
import { type RetiredKey, retireKeys } from '../registry/retired.ts'
import type { Batch } from '../registry/schema.ts'
import { type Landing, publishRows } from '../registry/small-batch.ts'
import { findComponent, findEnded } from '../registry/store.ts'
import {
  codeTaken,
  keepsKey,
  type Lang,
  lookAgain,
  mustBeOpen,
  refuseFaults,
  type UpkeepHouse,
} from './commands.ts'
import { collect, dayOf, type Ground, readGround, SOURCE_NAME } from './decoding.ts'
import { landChange } from './landing.ts'
import { isOwn } from './rules.ts'
import type { ChangeRequest } from './schema.ts'
import { holdRequests, listOvertaken } from './store.ts'

/** Grids are published now and then: once more, with the new ones. */
const TRIES = 3

/**
 * Makes requests count, as one version. Where the district asks for a second person that is nobody who proposed one.
 * @throws Problem change.own, change.state, change.overtaken, change.faulty
 */
export async function approveChanges(
  house: UpkeepHouse,
  input: { district: string; ids: readonly string[]; actor: string; lang: Lang },
): Promise<number> {
  const { db } = house
  for (let tries = 1; ; tries++) {
    const ground = await readGround(db, input.district)
    try {
      return await publish(house, ground, input)
    } catch (error) {
      if (error instanceof Overtaken) {
        await lookAgain(house, input.district)
        throw problem('change.overtaken', { nos: error.nos.join(', ') })
      }
      if (!(error instanceof GridsMoved) || tries === TRIES) throw error
    }
  }
}

class Overtaken extends Error {
  readonly nos: readonly number[]
  constructor(nos: readonly number[]) {
    super('overtaken')
    this.nos = nos
  }
}
class GridsMoved extends Error {}

async function publish(
  house: UpkeepHouse,
  ground: Ground,
  { district, ids, actor, lang }: { district: string; ids: readonly string[]; actor: string; lang: Lang },
): Promise<number> {
  let requests: ChangeRequest[] = []
  return publishRows(house.db, {
    district,
    actor,
    source: 'upkeep',
    id: newId(),
    files: [SOURCE_NAME],
    dictionaryId: ground.dictionaryId,
    gridGeneration: ground.gridGeneration,
    async land(tx, batch) {
      requests = await holdRequests(tx, district, ids)
      const home = await getDistrict(tx, district)
      for (const request of requests) {
        mustBeOpen(request, 'approve')
        if (isOwn(request, actor) && needsSecondPerson(home, request.proposedAt))
          throw problem('change.own', { no: request.no })
      }
      if (ground.gridGeneration !== (await currentGeneration(tx, district))) throw new GridsMoved()
      const late = [...(await listOvertaken(tx, district, ids)), ...twice(requests)]
      if (late.length > 0) throw new Overtaken(late)
      return landRequests(tx, ground, batch, requests, lang)
    },
    async record(tx, version, batch) {
      await tx.query(
        `UPDATE change_request SET state = 'approved', decided_at = now(), decided_by = $3, version = $4, batch_no = $5
         WHERE district = $1 AND id = ANY($2::uuid[])`,
        [district, ids, actor, version, batch.no],
      )
      await retireKeys(
        tx,
        district,
        version,
        requests.flatMap(each => retiredBy(each, dayOf(house.clock))),
      )
      const nos = requests.map(request => request.no)
      await append(tx, district, actor, [{ kind: 'changes.approved', data: { nos, version } }])
    },
  }).then(async version => {
    await lookAgain(house, district)
    return version
  })
}

/** Numbers of requests about a component that an earlier one among them changes already. */
function twice(requests: readonly ChangeRequest[]): number[] {
  const touched = new Set<string>()
  return requests.flatMap(({ no, componentId, survivorId }) => {
    const mine = [componentId, ...(survivorId ? [survivorId] : [])]
    const late = mine.some(id => touched.has(id))
    for (const id of mine) touched.add(id)
    return late ? [no] : []
  })
}

async function landRequests(
  tx: Queryable,
  ground: Ground,
  batch: Batch,
  requests: readonly ChangeRequest[],
  lang: Lang,
): Promise<Landing> {
  const into = collect()
  const ends: string[] = []
  const supersedes: string[] = []
  let added = 0
  const scope = scopeOf(ground.district)
  for (const { no, kind, componentId, before, after } of requests) {
    if (after === null) {
      ends.push(componentId)
      continue
    }
    const find = kind === 'restore' ? findEnded : findComponent
    const row = kind === 'add' ? null : await find(tx, scope, componentId)
    const unitStates = row?.unitStates ?? null
    const changes = kind !== 'add' && kind !== 'restore'
    const decoding = { id: componentId, rowNo: no, after, before, unitStates, changes }
    const faults = landChange(ground, batch, decoding, into)
    const kept = keepsKey(before, after, kind === 'restore')
    refuseFaults([...faults, ...(kept ? [] : await codeTaken(tx, ground, componentId, after))], lang)
    if (changes) supersedes.push(componentId)
    else added++
  }
  return { components: into.components.take(), placements: into.placements.take(), added, supersedes, ends }
}

/** The key under which surveys should not bring the thing any more. */
function retiredBy(request: ChangeRequest, today: string): Omit<RetiredKey, 'otherCode'>[] {
  const { kind, change, componentId, survivorId, before, after, no } = request
  if (!before?.key || kind === 'restore') return []
  const key = { key: before.key, componentId, requestNo: no, retiredOn: today }
  if (change.kind === 'scrap')
    return [{ ...key, reason: 'scrapped', survivorId: null, retiredOn: change.endedOn }]
  if (change.kind === 'merge') return [{ ...key, reason: 'merged', survivorId }]
  const now = after?.code ?? before.key
  return now === before.key ? [] : [{ ...key, reason: 'recoded', survivorId: componentId }]
}
