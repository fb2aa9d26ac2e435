import { describe, expect, it } from 'vitest'
import { sieve } from '../../../src/domain/atlas/filter.ts'
import { search } from '../../../src/domain/atlas/search.ts'
import { standardClasses } from '../../../src/domain/catalog/cjt214.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { DISTRICT, dotAt, idAt, smallModel } from './small-model.ts'

const model = smallModel([
  { code: '3205990101000777', class: '0101', geometry: dotAt(1, 1) },
  { code: '3205990101000778', class: '0102', geometry: dotAt(1, 3) },
  { code: null, class: '0201', geometry: dotAt(5.5, 1) },
  { code: '3205990102000777', class: '0101', geometry: dotAt(2, 1) },
])
const ask = (
  q: string,
  { limit = 8, ...narrow }: { limit?: number } & Parameters<typeof scopeOf>[1] = {},
) => {
  const scope = scopeOf(DISTRICT, narrow)
  return search(model, scope, sieve(model, scope, {}), q, limit)
}
const codes = (q: string, narrow = {}) => ask(q, narrow).components.map(each => each.code)

describe('search', () => {
  it('finds components by the beginning of their code, then by its end', () => {
    expect(codes('32059901010007')).toEqual(['3205990101000777', '3205990101000778'])
    expect(codes('000777')).toEqual(['3205990101000777', '3205990102000777'])
    expect(codes('3205990101000778')).toEqual(['3205990101000778'])
    expect(codes('999999')).toEqual([])
  })
  it('finds a component by its id, also one without a code', () => {
    expect(ask(idAt(2)).components).toMatchObject([{ id: idAt(2), code: null }])
    expect(ask(idAt(99)).components).toEqual([])
  })
  it('reads full-width digits like others and keeps to the limit', () => {
    expect(codes('３２０５９９０１０１０００７７８')).toEqual(['3205990101000778'])
    expect(codes('3205', { limit: 1 })).toEqual(['3205990101000777'])
  })
  it('finds classes by code, either name and alias', () => {
    for (const q of ['0102', '类0102', 'CLASS 0102', '井盖子'])
      expect(ask(q).classes.map(each => each.code)).toEqual(['0102'])
  })
  it('finds classes by other English words, as many as share one', () => {
    const classes = standardClasses.filter(each => ['0101', '0104', '0118'].includes(each.code))
    const scope = scopeOf(DISTRICT)
    const known = { ...model, classes }
    const found = (q: string) =>
      search(known, scope, sieve(known, scope, {}), q, 8).classes.map(each => each.code)
    expect(found('Manhole')).toEqual(['0101'])
    expect(found('street light')).toEqual(['0118'])
    expect(found('gully')).toEqual(['0104'])
    expect(found('giraffe')).toEqual([])
  })
  it('finds units by name and code, and grids by name and code, an exact match first', () => {
    expect(ask('water').units.map(each => each.id)).toEqual(['water'])
    expect(ask('code-power').units.map(each => each.id)).toEqual(['power'])
    expect(ask('A1').grids[0]).toMatchObject({ level: 3, code: 'A1', name: 'name A1' })
    expect(ask('name v').grids.map(each => each.code)).toEqual(['V1', 'V2'])
  })
  it('does not find what the scope hides', () => {
    expect(codes('000777', { hiddenClasses: ['0101'] })).toEqual([])
    expect(ask(idAt(0), { hiddenClasses: ['0101'] }).components).toEqual([])
    expect(ask('0101', { hiddenClasses: ['0101'] }).classes).toEqual([])
    expect(codes('3205', { areas: ['A2'] })).toEqual(['3205990101000778'])
    expect(ask('name v', { areas: ['V1'] }).grids.map(each => each.code)).toEqual(['V1'])
    expect(codes('3205', { units: ['water'] })).toEqual([])
  })
  it('tells addresses only of ground the scope sees, those in no area only to who sees all', () => {
    const texts = (areas?: string[]) => ask('宝带西路', areas && { areas }).addresses.map(each => each.text)
    expect(texts()).toEqual(['宝带西路1号', '宝带西路2号', '宝带西路3号'])
    expect(texts([DISTRICT])).toEqual(['宝带西路1号', '宝带西路2号', '宝带西路3号'])
    expect(texts(['V1'])).toEqual(['宝带西路1号', '宝带西路2号'])
    expect(texts(['A2'])).toEqual(['宝带西路2号'])
    expect(texts(['A4'])).toEqual([])
    const limited = ask('宝带西路', { areas: ['A2'], limit: 1 })
    expect(limited.addresses.map(each => each.text)).toEqual(['宝带西路2号'])
  })
  it('tells units only to who sees them', () => {
    expect(ask('code-', { units: ['water'] }).units.map(each => each.id)).toEqual(['water'])
    expect(ask('code-').units.map(each => each.id)).toEqual(['water', 'power'])
  })
})
