/**
 * 检查规则: what a district may tune of the checks of its intake, as one small document. It says only what
 * differs; everything else is as `defaults` has it. Pure, so that the console shows what the server does.
 *
 *   defaults + what the district changed -> effectiveRules -> decoder, ledger, console
 */
import { z } from 'zod'
import { geometryKindSchema } from '../catalog/schema.ts'
import { type FindingCode, type Severity, severityOf } from './findings.ts'

/** How a district takes a finding: the row is refused, somebody should look, or nothing is said. */
export type RuleSeverity = Severity | 'off'

const ANY = ['error', 'warning', 'off'] as const
/** What is read in another way than it stands is always said. */
const ALWAYS_SAID = ['error', 'warning'] as const
/** What is known only when the row is in already cannot refuse it. */
const NEVER_ERROR = ['warning', 'off'] as const

/**
 * Findings whose severity a district may choose, with the choices. Those that are not here protect what the
 * registry stands on (identity, class, geometry, readable files) and are the same everywhere.
 */
export const tunable = {
  'position.gap': ANY,
  'position.beyond-border': ANY,
  'position.moved': ANY,
  'grid.stated': ANY,
  'grid.stated-unheld': NEVER_ERROR,
  'unit-grid.no-area': NEVER_ERROR,
  'unit-grid.overlap': NEVER_ERROR,
  'duplicate.probable': NEVER_ERROR,
  'component.recognised': NEVER_ERROR,
  'code.missing': ANY,
  'code.class': ANY,
  'code.district': ANY,
  'code.rounded': ANY,
  'code.characters': ALWAYS_SAID,
  'unit.unknown': ANY,
  'unit.mismatch': ANY,
  'unit.same': ANY,
  'state.unknown': ANY,
  'date.missing': ANY,
  'date.invalid': ANY,
  'date.zero': ANY,
  'date.serial': ANY,
  'date.future': ANY,
  'date.too-early': ANY,
  'date.order': ANY,
  'attribute.missing': ANY,
  'value.truncated': NEVER_ERROR,
  'field.truncated': NEVER_ERROR,
} as const satisfies Partial<Record<FindingCode, readonly RuleSeverity[]>>
export type TunableCode = keyof typeof tunable
export const tunableCodes = Object.keys(tunable) as TunableCode[]

export const isTunable = (code: string): code is TunableCode => Object.hasOwn(tunable, code)

/** For every class, or for one by its code. */
export const ALL_CLASSES = '*'
const ClassKey = z.string().regex(/^(\*|\d{4,5})$/)

export const SurveyRules = z.strictObject({
  severity: z
    .strictObject(
      Object.fromEntries(tunableCodes.map(code => [code, z.enum(tunable[code]).optional()])) as unknown as {
        [Code in TunableCode]: z.ZodOptional<z.ZodType<RuleSeverity>>
      },
    )
    .optional()
    .describe('How findings are taken, by code; those that cannot be changed are not there'),
  required: z
    .record(ClassKey, z.array(z.string().trim().min(1).max(60)).max(40))
    .optional()
    .describe(
      'Attributes a class must have: ours (requirable.ts) or columns of the delivery; STOPNAME/站名 are two names of one column; an empty list asks nothing',
    ),
  duplicates: z
    .record(ClassKey, z.number().min(0).max(20))
    .optional()
    .describe('Metres within which two things of a class are taken for one; 0 never'),
  moved: z
    .record(ClassKey, z.number().min(0).max(5000))
    .optional()
    .describe('Metres from its place in the registry beyond which a delivered thing is told; 0 never'),
  geometry: z
    .record(ClassKey, z.array(geometryKindSchema).min(1).max(3))
    .optional()
    .describe('Kinds of geometry, narrower than the dictionary’s'),
  grids: z
    .strictObject({
      outlineM2: z
        .number()
        .min(0)
        .max(1e6)
        .optional()
        .describe('Square metres by which an outline may differ, and unit grids may overlap, unsaid'),
    })
    .optional(),
  dates: z
    .strictObject({
      earliestYear: z.int().min(1900).max(2199).optional(),
      daysAhead: z.int().min(0).max(3650).optional().describe('How far ahead of today a date may be'),
    })
    .optional(),
})
export type SurveyRules = z.output<typeof SurveyRules>

