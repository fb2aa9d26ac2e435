import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { problem, words } from '../../src/core/problem.ts'
import { deliveryStates } from '../../src/domain/survey/schema.ts'

const src = fileURLToPath(new URL('../../src/', import.meta.url))

describe('a refusal for the state a delivery is in', () => {
  it('is told wholly in the language of the caller, and its detail travels as it is', () => {
    const refusal = problem('delivery.state', { state: 'loading', action: 'cancelled here' })
    expect(refusal.inLanguage('zh')).toBe('批次状态为“载入中”，不能在此取消')
    expect(refusal.inLanguage('en')).toBe('The delivery is loading; it cannot be cancelled here')
    expect(refusal.detail).toEqual({ state: 'loading', action: 'cancelled here' })
  })

  it('has Chinese for every state there is and every action the source names', () => {
    const { state, action } = words['delivery.state']!
    expect(Object.keys(state!).sort()).toEqual([...deliveryStates].sort())
    const named = globSync('**/*.ts', { cwd: src }).flatMap(file =>
      [...readFileSync(src + file, 'utf8').matchAll(/'delivery\.state', \{[^}]*\baction: '([^']+)'/g)].map(
        found => found[1]!,
      ),
    )
    expect(named.length).toBeGreaterThan(5)
    expect([...new Set(named)].sort()).toEqual(Object.keys(action!).sort())
  })
})
