/** How dictionaries come to be: the standard one at start, and new versions of a district's own. */
import { type Db, maybe, type Queryable } from '../../core/db.ts'
import { append, INSTALLATION } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import { STANDARD_ID, STANDARD_NAME, standardClasses } from './cjt214.ts'
import { checkExtensions } from './extensions.ts'
import type { ComponentClass, ExtensionRefusal, ExtensionRow } from './schema.ts'
import { getDictionary, listClasses, listOwnClasses } from './store.ts'

/** Puts the standard dictionary in, or brings its classes to what this release knows. Harmless to repeat. */
export async function ensureStandardDictionary(db: Db): Promise<void> {
  await db.transaction(async tx => {
    await tx.query('INSERT INTO dictionary (id, name) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING', [
      STANDARD_ID,
      STANDARD_NAME,
    ])
    const written = await writeClasses(tx, STANDARD_ID, standardClasses)
    if (written.length === 0) return
    await append(tx, INSTALLATION, 'system', [
      { kind: 'dictionary.installed', data: { dictionary: STANDARD_ID, classes: written.length } },
    ])
  })
}

export interface Extended {
  outcome: 'extended' | 'unchanged'
  /** The district's dictionary now. */
  dictionaryId: string
  version: number
  /** Codes that are new, and those whose name, geometry or the like became another. */
  added: string[]
  changed: string[]
  refusals: ExtensionRefusal[]
}

/**
 * Makes a new version of the district's dictionary that holds what it held and these classes, and turns
 * the district to it. Refused rows do not keep the others out. Rows that say nothing new make no version.
 * @throws Problem district.unknown
 */
export async function extendDictionary(
  tx: Queryable,
  district: string,
  rows: readonly ExtensionRow[],
  actor: string,
): Promise<Extended> {
  const held = await maybe<{ dictionary_id: string }>(
    tx,
    'SELECT dictionary_id FROM district WHERE code = $1 FOR UPDATE',
    [district],
  )
  if (!held) throw problem('district.unknown', { code: district })
  const current = await getDictionary(tx, held.dictionary_id)
  const own = current.district === district
  const baseId = own ? (current.baseId ?? STANDARD_ID) : current.id
  const present = own ? await listOwnClasses(tx, current.id) : []

  const { classes, refusals } = checkExtensions(rows, await listClasses(tx, baseId), present)
  const before = new Map(present.map(one => [one.code, one]))
  const added = classes.filter(one => !before.has(one.code))
  const changed = classes.filter(one => before.has(one.code) && !sameClass(one, before.get(one.code)!))
  if (added.length + changed.length === 0) {
    return {
      outcome: 'unchanged',
      dictionaryId: current.id,
      version: current.version,
      added: [],
      changed: [],
      refusals,
    }
  }

  const codesAdded = added.map(one => one.code)
  const codesChanged = changed.map(one => one.code)
  const version = await nextVersion(tx, district)
  const dictionaryId = `${district}-v${version}`
  for (const one of classes) before.set(one.code, one)
  await tx.query(
    'INSERT INTO dictionary (id, name, version, district, base_id) SELECT $1, b.name || $2, $3::int, $4, b.id FROM dictionary b WHERE b.id = $5',
    [dictionaryId, ` + ${district}`, version, district, baseId],
  )
  await writeClasses(tx, dictionaryId, [...before.values()])
  await tx.query('UPDATE district SET dictionary_id = $2 WHERE code = $1', [district, dictionaryId])
  await append(tx, district, actor, [
    {
      kind: 'dictionary.extended',
      data: { dictionary: dictionaryId, version, base: baseId, added: codesAdded, changed: codesChanged },
    },
  ])
  return { outcome: 'extended', dictionaryId, version, added: codesAdded, changed: codesChanged, refusals }
}

async function nextVersion(tx: Queryable, district: string): Promise<number> {
  const row = await maybe<{ version: number }>(
    tx,
    'SELECT coalesce(max(version), 0) + 1 AS version FROM dictionary WHERE district = $1',
    [district],
  )
  return row!.version
}

/** Writes classes that are new or differ. @returns their codes */
async function writeClasses(
  tx: Queryable,
  dictionaryId: string,
  classes: readonly ComponentClass[],
): Promise<string[]> {
  const rows = await tx.query<{ code: string }>(
    `INSERT INTO component_class AS k (dictionary_id, code, name, name_en, geometry, sensitive, aliases)
     SELECT $1, c.code, c.name, c."nameEn", ARRAY(SELECT jsonb_array_elements_text(c.geometry)), c.sensitive,
            ARRAY(SELECT jsonb_array_elements_text(c.aliases))
     FROM jsonb_to_recordset($2::jsonb)
       AS c (code text, name text, "nameEn" text, geometry jsonb, sensitive boolean, aliases jsonb)
     ON CONFLICT (dictionary_id, code) DO UPDATE SET name = excluded.name, name_en = excluded.name_en,
       geometry = excluded.geometry, sensitive = excluded.sensitive, aliases = excluded.aliases
     WHERE (k.name, k.name_en, k.geometry, k.sensitive, k.aliases)
       IS DISTINCT FROM (excluded.name, excluded.name_en, excluded.geometry, excluded.sensitive, excluded.aliases)
     RETURNING k.code`,
    [dictionaryId, JSON.stringify(classes)],
  )
  return rows.map(row => row.code)
}

const sameClass = (a: ComponentClass, b: ComponentClass): boolean =>
  a.name === b.name &&
  a.nameEn === b.nameEn &&
  a.sensitive === b.sensitive &&
  a.geometry.join() === b.geometry.join() &&
  a.aliases.join('\u0000') === b.aliases.join('\u0000')
