import { describe, expect, it } from 'vitest'
import { unitsOf } from '../../pilot/units.ts'
import { creditCheck, creditCode } from '../../pilot/uscc.ts'

describe('unified social credit codes', () => {
  it('end in the check character of GB 32100-2015', () => {
    // The worked example of the standard's annex.
    expect(creditCheck('91350100M000100Y4')).toBe('3')
  })

  it('have eighteen characters without I, O, S, V or Z', () => {
    for (let body = 1; body < 1e8; body += 1_234_567) {
      expect(creditCode('91', '320599', body)).toMatch(/^91320599[0-9]{8}[0-9X][0-9A-HJ-NP-RTUWXY]$/)
    }
  })

  it('change their check character when a digit changes', () => {
    const code = creditCode('91', '320599', 12_345_678)
    expect(creditCheck(code.slice(0, 17))).toBe(code[17])
    for (let i = 8; i < 16; i++) {
      const other = code.slice(0, i) + ((Number(code[i]) + 1) % 10) + code.slice(i + 1, 17)
      expect(creditCheck(other)).not.toBe(code[17])
    }
  })
})

it('the unit directory has every kind of unit once by code and name', () => {
  const units = unitsOf(['甲镇', '乙街道', '丙高新区'], ['丁社区', '戊村'])
  expect(new Set(units.map(u => u.kind)).size).toBe(6)
  expect(units.filter(u => u.kind !== 'village' && u.kind !== 'town').length).toBeGreaterThan(40)
  for (const key of ['code', 'name', 'key'] as const)
    expect(new Set(units.map(u => u[key])).size).toBe(units.length)
  expect(units.slice(-5).map(u => u.name)).toEqual([
    '甲镇人民政府',
    '乙街道办事处',
    '丙高新区管理委员会',
    '丁社区居民委员会',
    '戊村民委员会',
  ])
})
