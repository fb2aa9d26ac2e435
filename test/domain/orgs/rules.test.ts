import { expect, it } from 'vitest'
import {
  bootstrapRights,
  lockS,
  mayDeliver,
  passwordFault,
  roles,
  scopeOf,
  seesAll,
  spread,
} from '../../../src/domain/orgs/rules.ts'

it('lets four failures pass and locks ever longer after that, an hour at most', () => {
  expect([1, 2, 3, 4].map(lockS)).toEqual([0, 0, 0, 0])
  expect([5, 6, 7].map(lockS)).toEqual([30, 60, 120])
  expect(lockS(12)).toBe(3600)
  expect(lockS(1000)).toBe(3600)
})

it('refuses passwords that are short, endless, dull or the account name', () => {
  expect(passwordFault('correct horse', 'li.ming')).toBeNull()
  expect(passwordFault('k3-Xw9aB2', 'li.ming')).toMatch(/10/)
  expect(passwordFault('k'.repeat(10), 'li.ming')).toMatch(/too few/)
  expect(passwordFault('abcdefghij'.repeat(21), 'li.ming')).toMatch(/200/)
  expect(passwordFault('xx-LI.MING-2026', 'li.ming')).toMatch(/account name/)
})

it('never lets the bearer of the bootstrap token approve or manage accounts', () => {
  expect(bootstrapRights).not.toContain('survey.approve')
  expect(bootstrapRights).not.toContain('orgs.admin')
  expect(bootstrapRights).toContain('survey.load')
})

it('gives the approval of surveys to no one who may load them, but the administrator', () => {
  const both = Object.entries(roles).filter(([, held]) => {
    const rights: readonly string[] = held
    return rights.includes('survey.load') && rights.includes('survey.approve')
  })
  expect(both.map(([role]) => role)).toEqual(['administrator'])
})

it('gives equal scopes equal keys, whatever the order they were written in', () => {
  const one = scopeOf('320506', { areas: ['2', '1'], hiddenClasses: ['0701', '0102'] })
  const two = scopeOf('320506', { areas: ['1', '2'], hiddenClasses: ['0102', '0701'] })
  expect(one).toEqual(two)
  expect(one.key).not.toBe(scopeOf('320506', { areas: ['1'] }).key)
  expect(one.key).not.toBe(scopeOf('320506').key)
})

it('sees all only where nothing is narrowed', () => {
  expect(seesAll(scopeOf('320506'))).toBe(true)
  expect(seesAll(scopeOf('320506', { units: ['u'] }))).toBe(false)
  expect(seesAll(scopeOf('320506', { hiddenClasses: ['0701'] }))).toBe(false)
})

it('spreads what an account holds into roles and districts', () => {
  expect(
    spread([
      ['320506', 'leader'],
      ['320507', 'leader'],
      ['320506', 'contractor'],
      ['320507', 'contractor'],
    ]),
  ).toEqual({
    roles: ['leader', 'contractor'],
    districts: ['320506', '320507'],
  })
  expect(spread([['*', 'leader']])).toEqual({ roles: ['leader'], districts: '*' })
  expect(spread([])).toEqual({ roles: [], districts: [] })
})

it('leaves grids, places, units and classes to the office, whatever a package asks for', () => {
  const held = (role: keyof typeof roles) => new Set<string>(roles[role])
  const every = ['grids', 'unit-grids', 'components', 'addresses', 'places', 'units', 'classes']
  const may = (role: keyof typeof roles, asked: string[]) =>
    every.filter(kind => mayDeliver(held(role), kind, asked))
  expect(may('contractor', [])).toEqual(['components'])
  expect(may('contractor', ['addresses'])).toEqual(['components', 'addresses'])
  expect(may('administrator', [])).toEqual(every)
  for (const role of ['supervisor', 'dispatcher', 'leader'] as const) expect(may(role, every)).toEqual([])
})
