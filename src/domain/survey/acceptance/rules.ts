/**
 * What an inspection comes to: rates with their bounds, mean square errors, and whether they pass. Nothing
 * here is typed by anybody; what nobody looked at is `not-sampled`, never zero. What was added by hand is
 * judged and told, but is no part of a rate: it was not drawn. What was found too often fails however little was
 * looked at; to pass, enough of what is asked must have been judged and measured. Pure.
 */
import {
  type AccuracyClass,
  type AreaContent,
  accuracyLimits,
  type Drawn,
  EXISTS,
  type PlacedSighting,
  type Terms,
  type Verdict,
} from './schema.ts'

export type Pass = 'pass' | 'fail' | 'not-sampled'

/** A row as it was judged; `verdicts` are null while nobody has. */
export interface JudgedRow {
  class: string
  drawn: Drawn
  complete: boolean
  /** Whether its position is to be measured. */
  measure: boolean
  verdicts: Readonly<Record<string, Verdict>> | null
  deviationM: number | null
  accuracy: AccuracyClass
}

export interface WalkedArea {
  drawn: Drawn
  complete: boolean
  present: AreaContent['present']
  sightings: readonly Pick<PlacedSighting, 'kind' | 'class'>[]
}

export interface AttributeResult {
  judged: number
  wrong: number
  /** How much of what the rows ask was judged; null where they ask nothing. */
  judgedShare?: number | null
  /** Null: not sampled. */
  rate: number | null
  /** 95 % bounds of the rate (Wilson). */
  low: number | null
  high: number | null
  pass: Pass
}
export interface PositionResult {
  measured: number
  /** Of the positions that were to be measured; null where none was. */
  measuredShare?: number | null
  beyond: number
  share: number | null
  /** 中误差 */
  rmseM: number | null
  maxM: number | null
  /** Of the class; null over all classes, which have limits of their own. */
  limitM: number | null
  pass: Pass
}
export interface OmissionResult {
  present: number
  missing: number
  surplus: number
  /** Missing, of what stands there. */
  rate: number | null
  pass: Pass
}
export interface Result {
  /** Rows of the batch. */
  population: number
  /** Rows drawn by the rule. */
  drawn: number
  attributes: AttributeResult
  positions: PositionResult
  omissions: OmissionResult
  pass: Pass
}
export interface FieldResult {
  field: string
  right: number
  wrong: number
  unknown: number
}
export interface Results {
  total: Result
  classes: ({ class: string } & Result)[]
  fields: FieldResult[]
  /** Items nobody has answered to the end. */
  open: number
  /** 结论; `not-sampled` where there is something and nothing of it, or less than the terms ask, was judged. */
  conclusion: 'incomplete' | 'pass' | 'fail' | 'not-sampled'
}

const Z95 = 1.959963984540054

/** The interval that holds the true share with 95 % (Wilson 1927); null of nothing. */
export function wilson(hits: number, n: number): { low: number; high: number } | null {
  if (n <= 0) return null
  const p = hits / n
  const square = Z95 * Z95
  const centre = (p + square / (2 * n)) / (1 + square / n)
  const half = (Z95 / (1 + square / n)) * Math.sqrt((p * (1 - p)) / n + square / (4 * n * n))
  // exactly none and all of them: the bound is the end itself
  return {
    low: hits === 0 ? 0 : Math.max(0, centre - half),
    high: hits === n ? 1 : Math.min(1, centre + half),
  }
}

/**
 * Wrong is a row of which anything judged is wrong; of `unknown` alone nothing is known. That a thing is there says
 * nothing of its fields: where it has any, right is one of which a field was judged.
 */
export function rowVerdict(verdicts: JudgedRow['verdicts']): Verdict | null {
  const { [EXISTS]: exists, ...fields } = verdicts ?? {}
  const said = Object.values(fields)
  if (exists === 'wrong' || said.includes('wrong')) return 'wrong'
  if (said.includes('right') || (exists === 'right' && said.length === 0)) return 'right'
  return exists !== undefined || said.length > 0 ? 'unknown' : null
}

