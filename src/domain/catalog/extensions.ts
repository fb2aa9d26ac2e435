/**
 * Which rows of a file may extend a dictionary, and why the others may not. Pure.
 *
 * A row's code must not be a standard one (01001 is 0101 with a three-digit minor, see classNumber) and its
 * names must not belong to another class, so that name and code keep meaning one thing.
 */
import { classNumber, codeKey, nameKey, namesOf } from './rules.ts'
import type { ComponentClass, ExtensionRefusal, ExtensionRow, GeometryKind } from './schema.ts'

export interface CheckedExtensions {
  classes: ComponentClass[]
  refusals: ExtensionRefusal[]
}

/**
 * Rows are judged in their order: a name is free for a later row once an earlier one has given it up.
 * @param standard classes of the base dictionary
 * @param present extensions the district has already; a row with the code of one replaces it
 */
export function checkExtensions(
  rows: readonly ExtensionRow[],
  standard: readonly ComponentClass[],
  present: readonly ComponentClass[] = [],
): CheckedExtensions {
  const standardOf = new Map(standard.map(one => [classNumber(one.code), one]))
  const presentOf = new Map(present.map(one => [classNumber(one.code), one]))
  const ownerOfName = new Map(
    [...standard, ...present].flatMap(one => [...namesOf(one)].map(key => [key, one.code])),
  )
  const rowOfNumber = new Map<string, number>()

  const judge = (row: ExtensionRow): ComponentClass | Omit<ExtensionRefusal, 'row'> => {
    const code = codeKey(row.code)
    if (!/^\d{4,5}$/.test(code)) return refusal('dictionary.code', 'code', row.code)
    const number = classNumber(code)
    const same = standardOf.get(number)
    if (same) return refusal('dictionary.standard', 'code', row.code, `${same.code} ${same.name}`)
    const earlier = rowOfNumber.get(number)
    if (earlier !== undefined) return refusal('dictionary.duplicate', 'code', row.code, earlier)
    const before = presentOf.get(number)
    if (before && before.code !== code) return refusal('dictionary.duplicate', 'code', row.code, before.code)
    if (nameKey(row.name) === '') return refusal('dictionary.name', 'name', row.name)
    const geometry = geometryOf(row.geometry ?? '')
    if (!geometry) return refusal('dictionary.geometry', 'geometry', row.geometry ?? '')
    const one: ComponentClass = {
      code,
      name: row.name.trim(),
      nameEn: row.nameEn?.trim() || row.name.trim(),
      geometry,
      sensitive: isYes(row.sensitive),
      aliases: aliasesOf(row.aliases),
    }
    for (const [name, field] of namesWithField(one)) {
      const owner = ownerOfName.get(nameKey(name))
      if (owner !== undefined && owner !== code) return refusal('dictionary.duplicate', field, name, owner)
    }
    for (const key of before ? namesOf(before) : []) ownerOfName.delete(key)
    for (const key of namesOf(one)) ownerOfName.set(key, code)
    rowOfNumber.set(number, row.row)
    return one
  }

  const classes: ComponentClass[] = []
  const refusals: ExtensionRefusal[] = []
  for (const row of rows) {
    const judged = judge(row)
    if ('field' in judged) refusals.push({ ...judged, row: row.row })
    else classes.push(judged)
  }
  return { classes, refusals }
}

const refusal = (
  code: ExtensionRefusal['code'],
  field: ExtensionRefusal['field'],
  value: string,
  other?: string | number,
): Omit<ExtensionRefusal, 'row'> => ({ code, field, value, detail: other === undefined ? {} : { other } })

const namesWithField = (one: ComponentClass): (readonly [string, 'name' | 'aliases'])[] => [
  [one.name, 'name'],
  [one.nameEn, 'name'],
  ...one.aliases.map(alias => [alias, 'aliases'] as const),
]

const kindWords: readonly (readonly [RegExp, GeometryKind])[] = [
  [/点|point|\bp\b/, 'point'],
  [/线|line|\bl\b/, 'line'],
  [/面|polygon|area|\ba\b/, 'polygon'],
]

/** Kinds named in a text, point when it is empty, null when it says something else. */
function geometryOf(text: string): GeometryKind[] | null {
  const folded = text.normalize('NFKC').toLowerCase()
  if (folded.trim() === '') return ['point']
  const kinds = kindWords.filter(([word]) => word.test(folded)).map(([, kind]) => kind)
  return kinds.length > 0 ? kinds : null
}

const isYes = (value: string | boolean | null | undefined): boolean =>
  value === true || (typeof value === 'string' && ['是', 'yes', 'y', 'true', '1'].includes(nameKey(value)))

const aliasesOf = (value: ExtensionRow['aliases']): string[] => {
  const list = typeof value === 'string' ? value.split(/[、,，;；|]/) : (value ?? [])
  return [...new Set(list.map(alias => alias.trim()).filter(alias => alias !== ''))]
}
