/** Reads of dictionaries and their classes. */
import { maybe, type Queryable } from '../../core/db.ts'
import type { ComponentClass, Dictionary, GeometryKind } from './schema.ts'

interface DictionaryRow {
  id: string
  name: string
  version: number
  district: string | null
  base_id: string | null
}

const dictionaryOf = (row: DictionaryRow): Dictionary => ({
  id: row.id,
  name: row.name,
  version: row.version,
  district: row.district,
  baseId: row.base_id,
})

const COLUMNS = 'd.id, d.name, d.version, d.district, d.base_id'

export async function findDictionary(db: Queryable, id: string): Promise<Dictionary | null> {
  const row = await maybe<DictionaryRow>(db, `SELECT ${COLUMNS} FROM dictionary d WHERE d.id = $1`, [id])
  return row && dictionaryOf(row)
}

/** @throws when there is none: ids of dictionaries come from rows that refer to one */
export async function getDictionary(db: Queryable, id: string): Promise<Dictionary> {
  const found = await findDictionary(db, id)
  if (!found) throw new Error(`there is no dictionary ${id}`)
  return found
}

/** The dictionary by which a district's components are classed now; null when there is no such district. */
export async function findDistrictDictionary(db: Queryable, district: string): Promise<Dictionary | null> {
  const row = await maybe<DictionaryRow>(
    db,
    `SELECT ${COLUMNS} FROM district g JOIN dictionary d ON d.id = g.dictionary_id WHERE g.code = $1`,
    [district],
  )
  return row && dictionaryOf(row)
}

interface ClassRow {
  code: string
  name: string
  name_en: string
  geometry: GeometryKind[]
  sensitive: boolean
  aliases: string[]
}

/** The classes of a dictionary and of those it extends, by code; a nearer one hides the same code of its base. */
export async function listClasses(db: Queryable, dictionaryId: string): Promise<ComponentClass[]> {
  return classesOf(
    await db.query<ClassRow>(
      `WITH RECURSIVE chain AS (
         SELECT id, base_id, 0 AS depth FROM dictionary WHERE id = $1
         UNION ALL SELECT b.id, b.base_id, c.depth + 1 FROM dictionary b JOIN chain c ON b.id = c.base_id
       )
       SELECT DISTINCT ON (k.code COLLATE "C") k.code, k.name, k.name_en, k.geometry, k.sensitive, k.aliases
       FROM component_class k JOIN chain ON chain.id = k.dictionary_id ORDER BY k.code COLLATE "C", chain.depth`,
      [dictionaryId],
    ),
  )
}

/** The classes a dictionary adds to its base, by code. */
export async function listOwnClasses(db: Queryable, dictionaryId: string): Promise<ComponentClass[]> {
  return classesOf(
    await db.query<ClassRow>(
      `SELECT code, name, name_en, geometry, sensitive, aliases FROM component_class
       WHERE dictionary_id = $1 ORDER BY code COLLATE "C"`,
      [dictionaryId],
    ),
  )
}

const classesOf = (rows: readonly ClassRow[]): ComponentClass[] =>
  rows.map(({ name_en, ...row }) => ({ ...row, nameEn: name_en }))