/** How much of what a row asks was judged; all of one that is not there. */
function judgedOf(verdicts: JudgedRow['verdicts']): number {
  const { [EXISTS]: exists, ...fields } = verdicts ?? {}
  const said = Object.values(fields)
  if (exists === 'wrong') return 1
  if (said.length === 0) return exists === 'right' ? 1 : 0
  return said.filter(verdict => verdict !== 'unknown').length / said.length
}

export const limitOf = (accuracy: AccuracyClass): number => accuracyLimits[accuracy]
export const isBeyond = ({ deviationM, accuracy }: Pick<JudgedRow, 'deviationM' | 'accuracy'>): boolean =>
  deviationM !== null && deviationM > limitOf(accuracy)
/** Whether it is not to be settled: wrong, or in the wrong place. */
export const isWrong = (row: JudgedRow): boolean => rowVerdict(row.verdicts) === 'wrong' || isBeyond(row)

const counts = (drawn: Drawn): boolean => drawn === 'rule' || drawn === 'replacement'
const passes = (value: number | null, limit: number): Pass =>
  value === null ? 'not-sampled' : value <= limit ? 'pass' : 'fail'

/** What passes must have been looked at enough. */
const enough = (pass: Pass, share: number | null, least: number): Pass =>
  pass === 'pass' && share !== null && share < least ? 'not-sampled' : pass

/** Fails where anything fails, passes where anything passes. */
export const together = (...parts: readonly Pass[]): Pass =>
  parts.includes('fail') ? 'fail' : parts.includes('pass') ? 'pass' : 'not-sampled'

/** @param least share of what is asked that must be judged */
export function attributesOf(rows: readonly JudgedRow[], limit: number, least: number): AttributeResult {
  const complete = rows.filter(row => row.complete)
  const said = complete.map(row => rowVerdict(row.verdicts))
  const judgedShare =
    complete.length === 0
      ? null
      : complete.reduce((sum, row) => sum + judgedOf(row.verdicts), 0) / complete.length
  const judged = said.filter(each => each === 'right' || each === 'wrong').length
  const wrong = said.filter(each => each === 'wrong').length
  const rate = judged === 0 ? null : wrong / judged
  const bounds = wilson(wrong, judged)
  return {
    judged,
    wrong,
    judgedShare,
    rate,
    low: bounds?.low ?? null,
    high: bounds?.high ?? null,
    pass: enough(passes(rate, limit), judgedShare, least),
  }
}

/** @param limitM of the class; null over several */
export function positionsOf(
  rows: readonly JudgedRow[],
  limit: number,
  limitM: number | null,
  least: number,
): PositionResult {
  const asked = rows.filter(row => row.complete && row.measure && row.verdicts?.[EXISTS] !== 'wrong')
  const measuredShare =
    asked.length === 0 ? null : asked.filter(row => row.deviationM !== null).length / asked.length
  const measured = rows.filter(row => row.deviationM !== null)
  const squares = measured.reduce((sum, row) => sum + row.deviationM! ** 2, 0)
  const beyond = measured.filter(isBeyond).length
  const share = measured.length === 0 ? null : beyond / measured.length
  const rmseM = measured.length === 0 ? null : Math.sqrt(squares / measured.length)
  const within = limitM === null ? 'not-sampled' : passes(rmseM, limitM)
  return {
    measured: measured.length,
    measuredShare,
    beyond,
    share,
    rmseM,
    maxM: measured.length === 0 ? null : Math.max(...measured.map(row => row.deviationM!)),
    limitM,
    pass: enough(together(passes(share, limit), within), measuredShare, least),
  }
}

/** @param of the class; null for all */
export function omissionsOf(areas: readonly WalkedArea[], limit: number, of: string | null): OmissionResult {
  const walked = areas.filter(area => area.complete)
  const ours = (code: string) => of === null || code === of
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
  const seen = (kind: string) =>
    sum(walked.map(area => area.sightings.filter(each => each.kind === kind && ours(each.class)).length))
  const present = sum(
    walked.flatMap(area => Object.entries(area.present).map(([code, n]) => (ours(code) ? n : 0))),
  )
  const [missing, surplus] = [seen('missing'), seen('surplus')]
  const there = Math.max(0, present - surplus) + missing
  const rate = there === 0 ? null : missing / there
  return { present, missing, surplus, rate, pass: passes(rate, limit) }
}

