/** The unit directory from a table: new units are added, changed ones changed, none removed. */
import type { Queryable } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import { append } from '../../core/journal.ts'

export interface UnitRow {
  row: number
  name: string
  code: string | null
  shortName: string | null
  kind: string | null
  /** Separated by | ; ； 、 */
  aliases: string | null
}

export interface UnitRefusal {
  row: number
  code: 'unit.name' | 'unit.duplicate'
  field: 'name' | 'code'
  value: string | null
  detail: Record<string, string>
}

export interface UnitsLoaded {
  added: number
  changed: number
  unchanged: number
  refused: UnitRefusal[]
}

/** Nothing is written when a row is refused. */
export async function loadUnits(
  tx: Queryable,
  district: string,
  rows: readonly UnitRow[],
  actor: string,
): Promise<UnitsLoaded> {
  const refused: UnitRefusal[] = []
  const seen = new Map<string, number>()
  for (const row of rows) {
    if (row.name === '')
      refused.push({ row: row.row, code: 'unit.name', field: 'name', value: null, detail: {} })
    for (const field of ['name', 'code'] as const) {
      const value = row[field]
      if (!value) continue
      const key = `${field} ${value}`
      const other = seen.get(key)
      if (other === undefined) seen.set(key, row.row)
      else
        refused.push({ row: row.row, code: 'unit.duplicate', field, value, detail: { other: String(other) } })
    }
  }
  if (refused.length > 0) return { added: 0, changed: 0, unchanged: 0, refused }

  let added = 0
  let changed = 0
  for (const row of rows) {
    const aliases =
      row.aliases === null
        ? []
        : row.aliases
            .split(/[|;；、]/)
            .map(each => each.trim())
            .filter(each => each !== '')
    const params = [district, row.code, row.name, row.shortName, row.kind ?? 'company', aliases]
    const updated = await tx.query<{ same: boolean }>(
      `WITH before AS (SELECT * FROM unit WHERE district = $1 AND (code = $2 OR (($2::text IS NULL OR code IS NULL) AND name = $3)) LIMIT 1)
       UPDATE unit u SET code = coalesce($2, u.code), name = $3, short_name = $4, kind = $5, aliases = $6::text[]
       FROM before b WHERE u.district = $1 AND u.id = b.id
       RETURNING (b.name = $3 AND b.short_name IS NOT DISTINCT FROM $4 AND b.kind = $5 AND b.aliases = $6::text[]
                  AND b.code IS NOT DISTINCT FROM u.code) AS same`,
      params,
    )
    if (updated.length === 0) {
      added++
      await tx.query(
        'INSERT INTO unit (district, code, name, short_name, kind, aliases, id) VALUES ($1, $2, $3, $4, $5, $6::text[], $7::uuid)',
        [...params, newId()],
      )
    } else if (!updated[0]!.same) changed++
  }
  if (added + changed > 0)
    await append(tx, district, actor, [{ kind: 'units.loaded', data: { added, changed } }])
  return { added, changed, unchanged: rows.length - added - changed, refused }
}
