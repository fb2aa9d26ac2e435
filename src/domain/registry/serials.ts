/** Which serials of a class stand in the registry, seen or not: a code once used is never given to another thing. */
import type { Db, Queryable } from '../../core/db.ts'
import { idRanges } from './ranges.ts'

/** All codes of one class: what stands before the serial, and the serial's digits. */
interface Space {
  prefix: string
  digits: number
}

/** What was there before the look began, so that what came since can be looked at by itself. */
export interface SerialsRead {
  serials: number[]
  /** Batches whose rows may have come since: all after this one, and those not published then. */
  upToBatch: number
  moving: number[]
}

const bounds = ({ prefix, digits }: Space) => [prefix + '0'.repeat(digits), prefix + '9'.repeat(digits)]
const SERIAL = `substr(c.code, $4::int + 1)::int AS serial`
const WITHIN = `c.code COLLATE "C" BETWEEN $2 AND $3 AND length(c.code) = length($2) AND c.code ~ '^[0-9]+$'`

/** Serials of the class in the whole registry, in short statements. */
export async function readSerials(db: Db, district: string, space: Space): Promise<SerialsRead> {
  const batches = await db.query<{ no: number; published: boolean }>(
    'SELECT no, version IS NOT NULL AS published FROM batch WHERE district = $1',
    [district],
  )
  const serials = new Set<number>()
  const from = 'component c WHERE c.district = $1'
  const [least, most] = bounds(space)
  const ranged = { from, id: 'c.id', params: [district] }
  for await (const { within, params } of idRanges(db, ranged)) {
    // the range's own parameters stand behind ours
    const shifted = within.replace(/\$(\d+)/g, (_, n) => `$${Number(n) + 3}`)
    const rows = await db.query<{ serial: number }>(
      `SELECT ${SERIAL} FROM ${from} ${shifted} AND ${WITHIN}`,
      [district, least, most, space.prefix.length, ...params.slice(1)],
    )
    for (const row of rows) serials.add(row.serial)
  }
  return {
    serials: [...serials],
    upToBatch: Math.max(0, ...batches.map(batch => batch.no)),
    moving: batches.filter(batch => !batch.published).map(batch => batch.no),
  }
}

/** Serials of the class that may have come since a look. */
export async function readSerialsSince(
  tx: Queryable,
  district: string,
  space: Space,
  before: Pick<SerialsRead, 'upToBatch' | 'moving'>,
): Promise<number[]> {
  const [least, most] = bounds(space)
  const rows = await tx.query<{ serial: number }>(
    `SELECT ${SERIAL} FROM batch b JOIN component c ON c.district = b.district AND c.part = b.part AND c.batch = b.no
     WHERE b.district = $1 AND (b.no > $5 OR b.no = ANY($6::int[])) AND ${WITHIN}`,
    [district, least, most, space.prefix.length, before.upToBatch, before.moving],
  )
  return rows.map(row => row.serial)
}
