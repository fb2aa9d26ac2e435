/**
 * What must hold in a database whatever stopped whoever wrote to it: a version stands whole, nothing half
 * done is left, the numbers are without gaps. Plain SQL over what is stored, apart from the code it checks.
 */
import type { Db } from '../src/core/db.ts'

/** What counts in a district. Two standings are the same when all of it is. */
export interface Standing {
  version: number
  components: number
  gridGeneration: number
  /** Sums of hashes: every current component with what was delivered of it and where it belongs; every grid. */
  componentSum: string
  gridSum: string
}

const SEEN = `SELECT c.* FROM component c
  JOIN batch b ON b.district = c.district AND b.no = c.batch
  JOIN registry_head h ON h.district = c.district AND b.version <= h.version
  WHERE c.district = $1 AND (c.closed_version IS NULL OR c.closed_version > h.version)`

const PLACED = `SELECT DISTINCT ON (p.component_id, p.batch) p.*, v.grid_generation FROM placement p
  JOIN placement_generation v ON v.district = p.district AND v.no = p.generation AND v.published
  WHERE p.district = $1 ORDER BY p.component_id, p.batch, p.generation DESC`

const HOLDS = `SELECT g.* FROM grid g JOIN grid_generation v ON v.district = g.district AND v.no = g.generation
  WHERE g.district = $1 AND v.published_at IS NOT NULL AND g.closed_generation IS NULL`

const GENERATION = `(SELECT coalesce(max(no), 0) FROM grid_generation WHERE district = $1 AND layer = 'net' AND published_at IS NOT NULL)`

/** Without statistics of rows just landed the planner walks all placements for every component. */
const analyze = (db: Db) => db.script('ANALYZE component; ANALYZE placement; ANALYZE batch; ANALYZE grid')

export async function standingOf(db: Db, district: string): Promise<Standing> {
  await analyze(db)
  const [row] = await db.query<Standing>(
    `WITH seen AS MATERIALIZED (${SEEN}), placed AS MATERIALIZED (${PLACED}), holds AS MATERIALIZED (${HOLDS})
     SELECT (SELECT coalesce(max(version), 0) FROM registry_head WHERE district = $1) AS version,
       (SELECT count(*) FROM seen) AS components,
       ${GENERATION} AS "gridGeneration",
       (SELECT coalesce(sum(hashtextextended(concat_ws('|', s.key, s.content, coalesce(g.code, p.reason)), 1)), 0)::text
        FROM seen s LEFT JOIN placed p ON p.component_id = s.id AND p.batch = s.batch
        LEFT JOIN holds g ON g.id = p.grid_id) AS "componentSum",
       (SELECT coalesce(sum(hashtextextended(concat_ws('|', level, code, name, ST_AsEWKB(geom)::text), 1)), 0)::text
        FROM holds) AS "gridSum"`,
    [district],
  )
  return row!
}