/** Everything said, as it is answered. */
export const EffectiveRulesAnswer = z.object({
  severity: z.record(z.string(), z.enum(ANY)),
  required: z.record(z.string(), z.array(z.string())),
  duplicates: z.record(z.string(), z.number()),
  moved: z.record(z.string(), z.number()),
  geometry: z.record(z.string(), z.array(geometryKindSchema)),
  grids: z.object({ outlineM2: z.number() }),
  dates: z.object({ earliestYear: z.number(), daysAhead: z.number() }),
})

/** Everything said: what the checks run by. */
export interface EffectiveRules {
  severity: Partial<Record<FindingCode, RuleSeverity>>
  required: Record<string, string[]>
  duplicates: Record<string, number>
  moved: Record<string, number>
  geometry: Record<string, ('point' | 'line' | 'polygon')[]>
  grids: { outlineM2: number }
  dates: { earliestYear: number; daysAhead: number }
}

/**
 * The rules of a district that changed none. Required are the attributes the standard gives a class of its
 * own; distances keep two covers side by side (0.6 m) and the bays of a grate (0.45 m) apart.
 */
export const defaults: EffectiveRules = {
  severity: {
    ...Object.fromEntries(tunableCodes.map(code => [code, severityOf(code)])),
    'unit.same': 'off',
  },
  required: {
    [ALL_CLASSES]: [],
    '0125': ['TRADESCOPE/经营范围'],
    '0126': ['NUM_/数量'],
    '0203': ['STOPNAME/站名'],
    '0406': ['SCULPTNAME/雕塑名称'],
    '0602': ['SITENAME/工地名称'],
  },
  duplicates: { [ALL_CLASSES]: 0.5, '0104': 0.3, '0401': 1.5, '0402': 1 },
  moved: { [ALL_CLASSES]: 20 },
  geometry: {},
  grids: { outlineM2: 10 },
  dates: { earliestYear: 1950, daysAhead: 0 },
}

export const effectiveRules = (rules: SurveyRules): EffectiveRules => ({
  severity: { ...defaults.severity, ...rules.severity },
  required: { ...defaults.required, ...rules.required },
  duplicates: { ...defaults.duplicates, ...rules.duplicates },
  moved: { ...defaults.moved, ...rules.moved },
  geometry: { ...defaults.geometry, ...rules.geometry },
  grids: { ...defaults.grids, ...rules.grids },
  dates: { ...defaults.dates, ...rules.dates },
})

/** Rules without what is as the defaults have it, so that a better default reaches who never chose. */
export function onlyDiffering(rules: SurveyRules): SurveyRules {
  const kept: Record<string, Record<string, unknown>> = {}
  for (const [part, said] of Object.entries(rules)) {
    const usual = defaults[part as keyof EffectiveRules] as Record<string, unknown>
    const differing = Object.entries(said ?? {}).filter(
      ([key, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(usual[key]),
    )
    if (differing.length > 0) kept[part] = Object.fromEntries(differing)
  }
  return kept as SurveyRules
}

/** How a finding is taken under the rules. */
export const takenAs = (rules: Pick<EffectiveRules, 'severity'>, code: FindingCode): RuleSeverity =>
  rules.severity[code] ?? severityOf(code)

/** Attributes that a class must have: those of all classes and its own. */
export const requiredOf = ({ required }: Pick<EffectiveRules, 'required'>, classCode: string): string[] => [
  ...new Set([...(required[ALL_CLASSES] ?? []), ...(required[classCode] ?? [])]),
]

/** Metres within which two things of a class are taken for one. */
export const duplicateDistanceM = (
  { duplicates }: Pick<EffectiveRules, 'duplicates'>,
  classCode: string,
): number => duplicates[classCode] ?? duplicates[ALL_CLASSES] ?? 0

/** Metres from its place in the registry beyond which a thing of the class is told. */
export const movedDistanceM = ({ moved }: Pick<EffectiveRules, 'moved'>, classCode: string): number =>
  moved[classCode] ?? moved[ALL_CLASSES] ?? 0
