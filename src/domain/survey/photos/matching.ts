/**
 * Photos to components, by name, in the database and in pieces: what a row names, else its code, else the survey's own
 * number where only one thing has it, else a component of the registry by its code. What does not fit together is told.
 *
 *   photo_file.stem = photo_row.key     3205...0001.jpg
 *   photo_file.base = photo_row.key     3205...0001_2.jpg, where no row names the stem
 *   photo_file.root = photo_row.key     3205...0001_near_2.jpg, where no row names either
 */
import { haversineM } from '../../../../gis/measure.ts'
import type { Db } from '../../../core/db.ts'
import { textTable } from '../../../core/text-table.ts'
import type { KnownComponents } from '../../registry/comparing.ts'
import type { Finding, FindingCode } from '../findings.ts'
import type { Ledger } from '../ledger.ts'
import type { Delivery } from '../schema.ts'

/** A phone in a street between houses is wrong by up to 50 m, and a view of a whole street stands back from its thing as far again. */
export const FAR_M = 150
const AT_ONCE = 2_000

export interface Matching {
  delivery: Pick<Delivery, 'district' | 'id'>
  /** Files of the layers, by number. */
  files: readonly string[]
  /** Current components of the registry. */
  known: Pick<KnownComponents, 'marks' | 'ids'>
  photos: number
  ledger: Pick<Ledger, 'add'>
  signal: AbortSignal
}

/** @returns how many photos show a component */
export async function matchPhotos(db: Db, matching: Matching): Promise<number> {
  const { delivery, photos, signal } = matching
  const owner = [delivery.district, delivery.id] as const
  const registered = openRegistered(matching.known)
  let matched = 0
  for (let from = 0; from < photos; from += AT_ONCE) {
    signal.throwIfAborted()
    const range = [...owner, from, from + AT_ONCE]
    await db.query(BY_STEM, range)
    await db.query(BY_BASE, range)
    await db.query(BY_ROOT, range)
    const left = await db.query<Unmatched>(UNMATCHED, range)
    const shows = ({ stem, base, root }: Unmatched) =>
      registered(stem) ?? registered(base) ?? registered(root)
    const elsewhere = left.filter(photo => photo.sha256 !== null && shows(photo))
    await db.query(
      `INSERT INTO component_photo (district, component_id, delivery_id, no)
       SELECT $1, id, $2::uuid, no FROM unnest($3::uuid[], $4::int[]) AS t (id, no) ON CONFLICT DO NOTHING`,
      [...owner, elsewhere.map(shows), elsewhere.map(({ no }) => no)],
    )
    const surplus = left.filter(photo => !photo.refused && !shows(photo))
    await matching.ledger.add(surplus.map(({ name }) => found('photo.surplus', name)))
    matched += Math.min(AT_ONCE, photos - from) - left.length + elsewhere.length
    await reportPairs(db, matching, range)
  }
  await reportMissing(db, matching)
  await db.query(
    'DELETE FROM photo_row WHERE district = $1 AND delivery_id = $2::uuid AND component_id IS NULL',
    [...owner],
  )
  return matched
}

/** The id of a component of the registry by its key, which is its code where it has one; opened when first asked. */
function openRegistered({ marks, ids }: Matching['known']): (key: string) => string | null {
  let keys: ReturnType<typeof textTable> | null = null
  return key => {
    keys ??= textTable(marks)
    const n = keys.find(key)
    if (n < 0) return null
    const hex = Buffer.from(ids.buffer, ids.byteOffset + n * 16, 16).toString('hex')
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }
}

const found = (code: FindingCode, file: string, at: Partial<Finding> = {}): Finding => ({
  row: null,
  field: null,
  value: null,
  detail: {},
  lonLat: null,
  ...at,
  code,
  file,
})

const RANGE = 'f.district = $1 AND f.delivery_id = $2::uuid AND f.no > $3 AND f.no <= $4'
/** A survey's running number tells one thing from another only where no second layer has it too. */
const CLEAR = `(r.how <> 'source' OR NOT EXISTS (SELECT 1 FROM photo_row o WHERE o.district = r.district
    AND o.delivery_id = r.delivery_id AND o.key = r.key AND o.how = 'source' AND o.component_id <> r.component_id))`
