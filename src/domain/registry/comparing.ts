/** What a delivery is compared with: the keys of what is current, what a batch supersedes, what overtook it. */
import { middleOfEwkb } from '../../../gis/ewkb.ts'
import { type Db, one, type Queryable } from '../../core/db.ts'
import { growingInts, growTo, setSparse } from '../../core/growing.ts'
import { textTable } from '../../core/text-table.ts'
import { listUnpublished } from './parts.ts'
import { FIRST_ID, idRanges } from './ranges.ts'
import { listRetiredSince } from './retired.ts'
import { countCurrent, eachCurrent } from './store.ts'

/**
 * What the intake compares with, of everything current: the marks of its keys, its ids, class and content hash.
 * Typed arrays, 55 bytes a component, that go to another thread without being copied.
 */
export interface KnownComponents {
  /** Of `textTable`: a key's number is the place of the rest. */
  marks: Int32Array<ArrayBuffer>
  /** 16 bytes each. */
  ids: Uint8Array<ArrayBuffer>
  contents: BigInt64Array<ArrayBuffer>
  /** Places in `classNames`. */
  classes: Uint16Array<ArrayBuffer>
  classNames: string[]
  /** 1 where it has a code. */
  coded: Uint8Array<ArrayBuffer>
  /** Middle of each box, in units of `POSITION_DEGREES`. */
  lons: Int32Array<ArrayBuffer>
  lats: Int32Array<ArrayBuffer>
  numbers: KnownNumbers
}

/** Components by the survey's numbers; nothing is held where there are none. */
export interface KnownNumbers {
  /** Of `textTable`, of `surveyNo` of each. */
  marks: Int32Array<ArrayBuffer>
  /** By number: its last component, and by component: the one before it; both plus 1, 0 where there is none. */
  last: Int32Array<ArrayBuffer>
  former: Int32Array<ArrayBuffer>
}

/** About a centimetre. */
export const POSITION_DEGREES = 1e-7

/** A key that stands twice is known as it stood first. */
export async function listKnown(db: Db, district: string): Promise<KnownComponents> {
  const keys = textTable()
  let room = (await countCurrent(db, district)) + 1024
  let ids = new Uint8Array(room * 16)
  let contents = new BigInt64Array(room)
  let classes = new Uint16Array(room)
  let coded = new Uint8Array(room)
  const lons = growingInts(room)
  const lats = growingInts(room)
  const numbers = textTable()
  const last = growingInts(0)
  const former = growingInts(0)
  const names = new Map<string, number>()
  await eachCurrent(
    db,
    district,
    'c.key, c.content, c.class, c.geom, c.survey_no, c.code IS NOT NULL',
    row => {
      const n = keys.size
      if (keys.add(row.text(2)!) < n) return
      if (n === room) {
        room *= 2
        ids = widened(ids, room * 16)
        contents = widened(contents, room)
        classes = widened(classes, room)
        coded = widened(coded, room)
      }
      ids.set(row.bytes(0), n * 16)
      contents[n] = readBig(row.bytes(3))
      const name = row.text(4)!
      if (!names.has(name)) names.set(name, names.size)
      classes[n] = names.get(name)!
      coded[n] = row.bool(7) ? 1 : 0
      const [lon, lat] = middleOfEwkb(row.bytes(5))
      growTo(lons, n + 1)
      growTo(lats, n + 1)
      lons[n] = Math.round(lon / POSITION_DEGREES)
      lats[n] = Math.round(lat / POSITION_DEGREES)
      if (row.isNull(6)) return
      const number = numbers.add(row.text(6)!)
      setSparse(former, n, last[number] ?? 0)
      setSparse(last, number, n + 1)
    },
  )
  const n = keys.size
  return {
    marks: keys.marks(),
    ids: ids.slice(0, n * 16),
    contents: contents.slice(0, n),
    classes: classes.slice(0, n),
    classNames: [...names.keys()],
    coded: coded.slice(0, n),
    lons: lons.slice(0, n),
    lats: lats.slice(0, n),
    numbers: { marks: numbers.marks(), last: last.slice(), former: former.slice() },
  }
}

