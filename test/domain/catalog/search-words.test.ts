import { describe, expect, it } from 'vitest'
import { standardClasses } from '../../../src/domain/catalog/cjt214.ts'
import { searchWords } from '../../../src/domain/catalog/search-words.ts'

const named = (text: string) =>
  standardClasses.filter(each => searchWords[each.name]?.includes(text)).map(each => each.code)

describe('the other words of classes', () => {
  it('are of classes of the standard, in English', () => {
    const names = new Set(standardClasses.map(each => each.name))
    for (const [name, words] of Object.entries(searchWords)) {
      expect([name, names.has(name)]).toEqual([name, true])
      expect(words).toMatch(/^[A-Za-z][A-Za-z -]*(, [A-Za-z][A-Za-z -]*)*$/)
    }
  })

  it('find what people who speak English look for', () => {
    expect(named('manhole')).toHaveLength(16)
    expect(named('manhole')).not.toContain('0104')
    expect(named('street light')).toEqual(['0106', '0118'])
    expect(named('fire hydrant')).toEqual(['0113'])
  })
})
