/** What a table of units means for the directory: which rows are new, which change a unit, which cannot be. Pure. */
import type { UnitEntry } from './units.ts'

/** A row as delivered. */
export interface UnitRow {
  row: number
  name: string
  code: string | null
  shortName: string | null
  kind: string | null
  /** Separated by | ｜ ; ； 、 */
  aliases: string | null
}

export interface UnitRefusal {
  row: number
  code: 'unit.name' | 'unit.duplicate' | 'unit.taken'
  field: 'name' | 'code'
  value: string | null
  detail: Record<string, string>
}

export interface UnitChanges {
  added: Omit<UnitEntry, 'id'>[]
  changed: UnitEntry[]
  unchanged: number
  refused: UnitRefusal[]
}

/** A unit is known again by its code, else by its name; what a row leaves empty of code stays as it is. */
export function unitChanges(present: readonly UnitEntry[], rows: readonly UnitRow[]): UnitChanges {
  const refused = refusedRows(rows)
  const byCode = new Map(present.flatMap(unit => (unit.code === null ? [] : [[unit.code, unit] as const])))
  const byName = new Map(present.map(unit => [unit.name, unit]))
  const matched = new Map<UnitRow, UnitEntry>()
  const taken = new Set<string>()
  // codes first: a row that means a unit by its code keeps it from one that only shares its name
  for (const match of [
    (row: UnitRow) => (row.code === null ? undefined : byCode.get(row.code)),
    (row: UnitRow) => byName.get(row.name),
  ]) {
    for (const row of rows) {
      const unit = matched.has(row) ? undefined : match(row)
      if (!unit || taken.has(unit.id)) continue
      matched.set(row, unit)
      taken.add(unit.id)
    }
  }
  const changes: UnitChanges = { added: [], changed: [], unchanged: 0, refused }
  // only units no row speaks of are in the way: the others make room
  const standing = present.filter(unit => !taken.has(unit.id))
  const held = {
    name: new Map(standing.map(unit => [unit.name, unit])),
    code: new Map(standing.map(unit => [unit.code, unit])),
  }
  for (const row of rows) {
    const unit = matched.get(row)
    const next = { ...fieldsOf(row), code: row.code ?? unit?.code ?? null }
    for (const field of ['name', 'code'] as const) {
      const other = next[field] === null ? undefined : held[field].get(next[field]!)
      if (other)
        refused.push({
          row: row.row,
          code: 'unit.taken',
          field,
          value: next[field],
          detail: { other: other.name },
        })
    }
    if (!unit) changes.added.push(next)
    else if (same(unit, next)) changes.unchanged++
    else changes.changed.push({ ...next, id: unit.id })
  }
  return changes
}

/** Rows without a name, and names and codes that stand twice. */
function refusedRows(rows: readonly UnitRow[]): UnitRefusal[] {
  const refused: UnitRefusal[] = []
  const seen = new Map<string, number>()
  for (const row of rows) {
    if (row.name === '')
      refused.push({ row: row.row, code: 'unit.name', field: 'name', value: null, detail: {} })
    for (const field of ['name', 'code'] as const) {
      const value = row[field]
      if (!value) continue
      const other = seen.get(`${field} ${value}`)
      if (other === undefined) seen.set(`${field} ${value}`, row.row)
      else
        refused.push({ row: row.row, code: 'unit.duplicate', field, value, detail: { other: String(other) } })
    }
  }
  return refused
}

const fieldsOf = ({ name, shortName, kind, aliases }: UnitRow) => ({
  name,
  shortName,
  kind: kind ?? 'company',
  aliases: [...new Set((aliases ?? '').split(/[|｜;；、]/).map(alias => alias.trim()))].filter(
    alias => alias !== '',
  ),
})

const same = (unit: UnitEntry, next: Omit<UnitEntry, 'id'>): boolean =>
  (['name', 'code', 'shortName', 'kind'] as const).every(field => unit[field] === next[field]) &&
  JSON.stringify(unit.aliases) === JSON.stringify(next.aliases)
