import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sieve } from '../../../src/domain/atlas/filter.ts'
import { countByGrid, distribution, listPage, summaryOf } from '../../../src/domain/atlas/listing.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { at, classCodes, DISTRICT, dotAt, idAt, smallModel } from './small-model.ts'

const everything = scopeOf(DISTRICT)
const things = Array.from({ length: 57 }, (_, i) => ({
  code: i % 19 === 0 ? null : `3205${String((i * 37) % 100).padStart(2, '0')}`,
  class: classCodes[i % 3]!,
  geometry: dotAt((i % 10) * 0.61 + 0.1, (i % 7) * 0.55 + 0.05),
  ...(i % 4 === 0 ? { owner: 'water' } : {}),
}))
const model = smallModel(things)
const all = sieve(model, everything, {})

describe('a list of components', () => {
  it('shows every one exactly once over its pages, in code order, whatever the length of a page', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), limit => {
        const ids: string[] = []
        const codes: (string | null)[] = []
        for (let after: number | null = 0; after !== null; ) {
          const page = listPage(model, all, { after, limit })
          expect(page.total).toBe(things.length)
          ids.push(...page.items.map(each => each.id))
          codes.push(...page.items.map(each => each.code))
          after = page.next
        }
        expect(ids.length).toBe(things.length)
        expect(new Set(ids).size).toBe(things.length)
        expect(codes).toEqual(
          [...codes].sort((a, b) => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1)),
        )
      }),
    )
  })
  it('holds what lies in a box, and nothing else', () => {
    const [west, south] = at(1, 1)
    const [east, north] = at(3, 2.5)
    const inside = things.flatMap(
      (
        {
          geometry: {
            coordinates: [x, y],
          },
        },
        i,
      ) => (x! >= west && x! <= east && y! >= south && y! <= north ? [idAt(i)] : []),
    )
    const page = listPage(model, all, { bbox: [west, south, east, north], after: 0, limit: 100 })
    expect(inside.length).toBeGreaterThan(0)
    expect(page.items.map(each => each.id).sort()).toEqual(inside)
    expect(page.total).toBe(inside.length)
  })
  it('holds codes with a text in them', () => {
    const page = listPage(model, all, { q: '059', after: 0, limit: 100 })
    expect(page.total).toBe(things.filter(each => each.code?.includes('059')).length)
    expect(page.total).toBeGreaterThan(0)
    expect(listPage(model, all, { q: 'nowhere', after: 0, limit: 100 })).toEqual({
      total: 0,
      items: [],
      next: null,
    })
  })
  it('ends past the last one', () => {
    expect(listPage(model, all, { after: 1000, limit: 10 })).toEqual({
      total: things.length,
      items: [],
      next: null,
    })
  })
  it('says of each what the list shows', () => {
    expect(summaryOf(model, 4)).toEqual({
      id: idAt(4),
      code: things[4]!.code,
      class: '0102',
      className: '类0102',
      state: null,
      lonLat: things[4]!.geometry.coordinates,
      areaCode: 'A2',
      areaName: 'name A2',
      ownerName: 'water works',
    })
  })
})

describe('counts', () => {
  it('of classes add up to what passes, the commonest first', () => {
    const { total, items } = distribution(model, sieve(model, everything, { areas: ['A1'] }))
    expect(total).toBe(
      listPage(model, sieve(model, everything, { areas: ['A1'] }), { after: 0, limit: 1 }).total,
    )
    expect(items.map(each => each.count)).toEqual([...items.map(each => each.count)].sort((a, b) => b - a))
    expect(distribution(model, sieve(model, everything, { areas: ['nowhere'] }))).toEqual({
      total: 0,
      items: [],
    })
  })
  it('of grids add up from areas to the district, and hold only what the scope sees', () => {
    const counts = countByGrid(model, all)
    const of = (code: string) => counts.get(`grid-${code}`) ?? 0
    expect(of('A1') + of('A2')).toBe(of('V1'))
    expect(of('V1') + of('V2')).toBe(of('T'))
    expect(of('T')).toBe(things.length - [...model.components.area].filter(area => area < 0).length)
    const narrow = countByGrid(model, sieve(model, scopeOf(DISTRICT, { hiddenClasses: classCodes }), {}))
    expect([...narrow]).toEqual([])
  })
})