function widened<T extends Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>>(
  array: T,
  length: number,
): T {
  const wider = new (array.constructor as new (length: number) => T)(length)
  wider.set(array as never)
  return wider
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
 * How many rows of an unpublished batch meet what was published since the batch was compared: a row of the
 * same key, or the end of the component they change. Publishing them would double or overwrite what somebody
 * else delivered, or bring back what somebody else ended.
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
  for (const each of newer)
    for await (const rows of rowsOf(db, { ...batch, ...each })) for (const { key } of rows) keys.add(key)
  for (const key of await listRetiredSince(db, batch.district, base)) keys.add(key)
  let n = 0
  for await (const rows of rowsOf(db, batch)) {
    const ids = rows.map(row => row.id)
    const closed = await listClosed(db, batch.district, ids, { after: base, upTo: head })
    for (const { id, key } of rows) if (keys.has(key) || closed.has(id)) n++
  }
  return n
}

/** Which of the components had a row that one of the versions closed. */
export async function listClosed(
  db: Queryable,
  district: string,
  ids: readonly string[],
  versions: { after: number; upTo: number },
): Promise<Set<string>> {
  const closed = new Set<string>()
  for (let at = 0; at < ids.length; at += LOOKUPS_AT_ONCE) {
    const rows = await db.query<{ id: string }>(
      // one by one by their ids: the planner would rather read all that was closed
      `SELECT w.id FROM unnest($2::uuid[]) AS w (id) CROSS JOIN LATERAL (
         SELECT 1 FROM (SELECT closed_version FROM component WHERE district = $1 AND id = w.id OFFSET 0) c
         WHERE c.closed_version > $3 AND c.closed_version <= $4 LIMIT 1) c`,
      [district, ids.slice(at, at + LOOKUPS_AT_ONCE), versions.after, versions.upTo],
    )
    for (const { id } of rows) closed.add(id)
  }
  return closed
}

/** Ids looked up in one statement; each is looked for in every part. */
const LOOKUPS_AT_ONCE = 500
/** Rows of a batch that are read, or looked up, in one statement. */
const ROWS_AT_ONCE = 2_000

/** A batch's rows in short statements. */
async function* rowsOf(
  db: Queryable,
  batch: { district: string; no: number; part: number },
): AsyncGenerator<{ id: string; key: string }[]> {
  for (let last = FIRST_ID, read = ROWS_AT_ONCE; read === ROWS_AT_ONCE; ) {
    const rows = await db.query<{ id: string; key: string }>(
      `SELECT id, key FROM component WHERE district = $1 AND part = $2 AND batch = $3 AND id > $4::uuid
       ORDER BY id LIMIT ${ROWS_AT_ONCE}`,
      [batch.district, batch.part, batch.no, last],
    )
    if (rows.length > 0) yield rows
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
  const all = { from, id: 'n.id', params: [batch.district, batch.part, batch.no], size: LOOKUPS_AT_ONCE }
  const { version } = await one<{ version: number }>(
    db,
    'SELECT coalesce(max(version), 0) AS version FROM registry_head WHERE district = $1',
    [batch.district],
  )
  // named, not joined: a planner would look through all batches for each row
  const unseen = await listUnpublished(db, batch.district)
  // where ranges are short, each is looked up by its id; a planner would join it with all there is
  const fence = db.engine.longStatements ? '' : 'OFFSET 0'
  const superseded: string[] = []
  for await (const { within, params } of idRanges(db, all)) {
    const n = params.length
    const rows = await db.query<{ id: string }>(
      `SELECT n.id FROM (SELECT n.id, n.batch FROM ${from} ${within}) n
       CROSS JOIN LATERAL (SELECT 1 FROM component c
         WHERE c.district = $1 AND c.id = n.id AND c.batch <> n.batch AND c.batch <> ALL($${n + 1}::int[])
           AND (c.closed_version IS NULL OR c.closed_version > $${n + 2}::int) ${fence}) c ORDER BY n.id`,
      [...params, unseen, version],
    )
    for (const row of rows) superseded.push(row.id)
  }
  return superseded
}
