import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  codeNamesClass,
  codeProfile,
  componentProfiles,
  digitsOf,
  formatCode,
  gridCodeRule,
  gridProfiles,
  looksNumeric,
  parentCode,
  parseCode,
  profileText,
  ruleText,
  tailsZeroed,
} from '../../../src/domain/catalog/codes.ts'

const cjt16 = codeProfile('cjt16')
const new16 = codeProfile('new16')
const cambridge = codeProfile('state:2 county:3 tract:6 group:1 block:3')

test('the named profiles have the lengths their names say', () => {
  const lengths = Object.keys({ ...componentProfiles, ...gridProfiles }).map(id => [
    id,
    digitsOf(codeProfile(id)),
  ])
  expect(lengths).toEqual([
    ['cjt16', 16],
    ['new16', 16],
    ['cjj14', 14],
    ['db15', 15],
    ['yuncheng16', 16],
    ['cjt349-20', 20],
  ])
})

test('the same sixteen digits are cut as the profile says', () => {
  expect(parseCode(cjt16, '3205060101000001')).toEqual({
    ok: true,
    segments: { county: '320506', major: '01', minor: '01', serial: '000001' },
  })
  expect(parseCode(new16, '3205060101000001')).toEqual({
    ok: true,
    segments: { county: '320506', major: '01', minor: '010', serial: '00001' },
  })
})

test.each([
  ['', 'empty'],
  ['3.20506E+15', 'numeric'],
  ['3205060101000001.0', 'numeric'],
  ['３２０５０６０１０１０００００１', 'not-digits'],
  ['3205060101000001 ', 'not-digits'],
  ['320506010100001', 'length'],
  ['32050601010000011', 'length'],
])('%s is refused as %s, with the rule', (code, reason) => {
  expect(parseCode(cjt16, code)).toEqual({ ok: false, reason, rule: '16 = 6+2+2+6' })
})

test('codes of a world of its own are a notation, segments, or any text', () => {
  expect(parseCode(cambridge, '250173521001000')).toMatchObject({
    segments: { tract: '352100', group: '1', block: '000' },
  })
  expect(codeProfile({ segments: [{ name: 'number', digits: 19 }] })).toEqual(codeProfile('number:19'))
  expect(parseCode(codeProfile('any'), 'P-17 b')).toEqual({ ok: true, segments: {} })
  expect(parseCode(codeProfile('any'), '')).toMatchObject({ ok: false })
})

test.each(['cjt17', '', 'serial:0', 'serial', { segments: [] }, { segments: [{ name: 'x', digits: 0 }] }])(
  '%j is not a profile',
  given => {
    expect(() => codeProfile(given)).toThrow(RangeError)
  },
)

test('a sequence that has run over is an error, not a longer code', () => {
  const values = { county: '320506', town: 101, village: 5 }
  expect(formatCode(codeProfile('cjj14'), { ...values, sequence: 99 })).toBe('32050610100599')
  expect(() => formatCode(codeProfile('cjj14'), { ...values, sequence: 100 })).toThrow(
    'sequence 100 does not fit 2 digits',
  )
  expect(() => formatCode(codeProfile('cjj14'), values)).toThrow(RangeError)
  expect(() => formatCode(codeProfile('cjj14'), { ...values, sequence: 1.5 })).toThrow(RangeError)
  expect(() => formatCode(codeProfile('any'), values)).toThrow(RangeError)
})

test('the class inside a code is compared by number', () => {
  expect(codeNamesClass({ major: '01', minor: '01' }, '0101')).toBe(true)
  expect(codeNamesClass({ major: '01', minor: '001' }, '0101')).toBe(true)
  expect(codeNamesClass({ major: '01', minor: '01' }, '0201')).toBe(false)
  expect(codeNamesClass({ major: '01', minor: '010' }, '0101')).toBe(false)
  expect(codeNamesClass({ number: '7' }, '0101')).toBe(true)
})

