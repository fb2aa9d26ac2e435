/** What becomes of photos that were sent: they are taken as evidence, let go again, or removed with what came to nothing. */
import type { Queryable } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import type { Holder } from './schema.ts'

export interface Evidence {
  district: string
  holder: Holder
  holderId: string
}

/** Who sends from the street: whoever stands before the plate. */
export const streetSender = (componentId: string): string => `street:${componentId}`

/**
 * Makes photos evidence of something, in its transaction: such as this sender has sent and nothing has yet, and
 * such as it has already.
 * @throws Problem photo.unknown
 */
export async function takeEvidence(
  tx: Queryable,
  { district, holder, holderId }: Evidence,
  { ids, sentBy }: { ids: readonly string[]; sentBy: string },
): Promise<void> {
  if (ids.length === 0) return
  const taken = await tx.query(
    `UPDATE evidence e SET holder = $3, holder_id = $4::uuid, no = w.no
     FROM unnest($2::uuid[]) WITH ORDINALITY w (id, no)
     WHERE e.district = $1 AND e.id = w.id AND e.removed_at IS NULL
       AND (e.holder_id IS NULL AND e.sent_by = $5 OR e.holder = $3 AND e.holder_id = $4::uuid) RETURNING e.id`,
    [district, ids, holder, holderId, sentBy],
  )
  if (taken.length !== ids.length) throw problem('photo.unknown')
}

/** Lets photos go that their holder does not name any more: they are forgotten as such that were never used are. */
export async function dropEvidence(
  tx: Queryable,
  { district, holder, holderId }: Evidence,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  await tx.query(
    `UPDATE evidence SET holder = NULL, holder_id = NULL
     WHERE district = $1 AND holder = $2 AND holder_id = $3::uuid AND id = ANY($4::uuid[])`,
    [district, holder, holderId, ids],
  )
}

/** Their holder came to nothing: the pictures are not kept, that they were there is. Bytes go after the commit. */
export async function removeEvidence(tx: Queryable, { district, holder, holderId }: Evidence): Promise<void> {
  await tx.query(
    `UPDATE evidence SET removed_at = now()
     WHERE district = $1 AND holder = $2 AND holder_id = $3::uuid AND removed_at IS NULL`,
    [district, holder, holderId],
  )
}
