/**
 * Partitions of component and placement. A big batch has a part of its own: on PostgreSQL its rows land
 * in a bare table that is indexed afterwards (a load into indexes costs half as much again); on the
 * embedded engine the indexes come first, because building one is a statement nobody could wait for.
 */
import { type Db, type Engine, one, type Queryable } from '../../core/db.ts'
import { COMPONENT_COLUMNS, PLACEMENT_COLUMNS } from './schema.ts'

/** Rows from which on a batch is worth a part of its own. */
const BIG_BATCH = 20_000
/** Rows one DELETE takes. */
const DROP_AT_ONCE = 5_000

type Table = 'component' | 'placement'
const BOTH: readonly Table[] = ['component', 'placement']

/**
 * Opens a part inside the transaction that records who owns it, so that none is ever left without an owner.
 * @returns the part's number; 0 = the shared one
 */
export async function openPart(
  tx: Queryable,
  engine: Engine,
  expectedRows: number,
  tables = BOTH,
): Promise<number> {
  if (expectedRows < BIG_BATCH) return 0
  const { no } = await one<{ no: number }>(tx, "SELECT nextval('part_no') AS no")
  for (const table of tables) {
    await tx.query(`CREATE TABLE ${table}_${no} (LIKE ${table} INCLUDING DEFAULTS, CHECK (part = ${no}))`)
  }
  if (!engine.longStatements) await attach(tx, no, tables)
  return no
}

/**
 * Lands rows of both tables side by side.
 * @param failed told as soon as one side cannot go on, so that its rows stop coming and the other side ends too
 * @returns how many of each were written
 */
export async function landRows(
  db: Db,
  part: number,
  components: AsyncIterable<Uint8Array>,
  placements: AsyncIterable<Uint8Array>,
  failed: (error: unknown) => void,
): Promise<Record<Table, number>> {
  const land = (table: Table, columns: readonly string[], rows: AsyncIterable<Uint8Array>) =>
    db.copyIn(`${table}_${part}`, columns, rows).catch(error => {
      failed(error)
      throw error
    })
  const landed = await Promise.allSettled([
    land('component', COMPONENT_COLUMNS, components),
    land('placement', PLACEMENT_COLUMNS, placements),
  ])
  const [component, placement] = landed.map(side => {
    if (side.status === 'rejected') throw side.reason
    return side.value
  })
  return { component: component!, placement: placement! }
}

/** Indexes a part after its rows are in, and makes it part of the registry; still unseen. */
export async function closePart(db: Db, part: number, tables = BOTH): Promise<void> {
  if (!db.engine.longStatements && tables.includes('component')) await analyze(db, part)
  if (part === 0 || !db.engine.longStatements) return
  const placementKey = `ALTER TABLE placement_${part} ADD PRIMARY KEY (district, part, component_id, batch, generation)`
  if (tables.includes('component')) {
    await Promise.all([
      indexAll(db, [
        `CREATE UNIQUE INDEX component_${part}_key ON component_${part} (district, part, batch, id)`,
        `CREATE INDEX component_${part}_id ON component_${part} (district, id)`,
      ]),
      indexAll(db, [`CREATE INDEX component_${part}_geom ON component_${part} USING gist (geom)`]),
      indexAll(db, [placementKey]),
    ])
    await db.query(`ALTER TABLE component_${part} ADD PRIMARY KEY USING INDEX component_${part}_key`)
  } else {
    await indexAll(db, [placementKey])
  }
  await db.transaction(tx => attach(tx, part, tables))
}

/**
 * Tells the planner of the embedded engine, which nobody else does, how the keys lie: it would sort all rows
 * where an index has the first of them. A small sample does, in a fraction of the time that waiting allows.
 */
const analyze = (db: Db, part: number): Promise<unknown> =>
  db.transaction(async tx => {
    await tx.query('SET LOCAL default_statistics_target = 10')
    await tx.query(`ANALYZE component_${part} (district, part, batch, id, closed_version)`)
  })

async function indexAll(db: Db, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await db.query(statement)
}

async function attach(tx: Queryable, part: number, tables: readonly Table[]): Promise<void> {
  for (const table of tables) {
    await tx.query(`ALTER TABLE ${table} ATTACH PARTITION ${table}_${part} FOR VALUES IN (${part})`)
    await tx.query(`ALTER TABLE ${table}_${part} DROP CONSTRAINT ${table}_${part}_part_check`)
  }
}

/** Removes the tables of a part, inside the transaction that forgets who owned it. */
export async function dropTables(tx: Queryable, part: number): Promise<void> {
  if (part === 0) return
  for (const table of BOTH) await tx.query(`DROP TABLE IF EXISTS ${table}_${part}`)
}

/** Removes what an unpublished batch left in the shared part. */
export async function dropSharedRows(db: Db, district: string, batch: number): Promise<void> {
  for (const table of BOTH) {
    const id = table === 'component' ? 'id' : 'component_id'
    // by key range: a planner that has not seen statistics of fresh rows would nest loops over IN (SELECT ... LIMIT)
    for (let last: string | null = null; ; ) {
      const bound: { last: string | null } = await one(
        db,
        `SELECT max(${id}::text) AS last FROM (SELECT ${id} FROM ${table} WHERE district = $1 AND part = 0 AND batch = $2
           AND ($3::uuid IS NULL OR ${id} > $3::uuid) ORDER BY ${id} LIMIT ${DROP_AT_ONCE}) s`,
        [district, batch, last],
      )
      if (bound.last === null) break
      await db.query(
        `DELETE FROM ${table} WHERE district = $1 AND part = 0 AND batch = $2 AND ${id} <= $3::uuid`,
        [district, batch, bound.last],
      )
      last = bound.last
    }
  }
}

/** Batches that do not count: such as land, wait, or are dropped; few at any time. */
export async function listUnpublished(db: Queryable, district: string): Promise<number[]> {
  const rows = await db.query<{ no: number }>(
    'SELECT no FROM batch WHERE district = $1 AND version IS NULL ORDER BY no',
    [district],
  )
  return rows.map(({ no }) => no)
}
