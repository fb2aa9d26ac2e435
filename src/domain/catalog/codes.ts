/**
 * Codes of components and grids, cut by a profile. The same sixteen digits are 6+2+2+6 in one city and
 * 6+2+3+5 in the next, so the profile is chosen by the district and never guessed from the length. Pure.
 *
 *   320506 01 01 000001      cjt16      320506 01 001 00001      new16
 *   county major minor serial           county major minor serial
 */
import { z } from 'zod'

/** A run of digits inside a code. */
export interface Segment {
  /** `county`, `major`, `minor`, `serial`, `town`, `village`, `sequence`, `object`, or a word of the district. */
  name: string
  digits: number
}

/** How a code is cut; 'any' takes every text that is not empty. */
export interface CodeProfile {
  /** One of the named profiles, 'any', or the notation of `profileText`. */
  id: string
  segments: readonly Segment[] | 'any'
}

const cut = (text: string): Segment[] =>
  text.split(' ').map(part => {
    const [name, digits] = part.split(':')
    return { name: name!, digits: Number(digits) }
  })

const county = 'county:6'

/** Component codes: CJ/T 214 and GB/T 30428.2-2013; the newer cut with three-digit minors. */
export const componentProfiles = {
  cjt16: cut(`${county} major:2 minor:2 serial:6`),
  new16: cut(`${county} major:2 minor:3 serial:5`),
} as const

/** Grid codes: CJ/T 213; three-digit sequences (DB11); a live system in Yuncheng; CJ/T 349-2010. */
export const gridProfiles = {
  cjj14: cut(`${county} town:3 village:3 sequence:2`),
  db15: cut(`${county} town:3 village:3 sequence:3`),
  yuncheng16: cut(`${county} town:4 village:3 sequence:3`),
  'cjt349-20': cut(`object:6 ${county} town:3 village:3 sequence:2`),
} as const

const named: Record<string, readonly Segment[]> = { ...componentProfiles, ...gridProfiles }

const segmentSchema = z.object({
  name: z.string().regex(/^[\p{L}][\p{L}\d_-]*$/u),
  digits: z.number().int().min(1).max(32),
})
const segmentsSchema = z.object({ segments: z.array(segmentSchema).min(1).max(12) })

/** What a district or a mapping profile may write: a name, the notation `state:2 county:3 ...`, or segments. */
export const codeProfileSchema = z.union([
  z.string().refine(text => text === 'any' || text in named || notation.test(text), {
    params: { rule: 'codeProfile' },
  }),
  segmentsSchema,
])
export type CodeProfileInput = z.input<typeof codeProfileSchema>

const notation = /^[\p{L}][\p{L}\d_-]*:[1-9]\d?( [\p{L}][\p{L}\d_-]*:[1-9]\d?)*$/u

/**
 * The profile of a name, of a notation (`state:2 county:3 tract:6`), or of segments.
 * @throws RangeError when it is none of them
 */
export function codeProfile(given: CodeProfileInput): CodeProfile {
  const input = codeProfileSchema.safeParse(given)
  if (!input.success) throw new RangeError(`not a code profile: ${JSON.stringify(given)}`)
  if (typeof input.data !== 'string')
    return { id: profileText(input.data.segments), segments: input.data.segments }
  if (input.data === 'any') return { id: 'any', segments: 'any' }
  return { id: input.data, segments: named[input.data] ?? cut(input.data) }
}

/** Segments as one line of text, which `codeProfile` reads again. */
export const profileText = (segments: readonly Segment[]): string =>
  segments.map(({ name, digits }) => `${name}:${digits}`).join(' ')

/** Digits of a code in all; null where any text goes. */
export const digitsOf = (profile: CodeProfile): number | null =>
  profile.segments === 'any' ? null : profile.segments.reduce((sum, segment) => sum + segment.digits, 0)

export type ParsedCode =
  | { ok: true; segments: Record<string, string> }
  | { ok: false; reason: 'empty' | 'numeric' | 'not-digits' | 'length'; rule: string }

/** Cuts a code, exactly as it stands: nothing is trimmed, folded or padded. `rule` is the same in every language. */
export function parseCode(profile: CodeProfile, code: string): ParsedCode {
  const refuse = (reason: 'empty' | 'numeric' | 'not-digits' | 'length'): ParsedCode => ({
    ok: false,
    reason,
    rule: ruleText(profile, 'any'),
  })
  if (code === '') return refuse('empty')
  if (profile.segments === 'any') return { ok: true, segments: {} }
  if (!/^[0-9]+$/.test(code)) return refuse(looksNumeric(code) ? 'numeric' : 'not-digits')
  if (code.length !== digitsOf(profile)) return refuse('length')
  const segments: Record<string, string> = {}
  let at = 0
  for (const { name, digits } of profile.segments) {
    segments[name] = code.slice(at, at + digits)
    at += digits
  }
  return { ok: true, segments }
}

