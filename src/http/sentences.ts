/**
 * What a schema refuses, said in words: what should have come, with the values allowed. Used at every door,
 * and by the command line for the profiles it reads.
 *
 *   schema.safeParse(input, { error: sentences.zh })
 */
import { ZodEnum, ZodObject, ZodRecord, z } from 'zod'

type Raw = z.core.$ZodRawIssue
type Said = readonly [zh: string, en: string]

const types: Record<string, Said> = {
  string: ['文字', 'a text'],
  number: ['数值', 'a number'],
  int: ['整数', 'a whole number'],
  boolean: ['true 或 false', 'true or false'],
  object: ['若干“名称: 值”', 'names with values'],
  record: ['若干“名称: 值”', 'names with values'],
  array: ['一列值', 'a list'],
}

const formats: Record<string, Said> = {
  uuid: ['应为 UUID', 'must be a UUID'],
  datetime: ['应为 ISO 8601 时间', 'must be a time as in ISO 8601'],
}

/** Rules of a schema's own, by the name it gives them: `.refine(..., { params: { rule: 'latitude' } })`. */
const rules: Record<string, Said> = {
  longitude: [
    '应在 -180 至 180 之间（先经度，后纬度）',
    'must be from -180 to 180 (longitude first, then latitude)',
  ],
  latitude: [
    '应在 -90 至 90 之间（先经度，后纬度）',
    'must be from -90 to 90 (longitude first, then latitude)',
  ],
  different: ['各项不能重复', 'must not hold the same twice'],
  bbox: ['应为 西,南,东,北，以度计', 'must be west,south,east,north in degrees'],
  codeProfile: [
    '应为 any、编码方案的名称（如 cjt16、cjj14），或 county:6 town:3 这样的写法',
    'must be any, the name of a code profile (cjt16, cjj14), or like county:6 town:3',
  ],
}

/** Patterns that have a plain name. */
const patterns: Record<string, Said> = {
  [String(/^-?\d{1,15}(\.\d{1,20})?(e-?\d{1,2})?$/i)]: types.number!,
  [String(/^(\*|\d{4,5})$/)]: ['类别代码或 *', 'a class code, or *'],
}

const listed = (values: readonly unknown[]): string => values.map(String).join(', ')

/** How long or how large something may be, by what it is. */
function bound(origin: string, most: boolean, limit: unknown): Said {
  if (origin === 'string')
    return most ? [`至多 ${limit} 个字符`, `must have at most ${limit} characters`] : shortest(limit)
  if (origin === 'array' || origin === 'set')
    return most
      ? [`至多 ${limit} 项`, `must have at most ${limit} entries`]
      : [`至少 ${limit} 项`, `must have at least ${limit} entries`]
  return most
    ? [`不得大于 ${limit}`, `must be at most ${limit}`]
    : [`不得小于 ${limit}`, `must be at least ${limit}`]
}

const shortest = (limit: unknown): Said =>
  limit === 1
    ? ['不能为空', 'must not be empty']
    : [`至少 ${limit} 个字符`, `must have at least ${limit} characters`]

/** Names an object or a record of named members takes; empty where any goes. */
function namesOf(schema: unknown): string[] {
  if (schema instanceof ZodObject) return Object.keys(schema.shape)
  if (schema instanceof ZodRecord && schema.keyType instanceof ZodEnum)
    return schema.keyType.options.map(String)
  return []
}

/** The ways of a union that are objects: `{x, y} / {wkt}`. */
function waysOf(schema: unknown): string {
  if (!(schema instanceof z.ZodUnion)) return ''
  return schema.options
    .map(namesOf)
    .filter(names => names.length > 0)
    .map(names => `{${names.join(', ')}}`)
    .join(' / ')
}

/** The ways of a union that are plain values: `a text or a number`. */
function typesOf(schema: unknown): Said | null {
  if (!(schema instanceof z.ZodUnion)) return null
  const said = schema.options.map(option => types[(option as z.ZodType).def.type])
  if (said.length === 0 || said.some(each => each === undefined)) return null
  const named = said as Said[]
  return [`应为${named.map(([zh]) => zh).join('或')}`, `must be ${named.map(([, en]) => en).join(' or ')}`]
}

function said(issue: Raw): Said | null {
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.input === undefined) return ['缺少，须给出', 'is missing']
      const type = types[issue.expected]
      return type ? [`应为${type[0]}`, `must be ${type[1]}`] : null
    }
    case 'invalid_value':
      return issue.values.length === 1
        ? [`应为 ${listed(issue.values)}`, `must be ${listed(issue.values)}`]
        : [`应为以下之一：${listed(issue.values)}`, `must be one of ${listed(issue.values)}`]
    case 'too_big':
      return bound(issue.origin, true, issue.maximum)
    case 'too_small':
      return bound(issue.origin, false, issue.minimum)
    case 'invalid_format': {
      if (issue.format !== 'regex') return formats[issue.format] ?? null
      const digits = /^\/\^\[0-9\]\{(\d+)\}\$\/$/.exec(String(issue.pattern))?.[1]
      if (digits) return [`应为 ${digits} 位数字`, `must be ${digits} digits`]
      const plain = patterns[String(issue.pattern)]
      if (plain) return [`应为${plain[0]}`, `must be ${plain[1]}`]
      return [`写法应符合 ${issue.pattern}`, `must be written like ${issue.pattern}`]
    }
    case 'unrecognized_keys': {
      const known = namesOf(issue.inst)
      return known.length > 0
        ? [
            `没有这一项：${listed(issue.keys)}；可用：${listed(known)}`,
            `has no member ${listed(issue.keys)}; there are ${listed(known)}`,
          ]
        : [`没有这一项：${listed(issue.keys)}`, `has no member ${listed(issue.keys)}`]
    }
    case 'invalid_union': {
      if (issue.input === undefined) return ['缺少，须给出', 'is missing']
      const ways = waysOf(issue.inst)
      return ways ? [`应写作 ${ways}`, `must be ${ways}`] : typesOf(issue.inst)
    }
    case 'custom':
      return rules[String(issue.params?.rule)] ?? null
    default:
      return null
  }
}

const inWords =
  (at: 0 | 1, otherwise: z.core.$ZodErrorMap) =>
  (issue: Raw): ReturnType<z.core.$ZodErrorMap> =>
    said(issue)?.[at] ?? otherwise(issue)

/** For `error` of a parse. */
export const sentences: Record<'zh' | 'en', z.core.$ZodErrorMap> = {
  zh: inWords(0, z.locales.zhCN().localeError),
  en: inWords(1, z.locales.en().localeError),
}