const matchBy = (name: 'stem' | 'base' | 'root', more = '') => `
  INSERT INTO component_photo (district, component_id, delivery_id, no)
  SELECT DISTINCT f.district, r.component_id, f.delivery_id, f.no FROM photo_file f
  JOIN photo_row r ON r.district = f.district AND r.delivery_id = f.delivery_id AND r.key = f.${name}
  WHERE ${RANGE} AND f.sha256 IS NOT NULL AND r.component_id IS NOT NULL AND ${CLEAR} ${more} ON CONFLICT DO NOTHING`
const BY_STEM = matchBy('stem')
const unless = (...names: string[]) =>
  `AND NOT EXISTS (SELECT 1 FROM photo_row s WHERE s.district = f.district AND s.delivery_id = f.delivery_id
     AND s.key IN (${names.join()}))`
const BY_BASE = matchBy('base', `AND f.base <> f.stem ${unless('f.stem')}`)
const BY_ROOT = matchBy('root', `AND f.root <> f.base ${unless('f.stem', 'f.base')}`)
/** Photos that show nothing yet; of those whose row was refused it is known why. */
const UNMATCHED = `
  SELECT f.no, f.name, f.stem, f.base, f.root, f.sha256, (f.sha256 IS NULL OR EXISTS (SELECT 1 FROM photo_row r WHERE r.district = f.district
    AND r.delivery_id = f.delivery_id AND r.key IN (f.stem, f.base, f.root) AND r.component_id IS NULL)) AS refused
  FROM photo_file f WHERE ${RANGE} AND NOT EXISTS (SELECT 1 FROM component_photo c
    WHERE c.district = f.district AND c.delivery_id = f.delivery_id AND c.no = f.no) ORDER BY f.no`

interface Unmatched {
  no: number
  name: string
  stem: string
  base: string
  root: string
  sha256: string | null
  /** It is no photo, or its row is none of the registry's. */
  refused: boolean
}

interface Pair {
  no: number
  name: string
  sha256: string
  lon: number | null
  lat: number | null
  component: string
  row_no: number | null
  file_no: number | null
  west: number | null
  south: number | null
  east: number | null
  north: number | null
}

