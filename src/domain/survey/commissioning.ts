/**
 * What firms are asked to deliver: packages made, changed, taken back while nothing was delivered, and
 * accepted when what was asked for is there.
 */
import { type Db, maybe, one, type Queryable } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import { listClasses } from '../catalog/store.ts'
import { currentGeneration } from '../grids/store.ts'
import type { PackageWish } from './package-schema.ts'
import type { PackageRead } from './packages.ts'

interface Where {
  district: string
  actor: string
}

/** @throws package.class, package.area. The firm is known to be there. */
export async function commissionPackage(
  db: Db,
  { district, actor }: Where,
  firm: string,
  wish: PackageWish,
): Promise<string> {
  const id = newId()
  await db.transaction(async tx => {
    await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
    await mustExist(tx, district, wish)
    const { no } = await one<{ no: number }>(
      tx,
      `INSERT INTO package (district, id, no, firm_id, name, classes, areas, due_on, note, created_by, kinds)
       SELECT $1, $2::uuid, coalesce(max(no), 0) + 1, $3::uuid, $4, $5::text[], $6::text[], $7::date, $8, $9, $10::text[]
       FROM package WHERE district = $1 RETURNING no`,
      [district, id, firm, wish.name, wish.classes, wish.areas, wish.dueOn, wish.note, actor, wish.kinds],
    )
    await append(tx, district, actor, [{ kind: 'package.commissioned', data: { package: id, no, firm } }])
  })
  return id
}

/** @throws package.unknown, package.class, package.area */
export async function changePackage(
  db: Db,
  { district, actor }: Where,
  id: string,
  wish: PackageWish,
): Promise<void> {
  await db.transaction(async tx => {
    await mustExist(tx, district, wish)
    const row = await maybe(
      tx,
      `UPDATE package SET name = $3, classes = $4::text[], areas = $5::text[], due_on = $6::date, note = $7, kinds = $8::text[]
       WHERE district = $1 AND id = $2::uuid RETURNING id`,
      [district, id, wish.name, wish.classes, wish.areas, wish.dueOn, wish.note, wish.kinds],
    )
    if (!row) throw problem('package.unknown', { id })
    await append(tx, district, actor, [{ kind: 'package.changed', data: { package: id, ...wish } }])
  })
}

/** Takes a package back that nothing was delivered to. @throws package.delivered */
export async function withdrawPackage(db: Db, { district, actor }: Where, asked: PackageRead): Promise<void> {
  await db.transaction(async tx => {
    const gone = await maybe(
      tx,
      `DELETE FROM package p WHERE district = $1 AND id = $2::uuid
         AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.district = p.district AND d.package_id = p.id) RETURNING id`,
      [district, asked.id],
    )
    if (!gone) throw problem('package.delivered', { name: asked.name })
    await append(tx, district, actor, [
      { kind: 'package.withdrawn', data: { package: asked.id, no: asked.no } },
    ])
  })
}

/**
 * Accepts a package of which something is published, or opens it again.
 * @throws package.undelivered
 */
export async function acceptPackage(
  db: Db,
  { district, actor }: Where,
  asked: PackageRead,
  accepted: boolean,
): Promise<void> {
  await db.transaction(async tx => {
    const row = await maybe(
      tx,
      `UPDATE package p SET accepted_at = CASE WHEN $3 THEN coalesce(accepted_at, now()) END, accepted_by = CASE WHEN $3 THEN coalesce(accepted_by, $4) END
       WHERE district = $1 AND id = $2::uuid AND (NOT $3 OR EXISTS
         (SELECT 1 FROM delivery d WHERE d.district = p.district AND d.package_id = p.id AND d.state = 'published')) RETURNING id`,
      [district, asked.id, accepted, actor],
    )
    if (!row) throw problem('package.undelivered', { name: asked.name })
    const kind = accepted ? 'package.accepted' : 'package.reopened'
    await append(tx, district, actor, [{ kind, data: { package: asked.id, no: asked.no } }])
  })
}

async function mustExist(tx: Queryable, district: string, { classes, areas }: PackageWish): Promise<void> {
  if (classes.length > 0) {
    const { id } = await one<{ id: string }>(tx, 'SELECT dictionary_id AS id FROM district WHERE code = $1', [
      district,
    ])
    const known = new Set((await listClasses(tx, id)).map(each => each.code))
    const strange = classes.find(code => !known.has(code))
    if (strange !== undefined) throw problem('package.class', { value: strange })
  }
  if (areas.length === 0) return
  const generation = await currentGeneration(tx, district)
  const rows = await tx.query<{ code: string }>(
    `SELECT code FROM grid WHERE district = $1 AND level <= 3 AND code = ANY($2::text[]) AND generation <= $3
       AND (closed_generation IS NULL OR closed_generation > $3)`,
    [district, areas, generation],
  )
  const there = new Set(rows.map(row => row.code))
  const strange = areas.find(code => !there.has(code))
  if (strange !== undefined) throw problem('package.area', { value: strange })
}
