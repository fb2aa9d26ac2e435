import { describe, expect, it } from 'vitest'
import { haversineM } from '../../../gis/measure.ts'
import { sieve, type Wish } from '../../../src/domain/atlas/filter.ts'
import { pick } from '../../../src/domain/atlas/pick.ts'
import type { PickLayer } from '../../../src/domain/atlas/schema.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { at, box, DISTRICT, dotAt, smallModel } from './small-model.ts'

/** About a metre in the units of the plan. */
const M = 1e-3
const model = smallModel([
  { code: '1', class: '0101', geometry: dotAt(1, 1) },
  { code: '2', class: '0102', geometry: dotAt(1, 1), owner: 'water' },
  { code: '3', class: '0101', geometry: dotAt(1 + 3 * M, 1) },
  { code: '4', class: '0201', geometry: { type: 'LineString', coordinates: [at(2, 1), at(3, 1)] } },
  { code: '5', class: '0201', geometry: box(1, 3, 1.5, 3.5) },
  { code: '6', class: '0101', geometry: dotAt(1.2, 3.2) },
])
const ask = (
  x: number,
  y: number,
  {
    zoom = 19,
    tolerancePx = 6,
    limit = 50,
    wish = {} as Wish,
    scope = scopeOf(DISTRICT),
    layers = ['components'] as PickLayer[],
  } = {},
) => {
  const [lon, lat] = at(x, y)
  const asked = { lon, lat, zoom, tolerancePx, layers }
  const { items, more } = pick(model, scope, sieve(model, scope, wish), asked, limit)
  const codes = items.map(each => ('code' in each ? each.code : 'text' in each ? each.text : each.name))
  return { codes, items, more }
}

describe('pick', () => {
  it('gives everything that stands on one spot, and not what stands further than the tolerance', () => {
    // at zoom 19 six pixels are about 1.5 m
    expect(ask(1, 1).codes.sort()).toEqual(['1', '2'])
    expect(ask(1, 1, { zoom: 17 }).codes).toEqual(expect.arrayContaining(['1', '2', '3']))
  })
  it('puts the nearest first and tells the distance in metres', () => {
    const { codes, items } = ask(1 + 2 * M, 1, { zoom: 17 })
    expect(codes[0]).toBe('3')
    expect(items[0]!.distanceM).toBeCloseTo(haversineM(...at(1 + 2 * M, 1), ...at(1 + 3 * M, 1)), 1)
    expect(items.map(each => each.distanceM)).toEqual(
      [...items.map(each => each.distanceM)].sort((a, b) => a - b),
    )
  })
  it('finds nothing where nothing is', () => {
    expect(ask(3.5, 3.5)).toEqual({ codes: [], items: [], more: false })
    expect(ask(1, 1 + 2 * M, { tolerancePx: 0 }).codes).toEqual([])
  })
  it('reaches a line anywhere along it, within the tolerance and not beyond', () => {
    expect(ask(2.123, 1 + 1 * M).codes).toEqual(['4'])
    expect(ask(2.123, 1 + 3 * M).codes).toEqual([])
    expect(ask(1.99, 1).codes).toEqual([])
  })
  it('finds a polygon from anywhere inside it at distance 0, after a dot on it', () => {
    expect(ask(1.4, 3.4).items).toMatchObject([{ layer: 'components', code: '5', distanceM: 0 }])
    expect(ask(1.2, 3.2).codes).toEqual(['6', '5'])
    expect(ask(1.6, 3.4).codes).toEqual([])
  })
  it('says that there is more when the limit cuts', () => {
    expect(ask(1, 1, { limit: 1 })).toMatchObject({ more: true, items: [{}] })
    expect(ask(1, 1, { limit: 2 }).more).toBe(false)
  })
  it('passes over what is filtered out or not seen', () => {
    expect(ask(1, 1, { wish: { classes: ['0102'] } }).codes).toEqual(['2'])
    expect(ask(1, 1, { wish: { unit: 'water' } }).codes).toEqual(['2'])
    expect(ask(1, 1, { wish: { areas: ['A2'] } }).codes).toEqual([])
    expect(ask(1, 1, { scope: scopeOf(DISTRICT, { hiddenClasses: ['0102'] }) }).codes).toEqual(['1'])
    expect(ask(1.4, 3.4, { scope: scopeOf(DISTRICT, { areas: ['A1'] }) }).codes).toEqual([])
    expect(ask(2.5, 1, { scope: scopeOf(DISTRICT, { units: ['water'] }) }).codes).toEqual([])
  })
  it('names addresses and grids where they are asked for, and nothing that is not', () => {
    const all: PickLayer[] = ['components', 'addresses', 'places', 'grids']
    expect(ask(1, 1, { layers: ['grids'] }).codes).toEqual(['A1', 'V1', 'T', DISTRICT])
    expect(ask(1, 1, { layers: ['addresses'] }).codes).toEqual(['宝带西路1号'])
    expect(ask(1, 1, { layers: ['places'] }).codes).toEqual([])
    // components before the address on the same spot, and all points before what is around them
    expect(ask(1, 1, { layers: all }).codes).toEqual(['1', '2', '宝带西路1号', 'A1', 'V1', 'T', DISTRICT])
    expect(ask(1.4, 3.4, { layers: all }).codes).toEqual(['5', 'A2', 'V1', 'T', DISTRICT])
    expect(ask(4.7, 1, { layers: ['grids'] }).codes).toEqual(['A3', 'A4', 'V2', 'T', DISTRICT])
  })
  it('names no ground, address or grid that the scope does not see', () => {
    const scope = scopeOf(DISTRICT, { areas: ['A2'] })
    expect(ask(1, 1, { layers: ['addresses', 'grids'], scope }).codes).toEqual(['V1', 'T', DISTRICT])
    expect(ask(1, 3, { layers: ['addresses', 'grids'], scope }).codes[0]).toBe('宝带西路2号')
  })
  it('means a line before what surrounds it, and the smaller of what surrounds', () => {
    const layered = smallModel([
      { code: 'big', class: '0201', geometry: box(0, 0, 4, 4) },
      { code: 'small', class: '0201', geometry: box(1, 1, 2, 2) },
      {
        code: 'line',
        class: '0201',
        geometry: { type: 'LineString', coordinates: [at(1, 1.5), at(2, 1.5)] },
      },
    ])
    const scope = scopeOf(DISTRICT)
    const [lon, lat] = at(1.5, 1.5 + M)
    const asked = { lon, lat, zoom: 19, tolerancePx: 6, layers: ['components' as const] }
    const { items } = pick(layered, scope, sieve(layered, scope, {}), asked, 50)
    expect(items.map(each => 'code' in each && each.code)).toEqual(['line', 'small', 'big'])
  })
})
