/** The doors to a district's check rules: what counts, what it was before, and the change. */
import { z } from 'zod'
import type { Db } from '../../core/db.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { districtOf } from '../orgs/districts.ts'
import { EffectiveRulesAnswer, effectiveRules, SurveyRules } from './check-rules.ts'
import { changeRules, currentRules, listRuleVersions } from './rule-versions.ts'
import { INT4_MAX } from './schema.ts'

const District = z
  .string()
  .regex(/^[0-9]{6}$/)
  .optional()

const Version = z.object({
  no: z.number().describe('0: nobody changed anything, the rules are those of the software'),
  rules: SurveyRules.describe('What differs from the software’s rules'),
  changedBy: z.string().nullable(),
  changedAt: z.iso.datetime().nullable(),
})
const Answer = Version.extend({ effective: EffectiveRulesAnswer }).meta({ id: 'SurveyRules' })

export const ruleRoutes = (db: Db): Endpoint[] => [
  endpoint({
    method: 'get',
    path: '/api/survey-rules',
    right: 'survey.read',
    summary: 'The rules by which the district checks its surveys',
    query: z.strictObject({ district: District }),
    answer: Answer,
    async run({ query }, call) {
      const current = await currentRules(db, await districtOf(db, call.principal, query.district))
      return { ...current, effective: effectiveRules(current.rules) }
    },
  }),
  endpoint({
    method: 'put',
    path: '/api/survey-rules',
    right: 'survey.rules',
    summary: 'Change the rules, from the next load on; {} are the software’s own',
    query: z.strictObject({ district: District }),
    body: z.strictObject({
      rules: SurveyRules,
      basedOn: z.int().min(0).max(INT4_MAX).optional().describe('The version that was changed'),
    }),
    answer: Answer,
    async run({ query, body }, call) {
      const district = await districtOf(db, call.principal, query.district)
      const changed = await changeRules(db, district, { ...body, actor: call.principal.actor })
      return { ...changed, effective: effectiveRules(changed.rules) }
    },
  }),
  endpoint({
    method: 'get',
    path: '/api/survey-rules/versions',
    right: 'survey.read',
    summary: 'Versions of the rules, newest first, with who changed them and when',
    query: z.strictObject({
      district: District,
      before: z.coerce.number().int().min(1).max(INT4_MAX).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    answer: z.object({ items: z.array(Version), next: z.number().nullable() }),
    async run({ query }, call) {
      const district = await districtOf(db, call.principal, query.district)
      const items = await listRuleVersions(db, district, query.before ?? null, query.limit)
      return { items, next: items.length === query.limit ? items.at(-1)!.no : null }
    },
  }),
]
