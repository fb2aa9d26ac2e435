/** The unit directory from a table: new units are added, changed ones changed, none removed. */
import type { Queryable } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import { append } from '../../core/journal.ts'
import { scopeOf } from './rules.ts'
import { listUnits } from './store.ts'
import { type UnitRefusal, type UnitRow, unitChanges } from './unit-changes.ts'
import type { UnitEntry } from './units.ts'

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
  // two loads at once would each add what the other adds
  await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
  const { added, changed, unchanged, refused } = unitChanges(await listUnits(tx, scopeOf(district)), rows)
  if (refused.length > 0) return { added: 0, changed: 0, unchanged: 0, refused }
  if (changed.length > 0) await rewrite(tx, district, changed)
  if (added.length > 0) {
    await tx.query(
      `INSERT INTO unit (district, id, code, name, short_name, kind, aliases) SELECT $1, id, code, name, short_name, kind, aliases FROM ${ROWS}`,
      [district, asJson(added.map(unit => ({ ...unit, id: newId() })))],
    )
  }
  if (added.length + changed.length > 0) {
    const data = { added: added.length, changed: changed.length }
    await append(tx, district, actor, [{ kind: 'units.loaded', data }])
  }
  return { added: added.length, changed: changed.length, unchanged, refused }
}

const ROWS =
  'jsonb_to_recordset($2::jsonb) AS n(id uuid, code text, name text, short_name text, kind text, aliases text[])'

const asJson = (units: readonly UnitEntry[]): string =>
  JSON.stringify(units.map(({ shortName, ...unit }) => ({ ...unit, short_name: shortName })))

async function rewrite(tx: Queryable, district: string, units: readonly UnitEntry[]): Promise<void> {
  // names and codes may move from one unit to another: all are let go of before any is taken
  await tx.query(
    'UPDATE unit SET code = NULL, name = id::text WHERE district = $1 AND id = ANY($2::uuid[])',
    [district, units.map(unit => unit.id)],
  )
  await tx.query(
    `UPDATE unit u SET code = n.code, name = n.name, short_name = n.short_name, kind = n.kind, aliases = n.aliases
     FROM ${ROWS} WHERE u.district = $1 AND u.id = n.id`,
    [district, asJson(units)],
  )
}
