/** 问题上报: what somebody says of one component, kept until somebody says what became of it. */
import { type Db, maybe, one, type Queryable } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import { removeEvidence, streetSender, takeEvidence } from '../evidence/commands.ts'
import type { ReportInput } from './plate-schema.ts'

export interface ComponentReport {
  district: string
  id: string
  no: number
  componentId: string
  code: string | null
  class: string | null
  kind: string
  text: string
  lonLat: [number, number] | null
  phone: string | null
  state: 'open' | 'closed'
  reportedAt: Date
  reportedBy: string | null
  closedAt: Date | null
  closedBy: string | null
  answer: string | null
}

/** Open reports from the street that one component may have: more say nothing new. */
const MOST_OPEN = 20

/** @param actor null: somebody in the street */
export async function reportComponent(
  db: Db,
  {
    district,
    componentId,
    report,
    actor,
  }: {
    district: string
    componentId: string
    report: ReportInput
    actor: string | null
  },
): Promise<number> {
  const { kind, text, photos, place, phone = null } = report
  return db.transaction(async tx => {
    await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
    if (actor === null) {
      const { n } = await one<{ n: number }>(
        tx,
        `SELECT count(*)::int AS n FROM component_report
         WHERE district = $1 AND component_id = $2::uuid AND state = 'open' AND reported_by IS NULL`,
        [district, componentId],
      )
      if (n >= MOST_OPEN) throw problem('report.enough')
    }
    const id = newId()
    const { no } = await one<{ no: number }>(
      tx,
      `INSERT INTO component_report (district, id, no, component_id, kind, text, lon, lat, phone, reported_by)
       SELECT $1, $2::uuid, coalesce(max(no), 0) + 1, $3::uuid, $4, $5, $6::float8, $7::float8, $8, $9
       FROM component_report WHERE district = $1 RETURNING no`,
      [district, id, componentId, kind, text, place?.lon ?? null, place?.lat ?? null, phone, actor],
    )
    const sentBy = actor ?? streetSender(componentId)
    await takeEvidence(tx, { district, holder: 'report', holderId: id }, { ids: photos, sentBy })
    // what was said, and the number to call, stay out of the journal
    await append(tx, district, actor ?? 'street', [
      { kind: 'component.reported', data: { no, component: componentId, kind } },
    ])
    return no
  })
}

const ROW = `SELECT r.district, r.id, r.no, r.component_id AS "componentId", k.code, k.class, r.kind, r.text, r.lon, r.lat,
    r.phone, r.state, r.reported_at AS "reportedAt", r.reported_by AS "reportedBy", r.closed_at AS "closedAt",
    r.closed_by AS "closedBy", r.answer
  FROM component_report r LEFT JOIN LATERAL (
    SELECT c.code, c.class FROM component c WHERE c.district = r.district AND c.id = r.component_id ORDER BY c.batch DESC LIMIT 1) k ON true`
type Raw = Omit<ComponentReport, 'lonLat'> & { lon: number | null; lat: number | null }
const whole = ({ lon, lat, ...rest }: Raw): ComponentReport => ({
  ...rest,
  lonLat: lon === null || lat === null ? null : [lon, lat],
})

/** Reports of a district, newest first. */
export async function listReports(
  db: Queryable,
  district: string,
  wish: { state: 'open' | 'closed'; before: number | null; limit: number },
): Promise<ComponentReport[]> {
  const rows = await db.query<Raw>(
    `${ROW} WHERE r.district = $1 AND r.state = $2 AND ($3::int IS NULL OR r.no < $3) ORDER BY r.no DESC LIMIT $4`,
    [district, wish.state, wish.before, wish.limit],
  )
  return rows.map(whole)
}

/** @throws Problem report.unknown */
export async function getReport(db: Queryable, id: string): Promise<ComponentReport> {
  const row = await maybe<Raw>(db, `${ROW} WHERE r.id = $1::uuid`, [id])
  if (!row) throw problem('report.unknown', { id })
  return whole(row)
}

/** Says what became of a report; the number to ask back and photos from the street are forgotten with it. */
export async function closeReport(
  db: Db,
  report: ComponentReport,
  { actor, answer }: { actor: string; answer: string },
): Promise<ComponentReport> {
  const { district, id, no } = report
  await db.transaction(async tx => {
    const mine = await tx.query(
      `UPDATE component_report SET state = 'closed', closed_at = now(), closed_by = $3, answer = $4, phone = NULL
       WHERE district = $1 AND id = $2::uuid AND state = 'open' RETURNING id`,
      [district, id, actor, answer],
    )
    if (mine.length === 0) throw problem('report.closed', { no })
    if (report.reportedBy === null) await removeEvidence(tx, { district, holder: 'report', holderId: id })
    await append(tx, district, actor, [{ kind: 'report.closed', data: { no } }])
  })
  return getReport(db, id)
}
