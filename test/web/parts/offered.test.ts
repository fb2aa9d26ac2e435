import { expect, it } from 'vitest'
import { roles } from '../../../src/domain/orgs/rules.ts'
import { nameOf, offeredKinds, offeredPackages } from '../../../src/web/parts/offered.ts'

const as = (role: keyof typeof roles) => (right: string) => (roles[role] as readonly string[]).includes(right)
const lamps = { id: 'lamps', kinds: ['components' as const] }
const doors = { id: 'doors', kinds: ['addresses' as const] }
const both = { id: 'both', kinds: ['components' as const, 'unit-grids' as const] }

it('offers a contractor components, and what its packages ask for besides', () => {
  expect(offeredKinds(as('contractor'), [])).toEqual(['components'])
  expect(offeredKinds(as('contractor'), [lamps])).toEqual(['components'])
  expect(offeredKinds(as('contractor'), [lamps, doors])).toEqual(['components', 'addresses'])
})

it('offers the office every kind, and who may load nothing none', () => {
  expect(offeredKinds(as('administrator'), [])).toHaveLength(7)
  expect(offeredKinds(as('leader'), [both, doors])).toEqual([])
})

it('lets a delivery answer packages that ask for its kind, and none where its kind must be asked for', () => {
  const all = [lamps, doors, both]
  const contractor = (kind: 'components' | 'addresses') => offeredPackages(as('contractor'), kind, all)
  expect(contractor('components')).toEqual({ packages: [lamps, both], none: true })
  expect(contractor('addresses')).toEqual({ packages: [doors], none: false })
  expect(offeredPackages(as('administrator'), 'units', all)).toEqual({ packages: [], none: true })
})

it('names a delivery after its first file, without the ending', () => {
  expect(nameOf([])).toBe('')
  expect(nameOf([{ name: '南片路灯.v2.xlsx' }, { name: 'photos.zip' }])).toBe('南片路灯.v2')
  expect(nameOf([{ name: '.hidden' }])).toBe('.hidden')
  expect(nameOf([{ name: `${'长'.repeat(300)}.csv` }])).toHaveLength(120)
})
