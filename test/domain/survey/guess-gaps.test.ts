import { describe, expect, it } from 'vitest'
import { standardClasses } from '../../../src/domain/catalog/cjt214.ts'
import { classIndex } from '../../../src/domain/catalog/rules.ts'
import { remedy, sentence, severityOf } from '../../../src/domain/survey/findings.ts'
import { withClassColumn } from '../../../src/domain/survey/guess-class.ts'
import { gapsOf } from '../../../src/domain/survey/guess-gaps.ts'
import { guessProfile } from '../../../src/domain/survey/profile.ts'
import type { SourceLayer } from '../../../src/domain/survey/readers/source.ts'
import { type DeliveryKind, Profile } from '../../../src/domain/survey/schema.ts'

const layerOf = (
  name: string,
  columns: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
  more: Partial<SourceLayer> = {},
) => ({
  file: `${name}.shp`,
  name,
  fields: columns.map(each => ({ name: each, stored: 'text' as const })),
  crs: { kind: 'code' as const, code: 'EPSG:4490' },
  sample: rows.map((values, n) => ({ row: n + 1, values: [...values], geometry: null })),
  ...more,
})
const ground = { district: '320599', codeProfile: 'cjj14', named: null }
const gaps = (kind: DeliveryKind, layers: ReturnType<typeof layerOf>[], more: object = {}) =>
  gapsOf({ ...guessProfile(kind, layers), ...more }, layers, {
    ...ground,
    codeProfile: kind === 'grids' ? 'cjj14' : 'cjt16',
  })
const codes = (found: ReturnType<typeof gaps>) => found.map(each => each.code)

describe('what a guess cannot say', () => {
  const grids = layerOf('苏州区县', ['网格编码', '网格名称'], [['320505', '虎丘']])

  it('of grids is the level, with the very keys that say it', () => {
    const [found, ...others] = gaps('grids', [grids])
    expect(others).toEqual([])
    expect(found).toMatchObject({ code: 'profile.level', file: '苏州区县.shp' })
    expect(severityOf(found!.code)).toBe('error')
    for (const lang of ['zh', 'en'] as const) {
      expect(sentence(found!, lang)).toContain('苏州区县')
      for (const key of ['layers.苏州区县.level', 'defaults.level', 'fields.level'])
        expect(remedy(found!, lang)).toContain(key)
    }
    const said = [
      { defaults: { level: '0' } },
      { layers: { 苏州区县: { level: 0 } } },
      { layers: { '*': { level: 0 } } },
    ]
    for (const more of said) expect(gaps('grids', [grids], more)).toEqual([])
  })

  it('of grids is a code that fits no rule, of the level where it is said; codeProfile is named and helps', () => {
    const at = (code: string, more: object) =>
      gaps('grids', [layerOf('区', ['网格编码', '网格名称'], [[code, 'a']])], more)
    const level = { defaults: { level: '0' } }
    const [misfit] = at('32050', level)
    expect(misfit).toMatchObject({
      code: 'grid.code',
      row: 1,
      field: '网格编码',
      value: '32050',
      detail: { rule: '6' },
    })
    for (const lang of ['zh', 'en'] as const) expect(remedy(misfit!, lang)).toMatch(/codeProfile.*any/)
    expect(at('320505', level)).toEqual([])
    expect(at('32050', { ...level, codeProfile: 'any' })).toEqual([])
    expect(codes(at('32050', {}))).toEqual(['grid.code', 'profile.level'])
    expect(codes(at('320505001', {}))).toEqual(['profile.level'])
    expect(codes(at('320505001', level))).toEqual(['grid.code'])
  })

  it('of any kind is the column a load cannot do without, once for all layers that lack it', () => {
    const nothing = (name: string) => layerOf(name, ['甲', '乙'], [['1', '2']])
    const found = gaps('grids', [nothing('a'), nothing('b')], { defaults: { level: '3' } })
    expect(found.map(each => [each.code, each.field, each.detail.layers])).toEqual([
      ['profile.needed', 'code', 'a, b'],
      ['profile.missed', 'name', 'a, b'],
    ])
    expect(remedy(found[0]!, 'zh')).toBe(
      '在映射方案中写 fields.code: 列名；各行相同的写 defaults.code: 值；现有列：甲, 乙',
    )
    expect(sentence(found[0]!, 'en')).toBe(
      'No column was recognised as the code (layer a, b); a load would be refused',
    )
    expect(codes(gaps('addresses', [nothing('a')]))).toEqual(['profile.needed'])
    expect(gaps('places', [nothing('a')]).map(each => each.field)).toEqual(['placeKind', 'name'])
    expect(gaps('classes', [nothing('a')]).map(each => each.field)).toEqual(['code', 'name', 'geometry'])
    expect(codes(gaps('units', [layerOf('a', ['单位名称', '代码'], [['x', '1']])]))).toEqual([])
  })

  it('of components is the class, unless a column, a layer or the code says it', () => {
    const class_ = (columns: string[], more: object = {}, name = 'a') =>
      gaps('components', [layerOf(name, columns, [])], more).filter(each => each.field === 'className')
    expect(codes(class_(['甲']))).toEqual(['profile.needed'])
    for (const columns of [['OBJNAME'], ['类别代码'], ['OBJCODE']]) expect(class_(columns)).toEqual([])
    expect(class_(['甲'], {}, '0118')).toEqual([])
    expect(codes(class_(['OBJCODE'], { codeProfile: 'any' }))).toEqual(['profile.needed'])
  })

  it('of columns names so many and counts the others', () => {
    const columns = Array.from({ length: 130 }, (_, n) => `C${n}`)
    const [found] = gaps('addresses', [layerOf('a', columns, [])])
    expect(remedy(found!, 'zh')).toMatch(/C23, … \+106$/)
  })

  it('is the reference system, stated or missing, or one that lacks parameters', () => {
    const lamp = (more: Partial<SourceLayer>) => gaps('components', [layerOf('0118', ['OBJCODE'], [], more)])
    expect(codes(lamp({ crs: { kind: 'none' } }))).toEqual(['crs.missing'])
    expect(codes(lamp({ crs: { kind: 'code', code: 'EPSG:2364' } }))).toEqual(['crs.parameters'])
    expect(lamp({})).toEqual([])
    expect(codes(gaps('units', [layerOf('a', ['单位名称', '代码'], [], { crs: { kind: 'none' } })]))).toEqual(
      [],
    )
  })

  it('of a table without positions is where they stand, and nothing of a reference system', () => {
    const [found, ...others] = gaps('components', [
      layerOf('0118', ['OBJCODE', '备注'], [], { crs: { kind: 'none' }, position: null }),
    ])
    expect(others).toEqual([])
    expect(found).toMatchObject({ code: 'position.column', detail: { columns: 'OBJCODE, 备注' } })
    expect(remedy(found!, 'en')).toMatch(/position\.x and position\.y/)
  })

  it('is nothing of a layer that is skipped', () => {
    expect(gaps('grids', [grids], { layers: { 苏州区县: { skip: true } } })).toEqual([])
  })
})