describe('grid levels', () => {
  const levels = [0, 1, 2, 3] as const
  const digits = (id: string) => levels.map(level => digitsOf(gridCodeRule(codeProfile(id), level)))

  test('each level has the digits up to its own segment', () => {
    expect(digits('cjj14')).toEqual([6, 9, 12, 14])
    expect(digits('yuncheng16')).toEqual([6, 10, 13, 16])
    expect(digits('cjt349-20')).toEqual([12, 15, 18, 20])
    expect(digits('state:2 county:3 tract:6 group:1 block:3')).toEqual([5, 11, 12, 15])
  })

  test('a level without a segment takes any code', () => {
    expect(digits('town:3 village:3 sequence:2')).toEqual([null, 3, 6, 8])
    expect(digits('village:3 sequence:2')).toEqual([null, null, 3, 5])
    expect(digits('any')).toEqual([null, null, null, null])
  })

  test('the parent is the code without its last segment', () => {
    expect(parentCode(cambridge, 3, '250173521001000')).toBe('250173521001')
    expect(parentCode(cambridge, 2, '250173521001')).toBe('25017352100')
    expect(parentCode(codeProfile('cjj14'), 1, '320506101')).toBe('320506')
  })

  test('a code is checked against its own level', () => {
    const fits = (id: string, level: 0 | 1 | 2 | 3, code: string) =>
      parseCode(gridCodeRule(codeProfile(id), level), code).ok
    expect(fits('cjj14', 2, '320506101005')).toBe(true)
    expect(fits('cjj14', 3, '320506101005')).toBe(false)
    expect(fits('any', 3, '苑北-1')).toBe(true)
  })

  test('there is no parent for the district, for a code of another length, or without segments', () => {
    expect(parentCode(cambridge, 0, '25017')).toBeNull()
    expect(parentCode(cambridge, 3, '25017352100')).toBeNull()
    expect(parentCode(codeProfile('any'), 3, '250173521001000')).toBeNull()
    expect(parentCode(codeProfile('town:3 village:3 sequence:2'), 1, '101')).toBeNull()
  })
})

describe('codes that were numbers once', () => {
  test.each([
    ['3.20506E+15', 'exponent'],
    ['3.20506e15', 'exponent'],
    ['3205060101000001.0', 'decimal'],
    ['3205060101000001.', 'decimal'],
    ['3205060101000001', null],
    ['32050E', null],
    ['1.2.3', null],
    ['', null],
  ])('%s: %s', (code, reason) => {
    expect(looksNumeric(code)).toBe(reason)
  })

  test('a column whose codes all end in zeros after fifteen digits was rounded', () => {
    const rounded = Array.from({ length: 20 }, (_, i) => `3205060101${String(i + 1).padStart(5, '0')}0`)
    expect(tailsZeroed(rounded)).toBe(true)
    expect(tailsZeroed([...rounded, '3205060101000017'])).toBe(false)
    expect(tailsZeroed(rounded.slice(0, 5))).toBe(false)
    expect(tailsZeroed(Array.from({ length: 50 }, () => rounded[0]!))).toBe(false)
  })

  test('codes of fifteen digits or fewer say nothing', () => {
    expect(tailsZeroed(Array.from({ length: 50 }, (_, i) => `${3205061010 + i}0000`))).toBe(false)
  })
})

test('the rule is told in both languages', () => {
  expect(ruleText(cjt16, 'zh')).toBe('16 位数字：行政区 6 + 大类 2 + 小类 2 + 顺序号 6')
  expect(ruleText(cjt16, 'en')).toBe('16 digits: county 6 + major class 2 + minor class 2 + serial 6')
  expect(ruleText(gridCodeRule(codeProfile('cjj14'), 1), 'zh')).toBe('9 位数字：行政区 6 + 街道（镇） 3')
  expect(ruleText(codeProfile('tract:6'), 'en')).toBe('6 digits: tract 6')
  expect(ruleText(codeProfile('any'), 'any')).toBe('*')
})

const profiles = fc
  .array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })
  .map(sizes => codeProfile({ segments: sizes.map((digits, i) => ({ name: `s${i}`, digits })) }))

test('what is put together is cut again into the same numbers', () => {
  fc.assert(
    fc.property(profiles, fc.infiniteStream(fc.nat()), (profile, numbers) => {
      if (profile.segments === 'any') return
      const values = Object.fromEntries(
        profile.segments.map(({ name, digits }) => [name, numbers.next().value! % 10 ** digits]),
      )
      const parsed = parseCode(profile, formatCode(profile, values))
      expect(
        parsed.ok &&
          Object.fromEntries(Object.entries(parsed.segments).map(([name, text]) => [name, Number(text)])),
      ).toEqual(values)
    }),
  )
})

test('whatever a profile takes has exactly its digits and is put together again unchanged', () => {
  const texts = fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{1,20}$/))
  fc.assert(
    fc.property(profiles, texts, (profile, text) => {
      const parsed = parseCode(profile, text)
      expect(parsed.ok).toBe(new RegExp(`^[0-9]{${digitsOf(profile)}}$`).test(text))
      if (parsed.ok) expect(formatCode(profile, parsed.segments)).toBe(text)
    }),
  )
})

test('a profile is known again by its text', () => {
  fc.assert(
    fc.property(profiles, profile => {
      if (profile.segments === 'any') return
      expect(codeProfile(profileText(profile.segments))).toEqual(profile)
    }),
  )
})
