/**
 * Who carries a handover out: one at a time, as long as something is heard of it. What a try leaves is cleared away,
 * and why it came to nothing is written on the handover.
 *
 *   take -> hear .. hear -> (transferred) | leave: once more, at once or after a rest | getStuck: a person looks
 */
import type { Db } from '../../core/db.ts'
import { append } from '../../core/journal.ts'
import type { Problem } from '../../core/problem.ts'
import { dropBatch } from '../registry/commands.ts'
import type { UpkeepHouse } from './commands.ts'
import { dayOf } from './decoding.ts'
import { CLAIMED, type Handover, type Trouble } from './handover-store.ts'

/** Another carries it out, or it was decided otherwise. */
export class Lost extends Error {}
/** Takes it in hand. After an error nobody knows it rests a while. @returns false where another has it, or it is not to be yet */
export async function take({ db, clock }: UpkeepHouse, id: string, claim: string): Promise<boolean> {
  const mine = await db.query(
    `UPDATE handover h SET claim = $2::uuid, heard_at = now(), done = 0
     WHERE h.id = $1::uuid AND h.state = 'accepted' AND h.handover_on <= $3::date AND NOT ${CLAIMED}
       AND (h.claim IS NOT NULL OR h.heard_at IS NULL OR h.heard_at < now() - interval '10 minutes') RETURNING h.id`,
    [id, claim, dayOf(clock)],
  )
  return mine.length > 0
}

/** Batches of it that never counted: of a try that was cut off. */
export async function dropStrays(db: Db, { district, id }: Handover): Promise<void> {
  const strays = await db.query<{ no: number }>(
    "SELECT no FROM batch WHERE district = $1 AND delivery_id = $2::uuid AND source = 'handover' AND version IS NULL",
    [district, id],
  )
  for (const { no } of strays) await dropBatch(db, district, no)
}

export async function leave(
  db: Db,
  { district, id }: Handover,
  claim: string,
  { wait, trouble }: { wait: boolean; trouble: Trouble | null },
): Promise<void> {
  await db.query(
    `UPDATE handover SET claim = NULL, done = NULL, heard_at = CASE WHEN $4::boolean THEN now() END,
       trouble = coalesce($5::jsonb, trouble)
     WHERE district = $1 AND id = $2::uuid AND claim = $3::uuid`,
    [district, id, claim, wait, trouble && JSON.stringify(trouble)],
  )
}

export async function getStuck(
  db: Db,
  { district, id, no }: Handover,
  claim: string,
  { code, detail: { faults = [], ...detail } }: Problem,
): Promise<void> {
  await db.transaction(async tx => {
    const mine = await tx.query(
      `UPDATE handover SET state = 'stuck', claim = NULL, heard_at = NULL, done = NULL, trouble = $4::jsonb
       WHERE district = $1 AND id = $2::uuid AND claim = $3::uuid AND state = 'accepted' RETURNING id`,
      [district, id, claim, JSON.stringify({ code, detail, faults })],
    )
    if (mine.length === 0) return
    await append(tx, district, 'wangge', [
      { kind: 'handover.stuck', data: { handover: id, no, problem: code } },
    ])
  })
}

export async function hear(db: Db, { district, id }: Handover, claim: string, done: number): Promise<void> {
  const mine = await db.query(
    `UPDATE handover SET heard_at = now(), done = $4 WHERE district = $1 AND id = $2::uuid AND claim = $3::uuid RETURNING id`,
    [district, id, claim, done],
  )
  if (mine.length === 0) throw new Lost()
}