/** Each photo with each thing it shows: too far from it, or shown for another thing as well. */
async function reportPairs(db: Db, { files, ledger }: Matching, range: readonly unknown[]): Promise<void> {
  const pairs = await db.query<Pair>(
    `SELECT f.no, f.name, f.sha256, p.lon, p.lat, c.component_id AS component, r.row_no, r.file_no, r.west, r.south, r.east, r.north
     FROM photo_file f JOIN component_photo c ON c.district = f.district AND c.delivery_id = f.delivery_id AND c.no = f.no
     JOIN photo p ON p.district = f.district AND p.sha256 = f.sha256
     LEFT JOIN LATERAL (SELECT * FROM photo_row r WHERE r.district = f.district AND r.delivery_id = f.delivery_id
       AND r.component_id = c.component_id ORDER BY r.no LIMIT 1) r ON true
     WHERE ${RANGE} ORDER BY f.no, r.row_no`,
    range,
  )
  const others = await db.query<{
    no: number
    component: string
    row_no: number | null
    file_no: number | null
    name: string
    code: string | null
  }>(
    `SELECT DISTINCT ON (f.no, c.component_id) f.no, c.component_id AS component, r.row_no, r.file_no, of.name, k.code
     FROM photo_file f JOIN component_photo c ON c.district = f.district AND c.delivery_id = f.delivery_id AND c.no = f.no
     JOIN photo_file of ON of.district = f.district AND of.sha256 = f.sha256
     JOIN component_photo o ON o.district = of.district AND o.delivery_id = of.delivery_id AND o.no = of.no
       AND o.component_id <> c.component_id
     LEFT JOIN delivery d ON d.district = of.district AND d.id = of.delivery_id
     LEFT JOIN LATERAL (SELECT * FROM photo_row r WHERE r.district = f.district AND r.delivery_id = f.delivery_id
       AND r.component_id = o.component_id ORDER BY r.no LIMIT 1) r ON true
     LEFT JOIN LATERAL (SELECT k.code FROM component k WHERE k.district = f.district AND k.id = o.component_id LIMIT 1) k ON true
     WHERE ${RANGE} AND CASE WHEN of.delivery_id = f.delivery_id
       THEN (of.no, o.component_id) < (f.no, c.component_id) ELSE d.state = 'published' END
     ORDER BY f.no, c.component_id, (of.delivery_id = f.delivery_id) DESC, of.no`,
    range,
  )
  const otherOf = new Map(others.map(each => [`${each.no} ${each.component}`, each]))
  const where = (at: Pick<Pair, 'file_no' | 'row_no'>) =>
    at.file_no === null ? null : { file: files[at.file_no] ?? '', row: at.row_no }
  const findings: Finding[] = []
  for (const pair of pairs) {
    const at = where(pair)
    const place = at ? { row: at.row, value: pair.name } : { value: null }
    const file = at?.file ?? pair.name
    const lonLat =
      pair.west === null ? null : ([(pair.west + pair.east!) / 2, (pair.south! + pair.north!) / 2] as const)
    const away = awayM(pair)
    if (away !== null && away > FAR_M)
      findings.push(
        found('photo.far', file, {
          ...place,
          lonLat,
          detail: { photo: pair.name, distance: Math.round(away), limit: FAR_M },
        }),
      )
    const other = otherOf.get(`${pair.no} ${pair.component}`)
    if (!other) continue
    const row = where(other)
    const told = row ? `${row.file}:${row.row}` : (other.code ?? other.component)
    findings.push(
      found('photo.duplicate', file, {
        ...place,
        lonLat,
        detail: { photo: pair.name, other: told, otherPhoto: other.name },
      }),
    )
  }
  await ledger.add(findings)
}

/** Metres from where the camera stood to the box around the thing; null where one of the two is not known. */
function awayM({ lon, lat, west, south, east, north }: Pair): number | null {
  if (lon === null || lat === null || west === null) return null
  return haversineM(lon, lat, Math.min(Math.max(lon, west), east!), Math.min(Math.max(lat, south!), north!))
}

/** Pictures that rows name and that were not brought. */
async function reportMissing(db: Db, { delivery, files, ledger, signal }: Matching): Promise<void> {
  for (let after = 0; ; ) {
    signal.throwIfAborted()
    const rows = await db.query<{
      no: number
      key: string
      field: string | null
      file_no: number
      row_no: number
      lon: number | null
      lat: number | null
      missing: boolean
    }>(
      `SELECT r.no, r.key, r.field, r.file_no, r.row_no, (r.west + r.east) / 2 AS lon, (r.south + r.north) / 2 AS lat,
         NOT EXISTS (SELECT 1 FROM photo_file f WHERE f.district = r.district AND f.delivery_id = r.delivery_id AND f.stem = r.key)
         AND NOT EXISTS (SELECT 1 FROM photo_file f WHERE f.district = r.district AND f.delivery_id = r.delivery_id AND f.base = r.key)
         AND NOT EXISTS (SELECT 1 FROM photo_file f WHERE f.district = r.district AND f.delivery_id = r.delivery_id AND f.root = r.key) AS missing
       FROM photo_row r WHERE r.district = $1 AND r.delivery_id = $2::uuid AND r.no > $3 AND r.how = 'picture'
       ORDER BY r.no LIMIT ${AT_ONCE}`,
      [delivery.district, delivery.id, after],
    )
    await ledger.add(
      rows
        .filter(({ missing }) => missing)
        .map(row =>
          found('photo.missing', files[row.file_no] ?? '', {
            row: row.row_no,
            field: row.field,
            value: row.key,
            lonLat: row.lon === null || row.lat === null ? null : [row.lon, row.lat],
          }),
        ),
    )
    if (rows.length < AT_ONCE) return
    after = rows.at(-1)!.no
  }
}
