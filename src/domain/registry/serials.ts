/**
 * Which serials of a class stand in the registry, seen or not: a code once used is never given to another thing.
 * The rows of a batch do not change once it has landed, so its codes are read once, in short statements, and kept as
 * runs by what stands before them; what is still landing is read when it is asked for.
 *
 *   3205990118 000001 000002 000007  ->  batch 4, 6 digits, 3205990118: 1-2, 7-7
 */
import { readCopy } from '../../core/copy-read.ts'
import { type Db, maybe, type Queryable } from '../../core/db.ts'
import { literal } from '../grids/store.ts'
import { EMBEDDED_ROWS, FIRST_ID } from './ranges.ts'

/** All codes of one class: what stands before the serial, and the serial's digits. */
interface Space {
  prefix: string
  digits: number
}

/** Serials from the first to the last. */
interface Run {
  first: number
  last: number
}

export interface SerialsRead {
  runs: Run[]
  /** The batches they are of. */
  batches: readonly number[]
}

/** Says of a batch that it was read; no code has nothing before its serial. */
const READ = ''
/** Prefixes written in one statement. */
const AT_ONCE = 200

/** @param landed batches of which no row comes any more */
export async function readSerials(
  db: Db,
  district: string,
  { prefix, digits }: Space,
  landed: readonly number[],
): Promise<SerialsRead> {
  await learnSerials(db, district, { prefix, digits }, landed)
  const rows = await db.query<{ firsts: number[]; lasts: number[] }>(
    `SELECT firsts, lasts FROM batch_serial
     WHERE district = $1 AND digits = $2 AND prefix = $3 AND batch = ANY($4::int[])`,
    [district, digits, prefix, landed],
  )
  const runs = rows.flatMap(({ firsts, lasts }) => firsts.map((first, i) => ({ first, last: lasts[i]! })))
  return { runs, batches: landed }
}

/** Reads the codes of landed batches that were not read yet. */
export async function learnSerials(
  db: Db,
  district: string,
  { prefix, digits }: Space,
  landed: readonly number[],
): Promise<void> {
  const known = await db.query<{ batch: number }>(
    'SELECT batch FROM batch_serial WHERE district = $1 AND digits = $2 AND prefix = $3',
    [district, digits, READ],
  )
  const read = new Set(known.map(row => row.batch))
  for (const batch of landed)
    if (!read.has(batch)) await keepSerials(db, district, batch, { digits, length: prefix.length + digits })
}

/** A code cut before its serial. */
export interface CutCode extends Space {
  serial: number
}

/**
 * The published batches, by part, of which a row may bear a code: those that are known to, and those not read yet.
 * @param code null for a key that is no code: any may
 */
export async function partsBearing(
  db: Queryable,
  district: string,
  code: CutCode | null,
): Promise<{ part: number; batches: number[] }[]> {
  const mine = 's.district = b.district AND s.batch = b.no AND s.digits = $2::int'
  return db.query(
    `SELECT b.part, array_agg(b.no ORDER BY b.no) AS batches FROM batch b
     WHERE b.district = $1 AND b.version IS NOT NULL AND ($2::int IS NULL
       OR NOT EXISTS (SELECT 1 FROM batch_serial s WHERE ${mine} AND s.prefix = '')
       OR EXISTS (SELECT 1 FROM batch_serial s, unnest(s.firsts, s.lasts) AS r (first, last)
         WHERE ${mine} AND s.prefix = $3 AND $4::int BETWEEN r.first AND r.last))
     GROUP BY b.part ORDER BY b.part`,
    [district, code?.digits ?? null, code?.prefix ?? null, code?.serial ?? null],
  )
}

/** Reads all codes of a landed batch and writes down which serials they bear. */
async function keepSerials(
  db: Db,
  district: string,
  batch: number,
  { digits, length }: { digits: number; length: number },
): Promise<void> {
  const found = await maybe<{ part: number; createdAt: string }>(
    db,
    'SELECT part, created_at::text AS "createdAt" FROM batch WHERE district = $1 AND no = $2',
    [district, batch],
  )
  if (!found) return
  const serials = new Map<string, number[]>()
  for (let last = FIRST_ID, rows = EMBEDDED_ROWS; rows === EMBEDDED_ROWS; ) {
    rows = await readCopy(
      db.copyOut(
        `SELECT id, code FROM component_${found.part} WHERE district = ${literal(district)} AND part = ${found.part}
           AND batch = ${batch} AND id > '${last}' ORDER BY id LIMIT ${EMBEDDED_ROWS}`,
      ),
      row => {
        last = row.uuid(0)!
        const code = row.text(1)
        if (code === null || code.length !== length || !/^\d+$/.test(code)) return
        const prefix = code.slice(0, -digits)
        const mine = serials.get(prefix) ?? []
        serials.set(prefix, mine)
        mine.push(Number(code.slice(-digits)))
      },
    )
  }
  await writeSerials(db, { district, batch, digits, createdAt: found.createdAt }, serials)
}

async function writeSerials(
  db: Db,
  key: { district: string; batch: number; digits: number; createdAt: string },
  serials: ReadonlyMap<string, readonly number[]>,
): Promise<void> {
  const rows = [...serials].map(([prefix, all]) => ({ prefix, ...runsOf(all) }))
  await db.transaction(async tx => {
    // a batch that was dropped meanwhile may have given its number to another
    const still = await tx.query(
      'SELECT 1 FROM batch WHERE district = $1 AND no = $2 AND created_at::text = $3 FOR KEY SHARE',
      [key.district, key.batch, key.createdAt],
    )
    if (still.length === 0) return
    for (let at = 0; at <= rows.length; at += AT_ONCE) {
      const portion = rows.slice(at, at + AT_ONCE)
      if (at === 0) portion.push({ prefix: READ, firsts: [], lasts: [] })
      await tx.query(
        `INSERT INTO batch_serial (district, batch, digits, prefix, firsts, lasts)
         SELECT $1, $2::int, $3::smallint, r.prefix, r.firsts, r.lasts
         FROM jsonb_to_recordset($4::jsonb) AS r (prefix text, firsts int[], lasts int[])
         ON CONFLICT DO NOTHING`,
        [key.district, key.batch, key.digits, JSON.stringify(portion)],
      )
    }
  })
}

function runsOf(serials: readonly number[]): { firsts: number[]; lasts: number[] } {
  const sorted = Int32Array.from(serials).sort()
  const firsts: number[] = []
  const lasts: number[] = []
  for (const serial of sorted) {
    const last = lasts.at(-1)
    if (last !== undefined && serial <= last + 1) lasts[lasts.length - 1] = serial
    else {
      firsts.push(serial)
      lasts.push(serial)
    }
  }
  return { firsts, lasts }
}

/** Serials of the class in batches that had not landed when it was looked. */
export async function readSerialsSince(
  tx: Queryable,
  district: string,
  { prefix, digits }: Space,
  before: Pick<SerialsRead, 'batches'>,
): Promise<Run[]> {
  const rows = await tx.query<{ serial: number }>(
    `SELECT substr(c.code, $4::int + 1)::int AS serial
     FROM batch b JOIN component c ON c.district = b.district AND c.part = b.part AND c.batch = b.no
     WHERE b.district = $1 AND NOT (b.no = ANY($5::int[])) AND c.code COLLATE "C" BETWEEN $2 AND $3
       AND length(c.code) = length($2) AND c.code ~ '^[0-9]+$'`,
    [district, prefix + '0'.repeat(digits), prefix + '9'.repeat(digits), prefix.length, before.batches],
  )
  return rows.map(({ serial }) => ({ first: serial, last: serial }))
}
