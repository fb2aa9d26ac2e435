import { describe, expect, it } from 'vitest'
import {
  defaults,
  duplicateDistanceM,
  effectiveRules,
  onlyDiffering,
  requiredOf,
  SurveyRules,
  takenAs,
  tunableCodes,
} from '../../../src/domain/survey/check-rules.ts'
import { findings } from '../../../src/domain/survey/findings.ts'

const accepts = (rules: unknown) => SurveyRules.safeParse(rules).success

describe('check rules', () => {
  it('of a district that changed nothing take every finding as it is registered, but for one that is off', () => {
    const rules = effectiveRules({})
    for (const code of tunableCodes)
      expect([code, takenAs(rules, code)]).toEqual([code, code === 'unit.same' ? 'off' : findings[code][0]])
    expect(takenAs(rules, 'code.duplicate')).toBe('error')
  })

  it('let severities be chosen where nothing rests on them, and nowhere else', () => {
    expect(accepts({ severity: { 'unit.unknown': 'error', 'date.future': 'off' } })).toBe(true)
    for (const code of [
      'code.duplicate',
      'code.numeric',
      'geometry.invalid',
      'class.mismatch',
      'position.outside',
    ])
      for (const severity of ['off', 'warning', 'error'])
        expect([code, severity, accepts({ severity: { [code]: severity } })]).toEqual([code, severity, false])
    // known when the row is in already
    expect(accepts({ severity: { 'duplicate.probable': 'error' } })).toBe(false)
    // read in another way than it stands: never silently
    expect(accepts({ severity: { 'code.characters': 'off' } })).toBe(false)
    expect(accepts({ severity: { 'unit.unknown': 'fatal' } })).toBe(false)
    expect(accepts({ severities: {} })).toBe(false)
  })

  it('name classes by their code, and distances within bounds', () => {
    expect(
      accepts({ duplicates: { '*': 1, '0104': 0 }, required: { '0101': ['owner', 'MATERIAL/材质'] } }),
    ).toBe(true)
    expect(accepts({ duplicates: { 井盖: 1 } })).toBe(false)
    expect(accepts({ duplicates: { '0104': 21 } })).toBe(false)
    expect(accepts({ duplicates: { '0104': -1 } })).toBe(false)
    expect(accepts({ geometry: { '0104': [] } })).toBe(false)
    expect(accepts({ dates: { earliestYear: 1899 } })).toBe(false)
  })

  it('change what they name and leave the rest as it is', () => {
    const rules = effectiveRules({
      duplicates: { '0101': 2 },
      required: { '*': ['owner'], '0203': [] },
      dates: { daysAhead: 7 },
    })
    expect([duplicateDistanceM(rules, '0101'), duplicateDistanceM(rules, '0104')]).toEqual([2, 0.3])
    expect(duplicateDistanceM(rules, '9999')).toBe(defaults.duplicates['*'])
    expect(requiredOf(rules, '0203')).toEqual(['owner'])
    expect(requiredOf(rules, '0602')).toEqual(['owner', 'SITENAME/工地名称'])
    expect(rules.dates).toEqual({ earliestYear: 1950, daysAhead: 7 })
  })

  it('keep only what differs from the defaults', () => {
    expect(onlyDiffering(SurveyRules.parse(effectiveRules({})))).toEqual({})
    const changed = effectiveRules({ severity: { 'unit.unknown': 'error' }, dates: { daysAhead: 3 } })
    expect(onlyDiffering(SurveyRules.parse(changed))).toEqual({
      severity: { 'unit.unknown': 'error' },
      dates: { daysAhead: 3 },
    })
  })
})
