/**
 * Which class a delivered row is of. Code *and* name are matched, because the same code means other
 * things in other cities (0114 is an ownerless cover here, a garden cover there); where they disagree
 * nothing is guessed. Pure.
 */
import type { ComponentClass } from './schema.ts'

/** What is wrong with a row's class; code and detail are those of a delivery's finding. */
export interface ClassFinding {
  code: 'class.missing' | 'class.unknown' | 'class.mismatch'
  detail: Record<string, string>
}

export type ClassMatch = { class: ComponentClass; finding: null } | { class: null; finding: ClassFinding }

export interface ClassIndex {
  /** Either of the two may be missing; at least one must be there. */
  match(given: { code?: string | null; name?: string | null }): ClassMatch
  readonly byCode: ReadonlyMap<string, ComponentClass>
}

/** A name as it is compared: full-width forms made half-width, no blanks, small letters. */
export const nameKey = (text: string): string => text.normalize('NFKC').replaceAll(/\s+/g, '').toLowerCase()

/** A class code as it is compared; some cities write the letters of 部件 before it (BJ0101). */
export const codeKey = (text: string): string => nameKey(text).replace(/^bj(?=\d+$)/, '')

/** Major and minor as numbers: 0101 and, with the three-digit minors of newer codes, 01001 are one class. */
export const classNumber = (code: string): string => `${Number(code.slice(0, 2))}/${Number(code.slice(2))}`

/** How many different pairs of code and name are remembered; beyond that a file is not worth remembering. */
const REMEMBERED = 4096

/**
 * @param classes of one dictionary with its base
 * @param dictionary its name, for the findings
 * @throws when two classes share a code or a name, which no dictionary may
 */
export function classIndex(classes: readonly ComponentClass[], dictionary: string): ClassIndex {
  const byCode = new Map<string, ComponentClass>()
  const byNumber = new Map<string, ComponentClass>()
  const byName = new Map<string, ComponentClass>()
  for (const one of classes) {
    if (byCode.has(one.code)) throw new Error(`class code ${one.code} stands twice in ${dictionary}`)
    byCode.set(one.code, one)
    byNumber.set(classNumber(one.code), one)
    for (const key of namesOf(one)) {
      const other = byName.get(key)
      if (other && other !== one)
        throw new Error(`classes ${other.code} and ${one.code} of ${dictionary} share the name ${key}`)
      byName.set(key, one)
    }
  }

  const decide = (code: string, name: string): ClassMatch => {
    const coded = codeKey(code)
    const named = nameKey(name)
    if (coded === '' && named === '') return refused('class.missing', {})
    const ofCode =
      byCode.get(coded) ?? (/^\d{4,5}$/.test(coded) ? byNumber.get(classNumber(coded)) : undefined)
    const ofName = byName.get(named)
    if (coded === '') return ofName ? taken(ofName) : refused('class.unknown', { value: name, dictionary })
    if (!ofCode) return refused('class.unknown', { value: code, dictionary })
    if (named === '' || ofName === ofCode) return taken(ofCode)
    return refused('class.mismatch', { code, name, expected: ofCode.name })
  }

  // by code, then by name: a key put together of both would be hashed anew for every row
  const remembered = new Map<string | null, Map<string | null, ClassMatch>>()
  let n = 0
  return {
    byCode,
    match({ code = null, name = null }) {
      const known = remembered.get(code)?.get(name)
      if (known) return known
      const answer = decide(code ?? '', name ?? '')
      if (n++ < REMEMBERED) {
        const ofCode = remembered.get(code)
        if (ofCode) ofCode.set(name, answer)
        else remembered.set(code, new Map([[name, answer]]))
      }
      return answer
    },
  }
}

/** Everything a class may be called, as it is compared. */
export const namesOf = (one: ComponentClass): Set<string> =>
  new Set([one.name, one.nameEn, ...one.aliases].map(nameKey).filter(key => key !== ''))

const taken = (one: ComponentClass): ClassMatch => ({ class: one, finding: null })
const refused = (code: ClassFinding['code'], detail: Record<string, string>): ClassMatch => ({
  class: null,
  finding: { code, detail },
})
