/** 检查规则: by what a district checks its surveys, its versions, and the change to a new one. */
import type { EffectiveRules, SurveyRules } from '../../domain/survey/check-rules.ts'
import { call } from './client.ts'

export interface RulesVersion {
  no: number
  /** Only what differs from the software's own. */
  rules: SurveyRules
  changedBy: string | null
  changedAt: string | null
}
export type CurrentRules = RulesVersion & { effective: EffectiveRules }

export const getRules = (): Promise<CurrentRules> => call('/api/survey-rules')
export const changeRules = (rules: SurveyRules, basedOn: number): Promise<CurrentRules> =>
  call('/api/survey-rules', { method: 'PUT', body: { rules, basedOn } })
export const listRuleVersions = async (): Promise<RulesVersion[]> =>
  (await call<{ items: RulesVersion[] }>('/api/survey-rules/versions')).items