/**
 * Puts a code together, numbers padded with zeros.
 * @throws RangeError when a segment is missing or does not fit (a sequence that has run over is an error, not a longer code)
 */
export function formatCode(profile: CodeProfile, values: Readonly<Record<string, string | number>>): string {
  if (profile.segments === 'any') throw new RangeError('a profile without segments cannot format codes')
  return profile.segments
    .map(({ name, digits }) => {
      const value = values[name]
      const text = typeof value === 'number' ? String(value).padStart(digits, '0') : (value ?? '')
      if (text.length !== digits || !/^[0-9]+$/.test(text))
        throw new RangeError(`${name} ${value} does not fit ${digits} digits`)
      return text
    })
    .join('')
}

/** Whether the class inside a component code is this class; a three-digit minor is compared by its number. */
export function codeNamesClass(segments: Readonly<Record<string, string>>, classCode: string): boolean {
  const { major, minor } = segments
  if (major === undefined || minor === undefined) return true
  return major === classCode.slice(0, 2) && Number(minor) === Number(classCode.slice(2))
}

/**
 * The profile of the codes of one grid level. A grid code's last three segments are town, village and
 * area; what stands before them is the district's: cjj14 has 6, 9, 12 and 14 digits on levels 0 to 3.
 * A level for which a short profile has no segment takes any code.
 */
export function gridCodeRule(profile: CodeProfile, level: 0 | 1 | 2 | 3): CodeProfile {
  if (profile.segments === 'any') return profile
  const segments = profile.segments.slice(0, Math.max(0, profile.segments.length - 3 + level))
  return segments.length === 0 ? { id: 'any', segments: 'any' } : { id: profileText(segments), segments }
}

/** The code a grid's parent must have by its own code; null on level 0, without segments, or for a code that does not fit. */
export function parentCode(profile: CodeProfile, level: 0 | 1 | 2 | 3, code: string): string | null {
  if (level === 0 || !parseCode(gridCodeRule(profile, level), code).ok) return null
  const digits = digitsOf(gridCodeRule(profile, (level - 1) as 0 | 1 | 2))
  return digits === null ? null : code.slice(0, digits)
}

/** Why a code was probably stored as a number: written with an exponent, or with a decimal point. Null when it was not. */
export function looksNumeric(code: string): 'exponent' | 'decimal' | null {
  const text = code.trim()
  if (/^[+-]?\d+(\.\d*)?[eE][+-]?\d+$/.test(text)) return 'exponent'
  if (/^[+-]?\d+\.\d*$/.test(text)) return 'decimal'
  return null
}

/** Codes needed before a column is judged: a column of good codes all ending in 0 is then a matter of 1 in 10^12. */
const ENOUGH = 12

/**
 * Whether a column of codes went through a spreadsheet that keeps fifteen digits: every code longer than
 * that has only zeros from the sixteenth on. One code alone proves nothing (a serial may end in 0).
 */
export function tailsZeroed(codes: Iterable<string>): boolean {
  const long = new Set<string>()
  for (const code of codes) {
    if (code.length <= 15 || !/^[0-9]+$/.test(code)) continue
    if (!/^0+$/.test(code.slice(15))) return false
    long.add(code)
  }
  return long.size >= ENOUGH
}

const words: Record<string, readonly [zh: string, en: string]> = {
  county: ['行政区', 'county'],
  major: ['大类', 'major class'],
  minor: ['小类', 'minor class'],
  serial: ['顺序号', 'serial'],
  town: ['街道（镇）', 'town'],
  village: ['社区（村）', 'village'],
  sequence: ['网格顺序号', 'sequence'],
  object: ['对象码', 'object'],
}

/** The rule in a sentence: `16 位数字：行政区 6 + 大类 2 ...`; 'any' gives one that needs no language: `16 = 6+2+2+6`. */
export function ruleText(profile: CodeProfile, lang: 'zh' | 'en' | 'any'): string {
  if (profile.segments === 'any') return { zh: '非空文字', en: 'a text that is not empty', any: '*' }[lang]
  const total = digitsOf(profile)
  if (lang === 'any') {
    const sizes = profile.segments.map(segment => segment.digits)
    return sizes.length === 1 ? `${total}` : `${total} = ${sizes.join('+')}`
  }
  const parts = profile.segments
    .map(({ name, digits }) => `${words[name]?.[lang === 'zh' ? 0 : 1] ?? name} ${digits}`)
    .join(' + ')
  return lang === 'zh' ? `${total} 位数字：${parts}` : `${total} digits: ${parts}`
}