describe('the column of the class', () => {
  const classes = classIndex(standardClasses, 'd')
  const guess = (columns: string[], rows: (string | null)[][], name = '部件') => {
    const layers = [layerOf(name, columns, rows)]
    return withClassColumn(guessProfile('components', layers), layers, classes).fields
  }

  it('is one in which only names of classes stand', () => {
    const rows = [
      ['3205990118000001', '路灯'],
      ['3205990104000001', '雨水箅子'],
    ]
    expect(guess(['编号', '名称'], rows)).toEqual({ code: '编号', className: '名称' })
    expect(guess(['编号', '叫什么'], rows)).toEqual({ code: '编号', className: '叫什么' })
  })

  it('is none where something else stands too, nothing at all, or where the class is said already', () => {
    expect(
      guess(
        ['编号', '名称'],
        [
          ['1', '路灯'],
          ['2', '老街三号灯'],
        ],
      ),
    ).toEqual({ code: '编号' })
    expect(
      guess(
        ['编号', '名称'],
        [
          ['1', '路灯'],
          ['2', null],
        ],
      ),
    ).toEqual({ code: '编号' })
    expect(guess(['编号', '名称'], [])).toEqual({ code: '编号' })
    expect(guess(['编号', '名称'], [['1', '路灯']], '0118')).toEqual({ code: '编号' })
    expect(guess(['编号', '类别', '名称'], [['1', '井盖', '路灯']])).toEqual({
      code: '编号',
      className: '类别',
    })
  })
})

describe('a mapping profile', () => {
  it('takes numbers where a text is meant', () => {
    const read = Profile.parse({
      kind: 'grids', crs: 4549, fields: { name: 2017 }, defaults: { level: 0 }, layers: { a: { class: 2101 } },
    }) // biome-ignore format: a profile
    expect(read).toMatchObject({
      crs: '4549', fields: { name: '2017' }, defaults: { level: '0' }, layers: { a: { class: '2101' } },
    }) // biome-ignore format: a profile
    for (const wrong of [{ level: true }, { level: '' }, { level: null }, { level: {} }])
      expect(Profile.safeParse({ kind: 'grids', defaults: wrong }).success).toBe(false)
  })
})