function fieldsOf(rows: readonly JudgedRow[]): FieldResult[] {
  const fields = new Map<string, FieldResult>()
  for (const row of rows) {
    if (!row.complete) continue
    for (const [field, verdict] of Object.entries(row.verdicts ?? {})) {
      const known = fields.get(field) ?? { field, right: 0, wrong: 0, unknown: 0 }
      known[verdict]++
      fields.set(field, known)
    }
  }
  return [...fields.values()].sort((a, b) => b.wrong - a.wrong || (a.field < b.field ? -1 : 1))
}

/** Whether less was judged or measured than the terms ask, of what was asked at all. */
const isShort = (
  { attributes, positions }: Pick<Result, 'attributes' | 'positions'>,
  least: Terms['least'],
): boolean => (attributes.judgedShare ?? 1) < least.judged || (positions.measuredShare ?? 1) < least.measured

/**
 * What the items come to.
 * @param population rows of the batch by class
 */
export function resultsOf(
  rows: readonly JudgedRow[],
  areas: readonly WalkedArea[],
  population: Readonly<Record<string, number>>,
  terms: Pick<Terms, 'limits' | 'least' | 'mustPass'>,
): Results {
  const { limits, least } = terms
  const drawnRows = rows.filter(row => counts(row.drawn))
  const drawnAreas = areas.filter(area => counts(area.drawn))
  const result = (of: string | null): Result => {
    const mine = of === null ? drawnRows : drawnRows.filter(row => row.class === of)
    const limitM = of === null || mine.length === 0 ? null : limitOf(mine[0]!.accuracy)
    const attributes = attributesOf(mine, limits.wrong, least.judged)
    const positions = positionsOf(mine, limits.beyond, limitM, least.measured)
    const omissions = omissionsOf(drawnAreas, limits.missing, of)
    const pass = together(attributes.pass, positions.pass, omissions.pass)
    return {
      population: of === null ? Object.values(population).reduce((a, b) => a + b, 0) : (population[of] ?? 0),
      drawn: mine.length,
      attributes,
      positions,
      omissions,
      pass: pass === 'pass' && isShort({ attributes, positions }, least) ? 'not-sampled' : pass,
    }
  }
  const seen = drawnAreas.flatMap(area => (area.complete ? area.sightings.map(each => each.class) : []))
  const codes = [...new Set([...Object.keys(population), ...seen])].sort()
  const classes = codes.map(code => ({ class: code, ...result(code) }))
  const total = result(null)
  const open = [...rows, ...areas].filter(item => !item.complete).length
  const held = terms.mustPass === 'every-class' ? [total, ...classes] : [total]
  const short =
    (total.population > 0 && total.pass === 'not-sampled') || held.some(each => isShort(each, least))
  const failed =
    total.pass === 'fail' || (terms.mustPass === 'every-class' && classes.some(each => each.pass === 'fail'))
  return {
    // what is not done may fail already, but does not pass
    total: open > 0 && total.pass === 'pass' ? { ...total, pass: 'not-sampled' } : total,
    classes,
    fields: fieldsOf(drawnRows),
    open,
    conclusion: open > 0 ? 'incomplete' : failed ? 'fail' : short ? 'not-sampled' : 'pass',
  }
}

/** Whether a row is answered to the end: it is not there, or every field is judged and its place measured or not measurable. */
export function rowComplete(
  fields: readonly string[],
  measure: boolean,
  answer: { verdicts: Readonly<Record<string, Verdict>>; position?: unknown },
): boolean {
  const exists = answer.verdicts[EXISTS]
  if (exists === undefined) return false
  if (exists === 'wrong') return true
  return (
    fields.every(field => answer.verdicts[field] !== undefined) && (!measure || answer.position !== undefined)
  )
}
