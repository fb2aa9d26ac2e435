/** Reads of code allotments: those in reach, those taken in a class, and those of other firms. */
import { one, type Queryable } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import { codeProfile, ruleText } from '../catalog/codes.ts'
import { listClasses } from '../catalog/store.ts'
import type { Reach } from '../orgs/rules.ts'
import { codeAt, type Run, type SerialSpace, serialSpace } from './code-ranges.ts'

export interface Allotment extends Run {
  id: string
  firm: { id: string; name: string }
  crew: { id: string; name: string }
  class: string
  /** From here on given back. */
  returnedFrom: number | null
  allottedAt: Date
  allottedBy: string
}

const ALLOTMENT = `SELECT a.id, json_build_object('id', f.id, 'name', f.name) AS firm,
    json_build_object('id', c.id, 'name', c.name) AS crew, a.class, a.first_no AS first, a.last_no AS last,
    a.returned_from AS "returnedFrom", a.allotted_at AS "allottedAt", a.allotted_by AS "allottedBy"
  FROM code_allotment a JOIN crew c ON c.district = a.district AND c.id = a.crew_id
  JOIN firm f ON f.district = c.district AND f.id = c.firm_id`

/** By class and serial. */
export async function listAllotments(db: Queryable, district: string, reach: Reach): Promise<Allotment[]> {
  return db.query(
    `${ALLOTMENT} WHERE a.district = $1 AND ($2 OR f.id = $3::uuid) ORDER BY a.class COLLATE "C", a.first_no`,
    [district, reach === 'all', reach === 'all' ? null : reach.firm],
  )
}

/** @throws Problem codes.unknown, also for one that is out of reach */
export async function getAllotment(
  db: Queryable,
  district: string,
  id: string,
  reach: Reach,
): Promise<Allotment> {
  const [found] = await db.query<Allotment>(`${ALLOTMENT} WHERE a.district = $1 AND a.id = $2::uuid`, [
    district,
    id,
  ])
  if (!found || (reach !== 'all' && reach.firm !== found.firm.id)) throw problem('codes.unknown', { id })
  return found
}

/** What crews hold in a class. */
export async function listHeld(
  db: Queryable,
  district: string,
  classCode: string,
): Promise<(Run & { crew: string })[]> {
  return db.query(
    `SELECT c.name AS crew, a.first_no AS first, coalesce(a.returned_from - 1, a.last_no) AS last
     FROM code_allotment a JOIN crew c ON c.district = a.district AND c.id = a.crew_id
     WHERE a.district = $1 AND a.class = $2 AND coalesce(a.returned_from, a.last_no + 1) > a.first_no ORDER BY a.first_no`,
    [district, classCode],
  )
}

/** Batches of which no row comes any more: those that count, and those of deliveries that wait. */
export async function listLanded(db: Queryable, district: string): Promise<number[]> {
  const rows = await db.query<{ no: number }>(
    `SELECT b.no FROM batch b LEFT JOIN delivery d ON d.district = b.district AND d.id = b.delivery_id AND d.batch_no = b.no
     WHERE b.district = $1 AND (b.version IS NOT NULL OR d.state = 'checked') ORDER BY b.no`,
    [district],
  )
  return rows.map(row => row.no)
}

/**
 * The codes of a class in a district.
 * @throws Problem codes.profile, codes.class
 */
export async function spaceOf(db: Queryable, district: string, classCode: string): Promise<SerialSpace> {
  const home = await homeOf(db, district)
  const space = serialSpace(home.profile, district, classCode)
  if (space === 'profile') throw problem('codes.profile', { profile: home.profile.id })
  const known = home.classes.some(each => each.code === classCode)
  if (space === 'class' || !known)
    throw problem('codes.class', { class: classCode, rule: ruleText(home.profile, 'any') })
  return space
}

async function homeOf(db: Queryable, district: string) {
  const row = await one<{ profile: string; dictionary: string }>(
    db,
    'SELECT component_code_profile AS profile, dictionary_id AS dictionary FROM district WHERE code = $1',
    [district],
  )
  return { profile: codeProfile(row.profile), classes: await listClasses(db, row.dictionary) }
}

/** Allotments as they are told: with codes and names; those of a class the profile no longer holds by serials. */
export async function tellAllotments(db: Queryable, district: string, held: readonly Allotment[]) {
  const { profile, classes } = await homeOf(db, district)
  const names = new Map(classes.map(each => [each.code, each.name]))
  return held.map(({ first, last, returnedFrom, ...rest }) => {
    const space = serialSpace(profile, district, rest.class)
    const code = (serial: number) => (typeof space === 'string' ? String(serial) : codeAt(space, serial))
    const end = returnedFrom === null ? last : returnedFrom - 1
    return {
      ...rest,
      class: { code: rest.class, name: names.get(rest.class) ?? rest.class },
      firstCode: code(first),
      lastCode: code(Math.max(first, end)),
      count: end - first + 1,
      returned: last - end,
    }
  })
}

/** Codes held by crews of other firms, as text from first to last, in order. */
export async function listForeignCodes(
  db: Queryable,
  district: string,
  firm: string,
): Promise<[first: string, last: string][]> {
  const { profile } = await homeOf(db, district)
  const held = await db.query<Run & { class: string }>(
    `SELECT a.class, a.first_no AS first, coalesce(a.returned_from - 1, a.last_no) AS last
     FROM code_allotment a JOIN crew c ON c.district = a.district AND c.id = a.crew_id
     WHERE a.district = $1 AND c.firm_id <> $2::uuid AND coalesce(a.returned_from, a.last_no + 1) > a.first_no`,
    [district, firm],
  )
  const codes = held.flatMap(({ class: classCode, first, last }): [string, string][] => {
    const space = serialSpace(profile, district, classCode)
    return typeof space === 'string' ? [] : [[codeAt(space, first), codeAt(space, last)]]
  })
  return codes.sort(([a], [b]) => (a < b ? -1 : 1))
}
