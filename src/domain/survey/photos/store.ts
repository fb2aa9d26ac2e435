/** Reads of photos: those of a component that count, one by its content, and what a delivery's pictures hold. */
import { maybe, type Queryable } from '../../../core/db.ts'
import type { Scope } from '../../orgs/rules.ts'
import type { Delivery } from '../schema.ts'
import type { PhotoKind } from './photo-file.ts'

export interface ComponentPhoto {
  sha256: string
  name: string
  kind: PhotoKind
  bytes: number
  deliveryNo: number
}

/** More than anybody looks through on a card. */
const MOST = 60

/** Photos of a component from published deliveries, newest delivery first, each content once. */
export async function listPhotos(
  db: Queryable,
  { district }: Scope,
  componentId: string,
): Promise<ComponentPhoto[]> {
  const rows = await db.query<ComponentPhoto>(
    `SELECT DISTINCT ON (d.no, f.sha256) f.sha256, f.name, p.kind, p.bytes::float8 AS bytes, d.no AS "deliveryNo"
     FROM component_photo c
     JOIN delivery d ON d.district = c.district AND d.id = c.delivery_id AND d.state = 'published'
     JOIN photo_file f ON f.district = c.district AND f.delivery_id = c.delivery_id AND f.no = c.no
     JOIN photo p ON p.district = f.district AND p.sha256 = f.sha256
     WHERE c.district = $1 AND c.component_id = $2::uuid
     ORDER BY d.no DESC, f.sha256, f.no`,
    [district, componentId],
  )
  const seen = new Set<string>()
  const once = rows.filter(({ sha256 }) => !seen.has(sha256) && seen.add(sha256))
  return once.sort((a, b) => b.deliveryNo - a.deliveryNo || a.name.localeCompare(b.name)).slice(0, MOST)
}

/** A photo that shows a component of a published delivery; null for every other. */
export async function findPhoto(
  db: Queryable,
  { district }: Scope,
  sha256: string,
): Promise<{ kind: PhotoKind; name: string } | null> {
  return maybe(
    db,
    `SELECT p.kind, f.name FROM photo p
     JOIN photo_file f ON f.district = p.district AND f.sha256 = p.sha256
     JOIN component_photo c ON c.district = f.district AND c.delivery_id = f.delivery_id AND c.no = f.no
     JOIN delivery d ON d.district = f.district AND d.id = f.delivery_id AND d.state = 'published'
     WHERE p.district = $1 AND p.sha256 = $2 LIMIT 1`,
    [district, sha256],
  )
}

const AT_ONCE = 20_000

/**
 * What the photos of a delivery hold, by the stem of their names (photo-name.ts): the same checksum is the same
 * picture. Those that cannot be used are left out; of two of one name the last counts.
 */
export async function stemHashes(
  db: Queryable,
  { district, id }: Pick<Delivery, 'district' | 'id'>,
): Promise<Map<string, string>> {
  const hashes = new Map<string, string>()
  for (let after = 0; ; ) {
    const rows = await db.query<{ no: number; stem: string; sha256: string | null }>(
      `SELECT no, stem, sha256 FROM photo_file WHERE district = $1 AND delivery_id = $2::uuid AND no > $3
       ORDER BY no LIMIT ${AT_ONCE}`,
      [district, id, after],
    )
    for (const { stem, sha256 } of rows) if (sha256 !== null) hashes.set(stem, sha256)
    if (rows.length < AT_ONCE) return hashes
    after = rows.at(-1)!.no
  }
}
