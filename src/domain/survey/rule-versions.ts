/** A district's check rules over time: the version that counts, its history, and the change to a new one. */
import { type Db, maybe, type Queryable } from '../../core/db.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import { listClasses } from '../catalog/store.ts'
import { ALL_CLASSES, onlyDiffering, type SurveyRules } from './check-rules.ts'

/** A version of the rules; no 0, by nobody, is what the code has. */
export interface RulesVersion {
  no: number
  /** Only what differs from the defaults. */
  rules: SurveyRules
  changedBy: string | null
  changedAt: Date | null
}

const COLUMNS = 'no, rules, changed_by AS "changedBy", changed_at AS "changedAt"'
const ofTheCode: RulesVersion = { no: 0, rules: {}, changedBy: null, changedAt: null }

export async function currentRules(db: Queryable, district: string): Promise<RulesVersion> {
  const row = await maybe<RulesVersion>(
    db,
    `SELECT ${COLUMNS} FROM survey_rules WHERE district = $1 ORDER BY no DESC LIMIT 1`,
    [district],
  )
  return row ?? ofTheCode
}

/** Newest first. */
export async function listRuleVersions(
  db: Queryable,
  district: string,
  before: number | null,
  limit: number,
): Promise<RulesVersion[]> {
  return db.query(
    `SELECT ${COLUMNS} FROM survey_rules WHERE district = $1 AND ($2::int IS NULL OR no < $2) ORDER BY no DESC LIMIT $3`,
    [district, before, limit],
  )
}

/**
 * Makes rules count from the next load on. Rules that are the current ones make no version.
 * @param basedOn the version they were written over; somebody else's change in between is not lost
 * @throws Problem rules.changed, rules.class, rules.geometry
 */
export async function changeRules(
  db: Db,
  district: string,
  { rules: given, basedOn, actor }: { rules: SurveyRules; basedOn?: number; actor: string },
): Promise<RulesVersion> {
  const rules = onlyDiffering(given)
  await checkClasses(db, district, rules)
  return db.transaction(async tx => {
    await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
    const current = await currentRules(tx, district)
    if (basedOn !== undefined && basedOn !== current.no) throw problem('rules.changed', { no: current.no })
    if (sorted(current.rules) === sorted(rules)) return current
    const no = current.no + 1
    await tx.query(
      'INSERT INTO survey_rules (district, no, rules, changed_by) VALUES ($1, $2, $3::jsonb, $4)',
      [district, no, JSON.stringify(rules), actor],
    )
    await append(tx, district, actor, [{ kind: 'survey-rules.changed', data: { no, rules } }])
    return currentRules(tx, district)
  })
}

/** Writes which version a load is checked with. */
export async function recordRules(
  db: Queryable,
  delivery: { district: string; id: string },
  no: number,
): Promise<void> {
  await db.query('UPDATE delivery SET rules_no = $3 WHERE district = $1 AND id = $2::uuid', [
    delivery.district,
    delivery.id,
    no,
  ])
}

/** Classes named must be in the dictionary, and geometry no wider than it says. */
async function checkClasses(db: Db, district: string, rules: SurveyRules): Promise<void> {
  const row = await maybe<{ dictionary: string }>(
    db,
    'SELECT dictionary_id AS dictionary FROM district WHERE code = $1',
    [district],
  )
  if (!row) throw problem('district.unknown', { code: district })
  const classes = new Map((await listClasses(db, row.dictionary)).map(each => [each.code, each]))
  for (const part of [rules.required, rules.duplicates, rules.moved, rules.geometry])
    for (const code of Object.keys(part ?? {}))
      if (code !== ALL_CLASSES && !classes.has(code)) throw problem('rules.class', { code })
  for (const [code, kinds] of Object.entries(rules.geometry ?? {})) {
    const allowed = classes.get(code)?.geometry
    if (!allowed || kinds.some(kind => !allowed.includes(kind)))
      throw problem('rules.geometry', { code, allowed: allowed?.join(' / ') ?? '' })
  }
}

/** Equal rules give equal text, whatever the order of their members. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_key, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
