/** Reads of photos that are evidence. */
import { maybe, type Queryable } from '../../core/db.ts'
import type { Holder, PictureKind } from './schema.ts'

export interface EvidencePhoto {
  district: string
  id: string
  kind: PictureKind
  sentBytes: number
  bytes: number
  width: number
  height: number
  sha256: string
  sentBy: string
  sentAt: Date
  holder: Holder | null
  holderId: string | null
  removedAt: Date | null
}

const ROW = `SELECT district, id, kind, sent_bytes AS "sentBytes", bytes, width, height, sha256, sent_by AS "sentBy", sent_at AS "sentAt",
    holder, holder_id AS "holderId", removed_at AS "removedAt" FROM evidence`

export const findEvidence = (db: Queryable, district: string, id: string): Promise<EvidencePhoto | null> =>
  maybe<EvidencePhoto>(db, `${ROW} WHERE district = $1 AND id = $2::uuid`, [district, id])

/** A photo as it is told. */
export const told = ({ id, kind, bytes, width, height, sentAt, removedAt }: EvidencePhoto) => ({
  ...{ id, kind, bytes, width, height, sentAt },
  removed: removedAt !== null,
})
export type ToldPhoto = ReturnType<typeof told>

/** Photos of several holders, in the order they were given. */
export async function listEvidence(
  db: Queryable,
  district: string,
  holderIds: readonly string[],
): Promise<(holderId: string) => ToldPhoto[]> {
  const rows =
    holderIds.length === 0
      ? []
      : await db.query<EvidencePhoto>(
          `${ROW} WHERE district = $1 AND holder_id = ANY($2::uuid[]) ORDER BY holder_id, no, id`,
          [district, holderIds],
        )
  const of = Map.groupBy(rows, row => row.holderId!)
  return holderId => (of.get(holderId) ?? []).map(told)
}

/** How many photos somebody has sent and not used. */
export async function countWaiting(db: Queryable, district: string, sentBy: string): Promise<number> {
  const row = await maybe<{ n: number }>(
    db,
    'SELECT count(*)::int AS n FROM evidence WHERE district = $1 AND sent_by = $2 AND holder_id IS NULL',
    [district, sentBy],
  )
  return row?.n ?? 0
}

/** How many photos from the street belong to nothing yet. */
export async function countStreet(db: Queryable, district: string): Promise<number> {
  const row = await maybe<{ n: number }>(
    db,
    `SELECT count(*)::int AS n FROM evidence WHERE district = $1 AND holder_id IS NULL AND sent_by LIKE 'street:%'`,
    [district],
  )
  return row?.n ?? 0
}
