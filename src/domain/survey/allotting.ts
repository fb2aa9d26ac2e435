/**
 * Codes allotted to crews, and given back. No code is ever held twice, or given out while a thing bears it:
 * what landed is known by batch (registry/serials.ts), and what is landing is read in the transaction that writes.
 */
import type { Db } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import { readSerials, readSerialsSince } from '../registry/serials.ts'
import { type Allotment, getAllotment, listHeld, listLanded, spaceOf } from './allotments.ts'
import { codeAt, freeRun, longestFree, meeting, type Run, type SerialSpace } from './code-ranges.ts'
import type { AllotmentWish } from './code-schema.ts'

interface Where {
  district: string
  actor: string
}

/**
 * Gives a crew codes of a class: as many as wished where they are free, or the very ones.
 * @returns the allotment's id
 * @throws codes.profile, codes.class, codes.exhausted, codes.allotted, codes.in-use
 */
export async function allotCodes(
  db: Db,
  { district, actor }: Where,
  crew: { id: string },
  wish: AllotmentWish,
): Promise<string> {
  const space = await spaceOf(db, district, wish.class)
  const before = await readSerials(db, district, space, await listLanded(db, district))
  const id = newId()
  await db.transaction(async tx => {
    await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
    const held = await listHeld(tx, district, wish.class)
    const since = await readSerialsSince(tx, district, space, before)
    const used = [...before.runs, ...since]
    const { first, last } = chosen(space, held, used, wish)
    await tx.query(
      `INSERT INTO code_allotment (district, id, crew_id, class, first_no, last_no, allotted_by)
       VALUES ($1, $2::uuid, $3::uuid, $4, $5, $6, $7)`,
      [district, id, crew.id, wish.class, first, last, actor],
    )
    await append(tx, district, actor, [
      { kind: 'codes.allotted', data: { allotment: id, crew: crew.id, class: wish.class, first, last } },
    ])
  })
  return id
}

function chosen(
  space: SerialSpace,
  held: readonly (Run & { crew: string })[],
  used: readonly Run[],
  wish: AllotmentWish,
): Run {
  const taken = [...held, ...used]
  const exhausted = (wanted: number) =>
    problem('codes.exhausted', {
      class: wish.class,
      limit: codeAt(space, space.last),
      free: longestFree(taken, space.last),
      wanted,
    })
  if ('count' in wish) {
    const free = freeRun(taken, wish.count, space.last)
    if (!free) throw exhausted(wish.count)
    return free
  }
  const run = { first: wish.first, last: wish.last }
  if (run.last > space.last) throw exhausted(run.last - run.first + 1)
  const [from, to] = [codeAt(space, run.first), codeAt(space, run.last)]
  const other = meeting(held, run)
  if (other) throw problem('codes.allotted', { from, to, crew: other.crew })
  const bearer = meeting(used, run)
  if (bearer)
    throw problem('codes.in-use', { from, to, code: codeAt(space, Math.max(bearer.first, run.first)) })
  return run
}

/**
 * Takes back what a crew has not used: from the serial named on, or from the one behind its last used.
 * @throws codes.used, codes.unknown
 */
export async function returnCodes(
  db: Db,
  { district, actor }: Where,
  allotment: Allotment,
  from: number | null,
): Promise<void> {
  const space = await spaceOf(db, district, allotment.class)
  const before = await readSerials(db, district, space, await listLanded(db, district))
  await db.transaction(async tx => {
    await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
    const { first, last, returnedFrom, ...held } = await getAllotment(tx, district, allotment.id, 'all')
    const end = returnedFrom === null ? last : returnedFrom - 1
    const since = await readSerialsSince(tx, district, space, before)
    let next = first
    for (const run of [...before.runs, ...since])
      if (run.first <= end && run.last >= first) next = Math.max(next, Math.min(run.last, end) + 1)
    const start = from ?? next
    if (start < next || start > end) throw problem('codes.used', { code: codeAt(space, start) })
    await tx.query('UPDATE code_allotment SET returned_from = $3 WHERE district = $1 AND id = $2::uuid', [
      district,
      held.id,
      start,
    ])
    await append(tx, district, actor, [
      { kind: 'codes.returned', data: { allotment: held.id, crew: held.crew.id, first: start, last: end } },
    ])
  })
}
