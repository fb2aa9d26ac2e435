/**
 * A city's own coordinate systems: fitted to control points, used by the name `local:NAME` in a mapping
 * profile. Points are forgotten when the fit is done and parameters leave this file only as a Crs that
 * decodes positions; neither is shown, logged, journalled or exported.
 */
import { type Crs, findCrs, toLonLat } from '../../../gis/crs.ts'
import { bboxOf } from '../../../gis/geometry.ts'
import { fitSimilarity, type Similarity } from '../../../gis/similarity.ts'
import { type Db, maybe, one, type Queryable } from '../../core/db.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import { currentGeneration, listGrids } from '../grids/store.ts'
import { scopeOf } from '../orgs/rules.ts'
import { statedWhole } from './crs-parameters.ts'
import type { CrsFit } from './schema.ts'

/** More than a local system is longer or shorter than the national one: a wrong point, unit or zone. */
const MOST_PPM = 300
const MOST_RESIDUAL_M = 1
/** Control points lie around the city, not elsewhere. */
const NEAR_DEGREES = 0.5

/** What makes a fit doubtful: lengths that change, points that do not fit, points that lie elsewhere. */
export type FitDoubt = 'scale' | 'residuals' | 'place'

/** What is told of a fit: how well it fits, not what it is. */
export interface FitReport {
  name: string
  base: string
  /** By the points' names, in metres. */
  residuals: { point: string; dxM: number; dyM: number; m: number }[]
  /** Null where two points leave nothing to judge by. */
  rmsM: number | null
  maxM: number
  doubts: FitDoubt[]
  /** Null where it was not saved: it is doubtful, and nobody accepted that. */
  version: number | null
}

/**
 * Fits a system and keeps it as its newest version; those before it stay what earlier loads were read with.
 * A doubtful one is reported and kept only when it is accepted.
 * @throws Problem crs.fit
 */
export async function fitLocalCrs(
  db: Db,
  district: string,
  { name, base, points, accept }: CrsFit,
  actor: string,
): Promise<FitReport> {
  const national = findCrs(base)
  if (!national.ok || national.crs.kind !== 'projected') throw problem('crs.fit', { name, reason: 'base' })
  const fit = fitSimilarity(points.map(({ x, y, toX, toY }) => ({ from: [x, y], to: [toX, toY] })))
  if (!fit) throw problem('crs.fit', { name, reason: 'points' })
  const { rmsM, maxM } = fit
  const lonLats = points.map(({ toX, toY }) => toLonLat(national.crs)(toX, toY))
  const doubts: FitDoubt[] = [
    ...(Math.abs(fit.scalePpm) > MOST_PPM ? (['scale'] as const) : []),
    ...(maxM > MOST_RESIDUAL_M ? (['residuals'] as const) : []),
    ...((await liesNear(db, district, lonLats)) ? [] : (['place'] as const)),
  ]
  const residuals = fit.residuals.map(({ dx, dy, m }, i) => ({
    point: points[i]!.name ?? String(i + 1),
    dxM: dx,
    dyM: dy,
    m,
  }))
  const report = { name, base, residuals, rmsM, maxM, doubts }
  if (doubts.length > 0 && !accept) return { ...report, version: null }
  const { a, b, from, to } = fit.similarity
  const version = await db.transaction(async tx => {
    await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
    const { version } = await one<{ version: number }>(
      tx,
      `INSERT INTO local_crs (district, name, version, base, parameters, points, rms_m, max_m, fitted_by)
       SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4::float8[], $5, $6, $7, $8
       FROM local_crs WHERE district = $1 AND name = $2 RETURNING version`,
      [district, name, base, [a, b, ...from, ...to], points.length, rmsM, maxM, actor],
    )
    const data = { name, version, base, points: points.length, rmsM, maxM, ...(accept ? { doubts } : {}) }
    await append(tx, district, actor, [{ kind: 'crs.fitted', data }])
    return version
  })
  return { ...report, version }
}

/** Whether positions lie in or around the district; before it has a polygon nobody can tell. */
async function liesNear(
  db: Db,
  district: string,
  lonLats: readonly (readonly [number, number])[],
): Promise<boolean> {
  const grids = await listGrids(db, scopeOf(district), await currentGeneration(db, district))
  const boxes = grids.filter(grid => grid.level === 0).map(grid => bboxOf(grid.geometry))
  if (boxes.length === 0) return true
  const d = NEAR_DEGREES
  return lonLats.every(([lon, lat]) =>
    boxes.some(([w, s, e, n]) => lon >= w - d && lon <= e + d && lat >= s - d && lat <= n + d),
  )
}

/** Ends its use; the fits stay, for the loads that were read with them. @throws Problem crs.unknown */
export async function deleteLocalCrs(db: Db, district: string, name: string, actor: string): Promise<void> {
  await db.transaction(async tx => {
    const ended = await tx.query(
      `UPDATE local_crs SET ended_at = now(), ended_by = $3 WHERE district = $1 AND name = $2 AND ended_at IS NULL
         AND version = (SELECT max(version) FROM local_crs WHERE district = $1 AND name = $2) RETURNING name`,
      [district, name, actor],
    )
    if (ended.length === 0) throw problem('crs.unknown', { name })
    await append(tx, district, actor, [{ kind: 'crs.deleted', data: { name } }])
  })
}

export interface LocalCrsEntry {
  name: string
  version: number
  base: string
  points: number
  rmsM: number | null
  maxM: number
  fittedBy: string
  fittedAt: Date
}

/** The newest fit of each system that is in use. */
const NEWEST = `(SELECT DISTINCT ON (district, name) * FROM local_crs ORDER BY district, name, version DESC) l`

/** What there is, without parameters. */
export async function listLocalCrs(db: Queryable, district: string): Promise<LocalCrsEntry[]> {
  return db.query(
    `SELECT name, version, base, points, rms_m AS "rmsM", max_m AS "maxM", fitted_by AS "fittedBy", fitted_at AS "fittedAt"
     FROM ${NEWEST} WHERE district = $1 AND ended_at IS NULL ORDER BY name`,
    [district],
  )
}

/** A system that is not in any table of ours alone: `version` is that of the local one's fit. */
export type NamedCrs = Crs & { version: number | null }

/**
 * The system a profile names by `local:NAME`, or states with parameters that are kept; null for profiles that
 * name none of ours, or one that is not there.
 */
export async function namedCrs(
  db: Queryable,
  district: string,
  stated: string | undefined,
): Promise<NamedCrs | null> {
  const name = /^local:(.+)$/s.exec(stated ?? '')?.[1]
  if (name === undefined) {
    const whole = stated ? await statedWhole(db, district, stated) : null
    const answer = whole === null ? null : findCrs(whole)
    return answer?.ok ? { ...answer.crs, name: stated!, version: null } : null
  }
  const row = await maybe<{ version: number; base: string; parameters: number[] }>(
    db,
    `SELECT version, base, parameters FROM ${NEWEST} WHERE district = $1 AND name = $2 AND ended_at IS NULL`,
    [district, name],
  )
  if (!row) return null
  const national = findCrs(row.base)
  if (!national.ok) return null
  const [a, b, fromX, fromY, toX, toY] = row.parameters as [number, number, number, number, number, number]
  const similarity: Similarity = { a, b, from: [fromX, fromY], to: [toX, toY] }
  const { version } = row
  const own = {
    code: null,
    name: `local:${name}`,
    zonePrefix: null,
    falseEastingM: null,
    similarity,
    version,
  }
  return { ...national.crs, ...own }
}
