/**
 * Findings of a delivery as a marked file asks for them: by file and row, each told once, what no row took at the end.
 * They lie in a scratch database of the thread that writes, so that memory is the same for a thousand and a million.
 *
 *   pages of findings -> scratch file, by file and row -> rowless | take(row) ... take(row) | rest
 */
import { DatabaseSync } from 'node:sqlite'
import type { MarkedFinding } from './marked-lines.ts'

export interface Found {
  readonly count: number
  /** All of them, in the order they were found; none is taken. */
  all(): Iterable<MarkedFinding>
  /** What is wrong with no row in particular, in the order it was found. */
  rowless(): Iterable<MarkedFinding>
  /** Findings of a row of a file (null: of no row of it) that were not taken before. */
  take(file: string, row: number | null): MarkedFinding[]
  /** Those of rows that nobody took, by file and row. */
  rest(): Iterable<MarkedFinding>
}

export interface Filling extends Found {
  add(findings: readonly MarkedFinding[]): void
  close(): void
}

/** Pages of the scratch file that are held, in KiB. */
const HELD_KIB = 8_192

type Row = { no: number; said: string }

/** @param path of a file that is not there yet */
export function openFound(path: string): Filling {
  const db = new DatabaseSync(path)
  // nobody reads it after a kill: it goes with the scratch folder
  db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -${HELD_KIB};
    CREATE TABLE found (no INTEGER PRIMARY KEY, file TEXT NOT NULL, row INTEGER, said TEXT NOT NULL) STRICT;
    CREATE INDEX found_row ON found (file, row)`)
  const insert = db.prepare('INSERT INTO found (file, row, said) VALUES (?, ?, ?)')
  const ofRow = db.prepare('SELECT no, said FROM found WHERE file = ? AND row IS ? ORDER BY no')
  let count = 0
  let taken = new Uint8Array(1024)
  const read = ({ said }: Row): MarkedFinding => JSON.parse(said) as MarkedFinding
  const take = (row: Row): MarkedFinding | null => {
    if (taken[row.no]) return null
    taken[row.no] = 1
    return read(row)
  }
  return {
    get count() {
      return count
    },
    add(findings) {
      db.exec('BEGIN')
      for (const finding of findings) insert.run(finding.file, finding.row, JSON.stringify(finding))
      db.exec('COMMIT')
      count += findings.length
      if (taken.length <= count) {
        const wider = new Uint8Array(count * 2)
        wider.set(taken)
        taken = wider
      }
    },
    *all() {
      const rows = db.prepare('SELECT no, said FROM found ORDER BY no').iterate()
      for (const row of rows as Iterable<unknown>) yield read(row as Row)
    },
    *rowless() {
      const rows = db.prepare('SELECT no, said FROM found WHERE row IS NULL ORDER BY no').iterate()
      for (const row of rows as Iterable<unknown>) yield read(row as Row)
    },
    take: (file, row) => (ofRow.all(file, row) as unknown as Row[]).flatMap(each => take(each) ?? []),
    *rest() {
      const rows = db
        .prepare('SELECT no, said FROM found WHERE row IS NOT NULL ORDER BY file, row, no')
        .iterate()
      for (const row of rows as Iterable<unknown>) {
        const finding = take(row as Row)
        if (finding) yield finding
      }
    },
    close: () => db.close(),
  }
}
