/** What a delivery is compared with: the keys of what is current, what a batch supersedes, what overtook it. */
import { type Db, one, type Queryable } from '../../core/db.ts'
import { EMBEDDED_ROWS, FIRST_ID, idRanges } from './ranges.ts'
import { eachCurrent } from './store.ts'

/** What the intake compares with: key, id, class and content hash of everything current. */
export interface KnownComponents {
  keys: string[]
  ids: string[]
  contents: BigInt64Array
  classes: string[]
}

export async function listKnown(db: Db, district: string): Promise<KnownComponents> {
  const keys: string[] = []
  const ids: string[] = []
  const contents: bigint[] = []
  const classes: string[] = []
  const names = new Map<string, string>()
  await eachCurrent(db, district, 'c.key, c.content, c.class', row => {
    ids.push(row.uuid(0)!)
    keys.push(row.text(2)!)
    contents.push(BigInt.asIntN(64, readBig(row.bytes(3))))
    const name = row.text(4)!
    // one string a class, not one a row
    if (!names.has(name)) names.set(name, name)
    classes.push(names.get(name)!)
  })
  return { keys, ids, contents: BigInt64Array.from(contents), classes }
}

const readBig = (bytes: Uint8Array): bigint => new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0)

/** The version a batch was compared with, and the current one. */
export async function baseAndHead(
  db: Queryable,
  batch: { district: string; no: number },
): Promise<{ base: number; head: number }> {
  return one(
    db,
    `SELECT b.base_version AS base, coalesce(h.version, 0) AS head FROM batch b
     LEFT JOIN registry_head h ON h.district = b.district WHERE b.district = $1 AND b.no = $2`,
    [batch.district, batch.no],
  )
}

/**
 * How many rows of an unpublished batch meet a row that was published since the batch was compared:
 * publishing them would double or overwrite what somebody else delivered.
 */
export async function countOvertaken(
  db: Queryable,
  batch: { district: string; no: number; part: number },
): Promise<number> {
  const { base, head } = await baseAndHead(db, batch)
  if (base === head) return 0
  const newer = await db.query<{ no: number; part: number }>(
    'SELECT no, part FROM batch WHERE district = $1 AND version > $2',
    [batch.district, base],
  )
  const keys = new Set<string>()
  for (const each of newer) await eachKey(db, { ...batch, ...each }, key => keys.add(key))
  let n = 0
  await eachKey(db, batch, key => {
    if (keys.has(key)) n++
  })
  return n
}

/** The keys of a batch's rows, in short statements. */
async function eachKey(
  db: Queryable,
  batch: { district: string; no: number; part: number },
  each: (key: string) => void,
): Promise<void> {
  for (let last = FIRST_ID, read = EMBEDDED_ROWS; read === EMBEDDED_ROWS; ) {
    const rows = await db.query<{ id: string; key: string }>(
      `SELECT id, key FROM component WHERE district = $1 AND part = $2 AND batch = $3 AND id > $4::uuid
       ORDER BY id LIMIT ${EMBEDDED_ROWS}`,
      [batch.district, batch.part, batch.no, last],
    )
    for (const row of rows) each(row.key)
    read = rows.length
    last = rows.at(-1)?.id ?? last
  }
}

/**
 * Components of which the batch brings a new row: those whose former row is current now. One closed under a
 * version that was never written is current too: its publish was interrupted.
 */
export async function listSuperseded(
  db: Db,
  batch: { district: string; no: number; part: number },
): Promise<string[]> {
  const from = 'component n WHERE n.district = $1 AND n.part = $2 AND n.batch = $3'
  const all = { from, id: 'n.id', params: [batch.district, batch.part, batch.no], size: 4_000 }
  const superseded: string[] = []
  for await (const { within, params } of idRanges(db, all)) {
    const rows = await db.query<{ id: string }>(
      `SELECT n.id FROM (SELECT * FROM ${from} ${within}) n
       JOIN component c ON c.district = n.district AND c.id = n.id AND c.batch <> n.batch
       JOIN batch b ON b.district = c.district AND b.no = c.batch AND b.version IS NOT NULL
       JOIN registry_head h ON h.district = c.district
       WHERE c.closed_version IS NULL OR c.closed_version > h.version ORDER BY n.id`,
      params,
    )
    for (const row of rows) superseded.push(row.id)
  }
  return superseded
}
