/**
 * A city's own coordinate systems: fitted to control points, used by the name `local:NAME` in a mapping
 * profile. Points are forgotten when the fit is done and parameters leave this file only as a Crs that
 * decodes positions; neither is shown, logged, journalled or exported.
 */
import { type Crs, findCrs } from '../../../gis/crs.ts'
import { fitSimilarity, type Similarity } from '../../../gis/similarity.ts'
import { type Db, maybe, type Queryable } from '../../core/db.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import type { CrsFit } from './schema.ts'

/** What is told of a fit: how well it fits, not what it is. */
export interface FitReport {
  name: string
  base: string
  /** By the points' names, in metres. */
  residuals: { point: string; dxM: number; dyM: number; m: number }[]
  /** Null where two points leave nothing to judge by. */
  rmsM: number | null
  maxM: number
}

/** @throws Problem crs.fit */
export async function fitLocalCrs(
  db: Db,
  district: string,
  { name, base, points }: CrsFit,
  actor: string,
): Promise<FitReport> {
  const national = findCrs(base)
  if (!national.ok || national.crs.kind !== 'projected') throw problem('crs.fit', { name, reason: 'base' })
  const fit = fitSimilarity(points.map(({ x, y, toX, toY }) => ({ from: [x, y], to: [toX, toY] })))
  if (!fit) throw problem('crs.fit', { name, reason: 'points' })
  const { a, b, from, to } = fit.similarity
  await db.transaction(async tx => {
    await tx.query(
      `INSERT INTO local_crs (district, name, base, parameters, points, rms_m, max_m, fitted_by)
       VALUES ($1, $2, $3, $4::float8[], $5, $6, $7, $8)
       ON CONFLICT (district, name) DO UPDATE SET base = $3, parameters = $4::float8[], points = $5, rms_m = $6,
         max_m = $7, fitted_by = $8, fitted_at = now()`,
      [district, name, base, [a, b, ...from, ...to], points.length, fit.rmsM, fit.maxM, actor],
    )
    const { rmsM, maxM } = fit
    await append(tx, district, actor, [
      { kind: 'crs.fitted', data: { name, base, points: points.length, rmsM, maxM } },
    ])
  })
  const residuals = fit.residuals.map(({ dx, dy, m }, i) => ({
    point: points[i]!.name ?? String(i + 1),
    dxM: dx,
    dyM: dy,
    m,
  }))
  return { name, base, residuals, rmsM: fit.rmsM, maxM: fit.maxM }
}

/** @throws Problem crs.unknown */
export async function deleteLocalCrs(db: Db, district: string, name: string, actor: string): Promise<void> {
  await db.transaction(async tx => {
    const gone = await tx.query('DELETE FROM local_crs WHERE district = $1 AND name = $2 RETURNING name', [
      district,
      name,
    ])
    if (gone.length === 0) throw problem('crs.unknown', { name })
    await append(tx, district, actor, [{ kind: 'crs.deleted', data: { name } }])
  })
}

export interface LocalCrsEntry {
  name: string
  base: string
  points: number
  rmsM: number | null
  maxM: number
  fittedBy: string
  fittedAt: Date
}

/** What there is, without parameters. */
export async function listLocalCrs(db: Queryable, district: string): Promise<LocalCrsEntry[]> {
  return db.query(
    `SELECT name, base, points, rms_m AS "rmsM", max_m AS "maxM", fitted_by AS "fittedBy", fitted_at AS "fittedAt"
     FROM local_crs WHERE district = $1 ORDER BY name`,
    [district],
  )
}

/** The system a profile names by `local:NAME`; null for profiles that name none of ours, or one that is not there. */
export async function namedCrs(
  db: Queryable,
  district: string,
  stated: string | undefined,
): Promise<Crs | null> {
  const name = /^local:(.+)$/s.exec(stated ?? '')?.[1]
  if (name === undefined) return null
  const row = await maybe<{ base: string; parameters: number[] }>(
    db,
    'SELECT base, parameters FROM local_crs WHERE district = $1 AND name = $2',
    [district, name],
  )
  if (!row) return null
  const national = findCrs(row.base)
  if (!national.ok) return null
  const [a, b, fromX, fromY, toX, toY] = row.parameters as [number, number, number, number, number, number]
  const similarity: Similarity = { a, b, from: [fromX, fromY], to: [toX, toY] }
  const { crs } = national
  return { ...crs, code: null, name: `local:${name}`, zonePrefix: null, falseEastingM: null, similarity }
}
