/** The pages of the findings are those the script writes, and every one is whole. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { findingPages } from '../../scripts/finding-pages.ts'
import { exampleOf, meaningOf } from '../../src/domain/survey/finding-guide.ts'
import { type FindingCode, findings } from '../../src/domain/survey/findings.ts'

const folder = new URL('../../docs/findings/', import.meta.url)
const pages = findingPages()

describe('the pages of the findings', () => {
  it('lie in docs/findings as `node scripts/finding-pages.ts` writes them, one a code and no other', () => {
    expect(readdirSync(folder).toSorted()).toEqual([...pages.keys()].toSorted())
    for (const [name, text] of pages) expect(readFileSync(new URL(name, folder), 'utf8')).toBe(text)
  })

  it('have every place of their sentences filled, in both languages', () => {
    for (const [name, text] of pages) {
      expect([name, /\{\w+\}/.exec(text)?.[0]]).toEqual([name, undefined])
      if (name !== 'README.md') expect(text.split('---\n\n')[1], name).not.toMatch(/undefined|null/)
    }
  })

  it('tell each finding’s own meaning, and give an example of it', () => {
    const codes = Object.keys(findings) as FindingCode[]
    for (const lang of ['zh', 'en'] as const) {
      const meanings = codes.map(code => meaningOf(code, lang))
      expect(new Set(meanings).size).toBe(codes.length)
      for (const meaning of meanings) expect(meaning).toMatch(lang === 'zh' ? /[\u4e00-\u9fff].*。$/ : /\.$/)
    }
    for (const code of codes) expect(exampleOf(code).file).not.toBe('')
  })
})
