/** Reads of packages, with where each stands. */
import { maybe, type Queryable } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import { listClasses } from '../catalog/store.ts'
import type { Reach } from '../orgs/rules.ts'
import { listForeignCodes } from './allotments.ts'
import type { Commission } from './commission.ts'
import type { askableKinds } from './package-schema.ts'
import { dayOf, daysLeft, isOverdue, packageState } from './package-state.ts'
import type { Delivery, DeliveryState } from './schema.ts'

/** 任务包 as it is kept, with its newest delivery that was not cancelled. */
interface Kept {
  id: string
  no: number
  firm: { id: string; name: string }
  name: string
  kinds: (typeof askableKinds)[number][]
  classes: string[]
  areas: { code: string; name: string }[]
  dueOn: string | null
  note: string | null
  createdAt: Date
  createdBy: string
  acceptedAt: Date | null
  acceptedBy: string | null
  deliveries: number
  newest: { id: string; no: number; name: string; state: DeliveryState; read: number; refused: number; errors: number; warnings: number; reason: string | null } | null // biome-ignore format: one row of json
}

export type PackageRead = Awaited<ReturnType<typeof getPackage>>

const PACKAGE = `SELECT p.id, p.no, json_build_object('id', f.id, 'name', f.name) AS firm, p.name, p.kinds, p.classes,
    (SELECT coalesce(json_agg(json_build_object('code', a.code, 'name', coalesce(
       (SELECT g.name FROM grid g WHERE g.district = p.district AND g.level <= 3 AND g.code = a.code ORDER BY g.generation DESC LIMIT 1), a.code))
       ORDER BY a.code), '[]') FROM unnest(p.areas) AS a(code)) AS areas,
    p.due_on AS "dueOn", p.note, p.created_at AS "createdAt", p.created_by AS "createdBy",
    p.accepted_at AS "acceptedAt", p.accepted_by AS "acceptedBy",
    (SELECT count(*) FROM delivery d WHERE d.district = p.district AND d.package_id = p.id AND d.state <> 'cancelled') AS deliveries,
    (SELECT json_build_object('id', d.id, 'no', d.no, 'name', d.name, 'state', d.state, 'reason', d.reason,
       'read', coalesce((d.counts->>'read')::int, 0), 'refused', coalesce((d.counts->>'refused')::int, 0),
       'errors', coalesce((d.findings->>'errors')::int, 0), 'warnings', coalesce((d.findings->>'warnings')::int, 0))
     FROM delivery d WHERE d.district = p.district AND d.package_id = p.id AND d.state <> 'cancelled' ORDER BY d.no DESC LIMIT 1) AS newest
  FROM package p JOIN firm f ON f.district = p.district AND f.id = p.firm_id`

/** The packages in reach, the newest first. */
export async function listPackages(db: Queryable, district: string, reach: Reach, now: Date) {
  const rows = await db.query<Kept>(
    `${PACKAGE} WHERE p.district = $1 AND ($2 OR p.firm_id = $3::uuid) ORDER BY p.no DESC`,
    [district, reach === 'all', reach === 'all' ? null : reach.firm],
  )
  return told(db, district, rows, now)
}

/** @throws Problem package.unknown, also for one that is out of reach */
export async function getPackage(db: Queryable, district: string, id: string, reach: Reach, now: Date) {
  const rows = await db.query<Kept>(`${PACKAGE} WHERE p.district = $1 AND p.id = $2::uuid`, [district, id])
  const [found] = await told(db, district, rows, now)
  if (!found || (reach !== 'all' && reach.firm !== found.firm.id)) throw problem('package.unknown', { id })
  return found
}

export async function listAskedKinds(db: Queryable, district: string, id: string): Promise<Kept['kinds']> {
  const row = await maybe<Pick<Kept, 'kinds'>>(
    db,
    'SELECT kinds FROM package WHERE district = $1 AND id = $2::uuid',
    [district, id],
  )
  return row?.kinds ?? []
}

/** What the rows of a delivery are held to; a firm's codes are those that no other firm holds. */
export async function readCommission(
  db: Queryable,
  { district, firmId, packageId }: Pick<Delivery, 'district' | 'firmId' | 'packageId'>,
): Promise<Commission> {
  const asked =
    packageId &&
    (await maybe<{ name: string; classes: string[]; areas: string[] }>(
      db,
      'SELECT name, classes, areas FROM package WHERE district = $1 AND id = $2::uuid',
      [district, packageId],
    ))
  return {
    package: asked ? asked.name : null,
    classes: asked ? asked.classes : [],
    areas: asked ? asked.areas : [],
    foreign: firmId === null ? [] : await listForeignCodes(db, district, firmId),
  }
}

async function told(db: Queryable, district: string, rows: readonly Kept[], now: Date) {
  const today = dayOf(now)
  const names = rows.some(row => row.classes.length > 0) ? await classNames(db, district) : new Map()
  return rows.map(row => {
    const state = packageState(row.acceptedAt !== null, row.newest?.state ?? null)
    const left = daysLeft(row.dueOn, today)
    return {
      ...row,
      classes: row.classes.map(code => ({ code, name: String(names.get(code) ?? code) })),
      state,
      daysLeft: left,
      overdue: isOverdue(state, left),
    }
  })
}

async function classNames(db: Queryable, district: string): Promise<Map<string, string>> {
  const [home] = await db.query<{ id: string }>('SELECT dictionary_id AS id FROM district WHERE code = $1', [
    district,
  ])
  return new Map((await listClasses(db, home!.id)).map(each => [each.code, each.name]))
}
