/**
 * Every input through its schema, strictly: what a schema does not name is refused, and all issues are
 * listed at once, each with field, value and rule, in the caller's language.
 */
import { ZodObject, type ZodType, type z } from 'zod'
import { problem } from '../core/problem.ts'
import type { Lang } from './language.ts'
import { sentences } from './sentences.ts'

export interface Issue {
  /** `query.bbox`, `body.files.0.name`. */
  field: string
  /** What came, shortened; hidden where it may be a secret; absent where nothing came. */
  value?: unknown
  /** What should have come, as a sentence. */
  rule: string
}

const parts = ['params', 'query', 'headers', 'body'] as const
type Part = (typeof parts)[number]

const SECRET = /pass|token|secret|^old$|^new$/i

/** The schema as it is enforced: an object that says nothing of further members refuses them. */
export function strictly(schema: ZodType): ZodType {
  return schema instanceof ZodObject && schema.def.catchall === undefined ? schema.strict() : schema
}

/** Checks the parts that have a schema and gives what the schemas made of them; throws request.invalid. */
export async function validate(
  schemas: Partial<Record<Part, ZodType | undefined>>,
  input: Record<Part, unknown>,
  lang: Lang,
): Promise<Record<Part, unknown>> {
  const issues: Issue[] = []
  const output: Record<Part, unknown> = {
    params: undefined,
    query: undefined,
    headers: undefined,
    body: undefined,
  }
  for (const part of parts) {
    const schema = schemas[part]
    if (!schema) continue
    const unstorable = [...unstorableTexts(input[part])]
    if (unstorable.length > 0) {
      issues.push(...unstorable.map(path => issueOf(part, path, unstorableRule[lang], input)))
      continue
    }
    const result = await schema.safeParseAsync(input[part], { error: sentences[lang] })
    if (result.success) output[part] = result.data
    else for (const found of result.error.issues) issues.push(...issuesOf(part, found, input[part], lang))
  }
  if (issues.length > 0) throw invalid(issues)
  return output
}

const unstorableRule = {
  zh: '文字中不能有空字符（U+0000）或不成对的代理字符',
  en: 'a text holds no NUL (U+0000) and no half of a surrogate pair',
} as const

/** Where texts stand, names of members included, that are JSON but that no database stores. */
function* unstorableTexts(input: unknown): Generator<readonly PropertyKey[]> {
  // not by recursion: a megabyte of brackets is deeper than the stack
  const waiting: { value: unknown; path: readonly PropertyKey[] }[] = [{ value: input, path: [] }]
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    const { value, path } = at
    if (typeof value === 'string') {
      if (!storable(value)) yield path
    } else if (typeof value === 'object' && value !== null && path.length < DEEPEST) {
      for (const [key, inner] of Object.entries(value)) {
        if (storable(key)) waiting.push({ value: inner, path: [...path, key] })
        else yield path
      }
    }
  }
}

/** No door takes anything nested deeper; its schema says so. */
const DEEPEST = 20
const storable = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

/** The refusal that lists issues. */
export const invalid = (issues: readonly Issue[]) =>
  problem('request.invalid', { what: [...new Set(issues.map(issue => issue.field))].join(', '), issues })

/** A parameter that stands twice in the address. */
const onceRule = { zh: '只能给出一次', en: 'must be given once' } as const

function issuesOf(part: Part, found: z.core.$ZodIssue, input: unknown, lang: Lang): Issue[] {
  // members nobody knows are named one by one, so that each is an issue with a field of its own
  if (found.code === 'unrecognized_keys') {
    return found.keys.map(key => issueOf(part, [...found.path, key], found.message, input))
  }
  const twice = part === 'query' && found.code === 'invalid_type' && Array.isArray(valueAt(found.path, input))
  return [issueOf(part, found.path, twice ? onceRule[lang] : found.message, input)]
}

const valueAt = (path: readonly PropertyKey[], input: unknown): unknown =>
  path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | null | undefined)?.[step], input)

function issueOf(part: Part, path: readonly PropertyKey[], rule: string, input: unknown): Issue {
  const field = [part, ...path].map(String).join('.')
  if (path.some(step => SECRET.test(String(step)))) return { field, value: '***', rule }
  const value = valueAt(path, input)
  return value === undefined || typeof value === 'object'
    ? { field, rule }
    : { field, value: shortened(value), rule }
}

const shortened = (value: unknown): unknown =>
  typeof value === 'string' && value.length > 200 ? `${value.slice(0, 200)}…` : value
