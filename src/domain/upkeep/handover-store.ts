/** Reads of new works and their handover. Whether the units changed by one still are is asked of the registry's versions. */
import { maybe, type Queryable } from '../../core/db.ts'
import { type ProblemCode, problem } from '../../core/problem.ts'
import { holds, lineage } from '../registry/lineage.ts'
import type { HandoverState } from './handover-schema.ts'
import type { KeptFinding } from './schema.ts'

/** Why a handover could not be carried out. */
export interface Trouble {
  code: ProblemCode
  detail: Record<string, unknown>
  /** The first components that stand against it. */
  faults: { key: string; found: KeptFinding[] }[]
}

export interface Handover {
  district: string
  id: string
  no: number
  name: string
  builder: string
  ownerId: string
  maintainerId: string
  handoverOn: string
  warrantyUntil: string | null
  note: string | null
  state: HandoverState
  deliveryId: string | null
  announcedAt: Date
  announcedBy: string
  proposers: string[]
  decidedAt: Date | null
  decidedBy: string | null
  decision: string | null
  transferredAt: Date | null
  components: number | null
  trouble: Trouble | null
  /** How many components are through, while somebody carries it out. */
  done: number | null
}

/** Somebody carries handover h out, and is heard of. */
export const CLAIMED = "(h.claim IS NOT NULL AND h.heard_at > now() - interval '5 minutes')"

const ROW = `SELECT h.district, h.id, h.no, h.name, h.builder, h.owner_id AS "ownerId", h.maintainer_id AS "maintainerId",
    h.handover_on AS "handoverOn", h.warranty_until AS "warrantyUntil", h.note,
    CASE WHEN h.state = 'transferred' AND h.version IS NOT NULL AND NOT ${holds('h.version')} THEN 'reversed'
      ELSE h.state END AS state,
    h.delivery_id AS "deliveryId", h.announced_at AS "announcedAt", h.announced_by AS "announcedBy", h.proposers,
    h.decided_at AS "decidedAt", h.decided_by AS "decidedBy", h.decision, h.transferred_at AS "transferredAt",
    h.components, h.trouble, CASE WHEN ${CLAIMED} THEN h.done END AS done FROM handover h`

/** @throws Problem handover.unknown */
export async function getHandover(db: Queryable, id: string): Promise<Handover> {
  const district = '(SELECT district FROM handover WHERE id = $1::uuid)'
  const row = await maybe<Handover>(
    db,
    `${lineage(district)} ${ROW} WHERE h.district = ${district} AND h.id = $1::uuid`,
    [id],
  )
  if (!row) throw problem('handover.unknown', { id })
  return row
}

/** A handover as it is until the end of the caller's transaction. */
export async function holdHandover(tx: Queryable, id: string): Promise<Handover> {
  await tx.query('SELECT 1 FROM handover WHERE id = $1::uuid FOR UPDATE', [id])
  return getHandover(tx, id)
}

/** Newest first. */
export const listHandovers = (
  db: Queryable,
  district: string,
  { before = null, limit = 50 }: { before?: number | null; limit?: number } = {},
): Promise<Handover[]> =>
  db.query(
    `${lineage()} ${ROW} WHERE h.district = $1 AND ($2::int IS NULL OR h.no < $2) ORDER BY h.no DESC LIMIT $3`,
    [district, before, limit],
  )