/** Each counts what must not be: zero, or its name is a fault. Of `$1`, the district. */
const NEVER: Record<string, string> = {
  'components seen twice': `SELECT count(*) - count(DISTINCT key) FROM (${SEEN}) s`,
  'components that share an id': `SELECT count(*) - count(DISTINCT id) FROM (${SEEN}) s`,
  'components without a place': `SELECT count(*) FROM (${SEEN}) s LEFT JOIN (${PLACED}) p
     ON p.component_id = s.id AND p.batch = s.batch WHERE p.component_id IS NULL`,
  'components placed by grids of another time': `SELECT count(*) FROM (${SEEN}) s JOIN (${PLACED}) p
     ON p.component_id = s.id AND p.batch = s.batch WHERE p.grid_generation <> ${GENERATION}`,
  'components in an area that does not hold': `SELECT count(*) FROM (${SEEN}) s JOIN (${PLACED}) p
     ON p.component_id = s.id AND p.batch = s.batch WHERE p.grid_id IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM (${HOLDS}) g WHERE g.id = p.grid_id)`,
  'areas that hold twice': `SELECT count(*) - count(DISTINCT (level, code)) FROM (${HOLDS}) g`,
  'more or fewer components than were added': `SELECT abs((SELECT count(*) FROM (${SEEN}) s)
     - (SELECT coalesce(sum(added), 0) FROM registry_version WHERE district = $1))`,
  'batches nobody will publish': `SELECT count(*) FROM batch b WHERE district = $1 AND version IS NULL AND NOT EXISTS
     (SELECT 1 FROM delivery d WHERE d.district = $1 AND d.id = b.delivery_id AND d.state = 'checked')`,
  'grids nobody will publish': `SELECT count(*) FROM grid_generation WHERE district = $1 AND published_at IS NULL`,
  'placements nobody will publish': `SELECT count(*) FROM placement_generation p WHERE district = $1 AND NOT published
     AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.district = $1 AND b.no = p.batch_no)`,
  'addresses nobody will publish': `SELECT count(*) FROM place_delivery WHERE district = $1 AND publication IS NULL`,
  'rows without a batch': `SELECT count(*) FROM component c WHERE district = $1 AND NOT EXISTS
     (SELECT 1 FROM batch b WHERE b.district = $1 AND b.no = c.batch)`,
  'placements without a generation': `SELECT count(*) FROM placement p WHERE district = $1 AND NOT EXISTS
     (SELECT 1 FROM placement_generation v WHERE v.district = $1 AND v.no = p.generation)`,
  'grids without a generation': `SELECT count(*) FROM grid g WHERE district = $1 AND NOT EXISTS
     (SELECT 1 FROM grid_generation v WHERE v.district = $1 AND v.no = g.generation)`,
  'tables without an owner': `SELECT count(*) FROM pg_class t WHERE relkind = 'r'
     AND relname ~ '^(component|placement)_[1-9][0-9]*$' AND NOT EXISTS (
       SELECT 1 FROM batch WHERE part = substring(t.relname FROM '[0-9]+$')::int UNION ALL
       SELECT 1 FROM placement_generation WHERE part = substring(t.relname FROM '[0-9]+$')::int)
     AND $1::text IS NOT NULL`,
  'loads that never ended': `SELECT count(*) FROM delivery WHERE district = $1 AND state = 'loading'`,
  'deliveries whose counts do not add up': `SELECT count(*) FROM delivery WHERE district = $1
     AND state IN ('published', 'checked') AND ((counts->>'read')::int <> (counts->>'accepted')::int + (counts->>'refused')::int
       OR (counts->>'read') IS NULL
       OR (kind = 'components' AND (counts->>'accepted')::int
         <> (counts->>'added')::int + (counts->>'changed')::int + (counts->>'unchanged')::int))`,
  'published deliveries without a version': `SELECT count(*) FROM delivery d WHERE district = $1 AND kind = 'components'
     AND state = 'published' AND batch_no IS NOT NULL AND NOT EXISTS (SELECT 1 FROM registry_version v
       WHERE v.district = $1 AND v.no = d.version AND v.batch_no = d.batch_no)`,
  'published grids of a delivery that failed': `SELECT count(*) FROM grid_generation g JOIN delivery d
     ON d.district = g.district AND d.id = g.delivery_id WHERE g.district = $1 AND g.published_at IS NOT NULL
     AND d.state <> 'published'`,
  'gaps in the journal': `SELECT count(*) FROM (SELECT c.no - count(j.no) AS missing, c.no - max(j.no) AS behind
     FROM journal_counter c LEFT JOIN journal j ON j.district = c.district GROUP BY c.district, c.no) s
     WHERE (missing <> 0 OR behind <> 0) AND $1::text IS NOT NULL`,
  'gaps in the versions': `SELECT (SELECT coalesce(max(version), 0) FROM registry_head WHERE district = $1)
     - count(*) FROM registry_version v JOIN batch b ON b.district = v.district AND b.no = v.batch_no AND b.version = v.no
     WHERE v.district = $1`,
}

/** @returns what is not as it must be, in words; empty when all is well */
export async function listFaults(db: Db, district: string): Promise<string[]> {
  await analyze(db)
  const faults: string[] = []
  for (const [name, sql] of Object.entries(NEVER)) {
    const [row] = await db.query<{ n: number }>(`SELECT (${sql})::int AS n`, [district])
    if (row!.n !== 0) faults.push(`${name}: ${row!.n}`)
  }
  return faults
}
