/**
 * The database port. Two engines stand behind it (db-pg.ts, db-pglite.ts); everything above speaks
 * only this. SQL takes parameters as $1, $2 ...; never values in the text.
 *
 *   query / transaction / script      statements
 *   copyIn / copyOut                  binary COPY, rows encoded by copy.ts
 *   listen                            the doorbell of the journal
 */
export type Row = Record<string, unknown>

/** What runs statements: the database itself, or a transaction inside it. */
export interface Queryable {
  /** One statement. int8 comes as number, date as 'YYYY-MM-DD', timestamptz as Date, json parsed. */
  query<R = Row>(sql: string, params?: readonly unknown[]): Promise<R[]>
  /** Several statements without parameters (migrations); the rows of each. */
  script(sql: string): Promise<Row[][]>
  /**
   * Binary COPY into a table. Every chunk holds whole rows without header and trailer (see copy.ts).
   * Outside a transaction the embedded engine commits chunk by chunk; PostgreSQL commits once.
   * @returns the number of rows written
   */
  copyIn(
    table: string,
    columns: readonly string[],
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<number>
}

export interface Engine {
  name: 'postgres' | 'embedded'
  /** Whether a statement may run for seconds without making everybody wait. */
  longStatements: boolean
  /** Whether readers and writers work side by side. */
  manyConnections: boolean
}

/** What reads: the database itself, or one state of it. */
export interface Reader extends Queryable {
  readonly engine: Engine
  /** Rows of a query as raw binary COPY bytes (header included); see copy.ts for reading them. */
  copyOut(sql: string): AsyncIterable<Uint8Array>
}

export interface Db extends Reader {
  /** Commits when `work` returns, rolls back when it throws. Hold no file or network I/O in it. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>
  /**
   * Reads one state of the database, whatever others commit meanwhile. The embedded engine, which is one connection,
   * cannot hold a state without holding everybody up: there a reader says in each statement which version it reads.
   */
  snapshot<T>(work: (reader: Reader) => Promise<T>): Promise<T>
  /** Calls `heard` with the payload of every NOTIFY on the channel, until the returned function is called. */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

export const embeddedEngine: Engine = { name: 'embedded', longStatements: false, manyConnections: false }
export const postgresEngine: Engine = { name: 'postgres', longStatements: true, manyConnections: true }

/** The one row a statement must give. */
export async function one<R = Row>(db: Queryable, sql: string, params?: readonly unknown[]): Promise<R> {
  const rows = await db.query<R>(sql, params)
  if (rows.length !== 1) throw new Error(`expected one row, got ${rows.length}: ${sql.slice(0, 120)}`)
  return rows[0]!
}

/** The row a statement may give. */
export async function maybe<R = Row>(
  db: Queryable,
  sql: string,
  params?: readonly unknown[],
): Promise<R | null> {
  const rows = await db.query<R>(sql, params)
  return rows[0] ?? null
}

/** A quoted identifier, for the few statements whose table name is computed (partitions). */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`
