/**
 * Areas and points in a database with PostGIS, and what ST_Covers says of them: the yardstick of point location.
 *
 *   fillCovers -> tables area, point -> everyCover -> [point, area] pairs, compared as sets by differences
 */
import type { PolygonGeometry } from '../gis/geometry.ts'
import type { Locator } from '../gis/locate.ts'
import type { Db } from '../src/core/db.ts'
import type { Points } from './partition.ts'

/** The lowest area of every point that any covers; areas outside, an index on the points inside. */
export const LOWEST = `CREATE TABLE found AS
  SELECT p.i, min(a.i) AS area FROM area a JOIN point p ON ST_Covers(a.geom, p.geom) GROUP BY p.i`

/** So many vertices or points go in one statement. */
const AT_ONCE = 200_000

/** Makes the tables area (i, geom) and point (i, geom), the points indexed. */
export async function fillCovers(
  db: Db,
  areas: readonly { geometry: PolygonGeometry }[],
  { lons, lats }: Points,
): Promise<void> {
  await db.script(
    'CREATE TABLE area (i int, geom geometry(Geometry, 4490)); CREATE TABLE point (i int, geom geometry(Point, 4490))',
  )
  for (let from = 0, to = 0; from < areas.length; from = to) {
    for (let vertices = 0; to < areas.length && vertices < AT_ONCE; to++)
      vertices += areas[to]!.geometry.coordinates.flat(areas[to]!.geometry.type === 'Polygon' ? 1 : 2).length
    await db.query(
      `INSERT INTO area SELECT $2::int + i - 1, ST_SetSRID(ST_GeomFromGeoJSON(g), 4490)
       FROM unnest($1::text[]) WITH ORDINALITY u(g, i)`,
      [areas.slice(from, to).map(area => JSON.stringify(area.geometry)), from],
    )
  }
  for (let from = 0; from < lons.length; from += AT_ONCE) {
    await db.query(
      `INSERT INTO point SELECT $3::int + i - 1, ST_SetSRID(ST_Point(x, y), 4490)
       FROM unnest($1::float8[], $2::float8[]) WITH ORDINALITY u(x, y, i)`,
      [[...lons.subarray(from, from + AT_ONCE)], [...lats.subarray(from, from + AT_ONCE)], from],
    )
  }
  await db.query('CREATE INDEX ON point USING gist (geom)')
  for (const table of ['area', 'point']) await db.query(`ANALYZE ${table}`)
}

/**
 * How many points the locator gives other areas than ST_Covers does, compared as sets; also how many points
 * several areas cover, so that a caller can tell that what is hard was tried.
 */
export async function differences(
  db: Db,
  locator: Locator,
  { lons, lats }: Points,
): Promise<{ different: number; shared: number }> {
  const theirs = Array.from({ length: lons.length }, (): number[] => [])
  const areas = locator.size
  for (let from = 0; from < areas; from += 500) {
    const rows = await db.query<{ p: number; a: number }>(
      `SELECT p.i AS p, a.i AS a FROM area a JOIN point p ON ST_Covers(a.geom, p.geom)
       WHERE a.i >= $1 AND a.i < $2 ORDER BY a.i`,
      [from, from + 500],
    )
    for (const { p, a } of rows) theirs[p]!.push(a)
  }
  const lowest = locator.coveringEach(lons, lats)
  let [different, shared] = [0, 0]
  for (let i = 0; i < lons.length; i++) {
    const covering = theirs[i]!
    if (covering.length > 1) shared++
    const same =
      String(locator.allCovering(lons[i]!, lats[i]!)) === String(covering) &&
      lowest[i] === (covering[0] ?? -1) &&
      locator.covering(lons[i]!, lats[i]!) === lowest[i]
    if (!same) different++
  }
  return { different, shared }
}
