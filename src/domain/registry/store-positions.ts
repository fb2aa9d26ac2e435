/** Where single components of the registry lie now: those of some ids, or of some codes. Points only. */
import type { LonLat } from '../../../gis/geometry.ts'
import type { Db } from '../../core/db.ts'
import { idRanges } from './ranges.ts'
import { CURRENT } from './store.ts'

interface Found {
  key: string
  lon: number
  lat: number
}

const IDS_AT_ONCE = 500

/** By the ids that were asked for. */
export async function positionsByIds(
  db: Db,
  district: string,
  ids: readonly string[],
): Promise<Map<string, LonLat>> {
  const found: Found[] = []
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE)
    found.push(
      ...(await db.query<Found>(
        `SELECT c.id AS key, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat FROM (${CURRENT}) c
         WHERE c.id = ANY($2::uuid[]) AND GeometryType(c.geom) = 'POINT'`,
        [district, ids.slice(at, at + IDS_AT_ONCE)],
      )),
    )
  return byKey(found)
}

/** By the codes that were asked for. Codes have no index: every current row is looked at, in short statements. */
export async function positionsByCodes(
  db: Db,
  district: string,
  codes: readonly string[],
): Promise<Map<string, LonLat>> {
  const found: Found[] = []
  if (codes.length === 0) return byKey(found)
  const from = `(${CURRENT}) c WHERE c.district = $1`
  for await (const { within, params } of idRanges(db, { from, id: 'c.id', params: [district] }))
    found.push(
      ...(await db.query<Found>(
        `SELECT c.code AS key, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat FROM ${from} ${within}
         AND c.code = ANY($${params.length + 1}::text[]) AND GeometryType(c.geom) = 'POINT'`,
        [...params, codes],
      )),
    )
  return byKey(found)
}

const byKey = (found: readonly Found[]): Map<string, LonLat> =>
  new Map(found.map(({ key, lon, lat }) => [key, [lon, lat]]))
