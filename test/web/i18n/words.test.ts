/** The console's two languages say the same things. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { en } from '../../../src/web/i18n/en.ts'
import { zh } from '../../../src/web/i18n/zh.ts'

type Words = { [key: string]: string | Words }
const flat = (words: Words, path = ''): [string, string][] =>
  Object.entries(words).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : flat(value, `${path}${key}.`),
  )
const chinese = new Map(flat(zh))
const english = new Map(flat(en))
const places = (text = ''): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(match => match[1]!).sort()

const web = join(import.meta.dirname, '../../../src/web')
const source = readdirSync(web, { recursive: true, encoding: 'utf8' })
  .filter(path => /\.(vue|ts)$/.test(path) && !path.startsWith('i18n'))
  .map(path => readFileSync(join(web, path), 'utf8'))
  .join('\n')

describe('the words', () => {
  it('have the same keys and the same places to fill in both languages', () => {
    expect([...english.keys()]).toEqual([...chinese.keys()])
    for (const [key, text] of chinese) expect([key, places(english.get(key))]).toEqual([key, places(text)])
  })
  it('are in their language: no Chinese left in English, no English sentence in Chinese', () => {
    for (const [key, text] of english) expect([key, /[\u4e00-\u9fff]/.test(text)]).toEqual([key, false])
    for (const [key, text] of chinese)
      expect([key, /[\u4e00-\u9fff]/.test(text) || text.length < 12]).toEqual([key, true])
  })
  it('hold nothing the message syntax would take for its own', () => {
    for (const text of [...chinese.values(), ...english.values()]) expect(text).not.toMatch(/[@|]/)
  })
  it('are all said somewhere, and all that is said is there', () => {
    const built = [...source.matchAll(/`([\w]+\.[\w.]*)\$\{/g)].map(match => match[1]!)
    for (const key of chinese.keys()) {
      const used = source.includes(`'${key}'`) || built.some(start => key.startsWith(start))
      expect([key, used]).toEqual([key, true])
    }
    for (const [, key] of source.matchAll(/\b(?:t|say)\('([\w.]+)'/g))
      expect([key, chinese.has(key!)]).toEqual([key, true])
  })
})
