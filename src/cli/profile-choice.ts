/** The mapping profile somebody names: a file, or one saved in the district. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isScalar, parseDocument, visit, YAMLParseError } from 'yaml'
import type { ZodType } from 'zod'
import { problem } from '../core/problem.ts'
import { type DeliveryKind, type Profile, Profile as ProfileSchema } from '../domain/survey/schema.ts'
import { sentences } from '../http/sentences.ts'
import type { Client } from './house.ts'
import { lang, word } from './words.ts'

export interface SavedProfile {
  name: string
  kind: DeliveryKind
  profile: Profile
}

export async function savedProfiles(client: Client, district?: string): Promise<SavedProfile[]> {
  const path = `/api/profiles${district ? `?district=${district}` : ''}`
  return (await client.get<{ items: SavedProfile[] }>(path)).items
}

/** @throws Problem file.missing, profile.invalid */
export const readProfile = (file: string): Promise<Profile> =>
  readDocument(file, ProfileSchema, 'profile.invalid')

/**
 * A YAML or JSON file that is to be of a shape.
 * @throws Problem file.missing, or `invalid` with every place that is not
 */
export async function readDocument<T>(
  file: string,
  shape: ZodType<T>,
  invalid: 'profile.invalid' | 'rules.invalid',
): Promise<T> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw problem('file.missing', { file })
  })
  const read = shape.safeParse(parsed(file, text, invalid), { error: sentences[lang] })
  if (read.success) return read.data
  const what = read.error.issues
    .map(issue => `\n  ${issue.path.join('.') || file}: ${issue.message}`)
    .join('')
  throw problem(invalid, { what: `${file}${what}` })
}

function parsed(file: string, text: string, invalid: 'profile.invalid' | 'rules.invalid'): unknown {
  try {
    const document = parseDocument(text)
    const [fault] = document.errors
    if (fault) throw fault
    // 0101 is a code, although YAML takes it for a number
    visit(document, {
      Scalar(_, node) {
        if (isScalar(node) && typeof node.value === 'number' && /^0\d+$/.test(node.source ?? ''))
          node.value = node.source
      },
    })
    return document.toJS()
  } catch (error) {
    const { line = '?', col = '?' } = (error instanceof YAMLParseError && error.linePos?.[0]) || {}
    const where = word(
      `第 ${line} 行第 ${col} 列不是 YAML 或 JSON`,
      `line ${line}, column ${col} is neither YAML nor JSON`,
    )
    throw problem(invalid, { what: `${file}: ${where}` })
  }
}

/** The saved profile of a name. @throws Problem profile.nowhere, with the names there are */
export async function savedProfile(client: Client, name: string, district?: string): Promise<SavedProfile> {
  const saved = await savedProfiles(client, district)
  const found = saved.find(each => each.name === name)
  if (!found)
    throw problem('profile.nowhere', { name, known: saved.map(each => each.name).join(', ') || '-' })
  return found
}

/** @throws Problem profile.kind, for a profile of another kind of delivery */
export async function chooseProfile(
  client: Client,
  said: string,
  kind: DeliveryKind,
  district?: string,
): Promise<Profile> {
  const file = existsSync(said) || /\.(ya?ml|json)$/i.test(said)
  const profile = file ? await readProfile(said) : (await savedProfile(client, said, district)).profile
  if (profile.kind !== kind) throw problem('profile.kind', { given: profile.kind, expected: kind })
  return profile
}
