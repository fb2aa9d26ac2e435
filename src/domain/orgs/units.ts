/** The unit directory as the survey asks it: which unit a delivered code and name mean. Exact names, short names and aliases only; nothing is guessed. Pure. */

/** 单位, as far as it is found by. */
export interface UnitEntry {
  id: string
  code: string | null
  name: string
  shortName: string | null
  kind: string
  aliases: readonly string[]
}

export interface UnitMatch {
  /** null = not in the directory. */
  id: string | null
  matchedBy: 'code' | 'name' | 'alias' | null
  /** The directory's name, where the delivered name is another unit's or nobody's. */
  mismatch: string | null
}

export interface UnitIndex {
  find(code: string | null, name: string | null): UnitMatch
}

/** Text as it is compared: full-width forms folded, no blanks. */
const folded = (text: string): string => text.normalize('NFKC').replaceAll(/\s+/g, '').toUpperCase()

const NONE: UnitMatch = { id: null, matchedBy: null, mismatch: null }
/** Pairs remembered; a survey repeats a few dozen. */
const REMEMBERED = 10_000

export function unitIndex(units: readonly UnitEntry[]): UnitIndex {
  const byCode = new Map<string, UnitEntry>()
  const byName = new Map<string, UnitEntry>()
  const byAlias = new Map<string, UnitEntry | null>()
  for (const unit of units) {
    if (unit.code) byCode.set(folded(unit.code), unit)
    byName.set(folded(unit.name), unit)
    for (const alias of [unit.shortName, ...unit.aliases]) {
      if (!alias) continue
      const key = folded(alias)
      // an alias of two units means neither
      byAlias.set(key, byAlias.has(key) && byAlias.get(key) !== unit ? null : unit)
    }
  }
  const decide = (code: string | null, name: string | null): UnitMatch => {
    const ofCode = code === null ? undefined : byCode.get(folded(code))
    const exact = name === null ? undefined : byName.get(folded(name))
    const ofName = exact ?? (name === null ? undefined : (byAlias.get(folded(name)) ?? undefined))
    if (ofCode) {
      const mismatch = name !== null && ofName !== ofCode ? ofCode.name : null
      return { id: ofCode.id, matchedBy: 'code', mismatch }
    }
    if (!ofName) return NONE
    // a code nobody has, beside a good name: the name counts, the disagreement is told
    const mismatch = code !== null && ofName.code !== null ? ofName.name : null
    return { id: ofName.id, matchedBy: exact ? 'name' : 'alias', mismatch }
  }
  // by code, then by name: a key put together of both would be hashed anew for every row
  const remembered = new Map<string | null, Map<string | null, UnitMatch>>()
  let n = 0
  return {
    find(code, name) {
      const known = remembered.get(code)?.get(name)
      if (known) return known
      const match = decide(code, name)
      if (n++ < REMEMBERED) {
        const ofCode = remembered.get(code)
        if (ofCode) ofCode.set(name, match)
        else remembered.set(code, new Map([[name, match]]))
      }
      return match
    },
  }
}
