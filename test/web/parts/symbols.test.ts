/** Signs of classes: every one of its own, and true to the name where a city gave a number another meaning. */
import { describe, expect, it } from 'vitest'
import { standardClasses } from '../../../src/domain/catalog/cjt214.ts'
import { signOf } from '../../../src/web/parts/symbols.ts'

const key = (code: string, name: string): string => JSON.stringify(signOf(code, name))

describe('the sign of a class', () => {
  it('is its own for each of the standard classes', () => {
    const signs = new Map<string, string>()
    for (const { code, name } of standardClasses) {
      const sign = key(code, name)
      expect(`${name} ${signs.get(sign) ?? ''}`).toBe(`${name} `)
      signs.set(sign, name)
    }
    expect(signs.size).toBe(85)
  })
  it('tells the major class by its outline, and every cover by a circle', () => {
    const outline = (code: string, name: string): string => signOf(code, name).outline
    const majors = ['0121', '0201', '0301', '0401', '0501', '0601', '2101'].map(code => outline(code, '某物'))
    expect(new Set(majors).size).toBe(majors.length)
    for (const cover of ['0101', '0111', '0130', '2101'])
      expect(outline(cover, '某某井盖')).toBe(outline('0102', '污水井盖'))
  })
  it('does not draw the standard thing for a number that means another thing here', () => {
    expect(key('0114', '无主井盖')).not.toBe(key('0115', '无主井盖'))
    expect(key('0117', '立杆')).not.toBe(key('0117', '园林井盖'))
    expect(signOf('0118', '污泥井盖').glyph).toEqual({ text: '污' })
  })
  it('falls back to the first character of a name nobody foresaw', () => {
    expect(signOf('2199', '晒衣架').glyph).toEqual({ text: '晒' })
    expect(signOf('2199', '').glyph).toEqual({ text: '·' })
    expect(signOf('2198', '𠮷祥物').glyph).toEqual({ text: '𠮷' })
  })
  it('uses paths only of numbers and path letters', () => {
    for (const { code, name } of standardClasses) {
      const { outline, glyph } = signOf(code, name)
      for (const path of [outline, ...('path' in glyph ? [glyph.path] : [])])
        expect(path).toMatch(/^M[\d\s.,\-MmLlHhVvQqTtCcSsAaZz]+$/)
    }
  })
})
