/**
 * Attributes a class must have. Where a delivery has no column for one, that is said once for the class and
 * not once a row, unless the district refuses rows for it.
 */
import type { ComponentClass } from '../../catalog/schema.ts'
import { type EffectiveRules, requiredOf, takenAs } from '../check-rules.ts'
import { plainName } from '../column-name.ts'
import type { DecodedRow } from '../component-row.ts'
import type { ResolvedLayer } from '../profile.ts'
import type { SourceLayer } from '../readers/source.ts'
import { isRequirable } from '../requirable.ts'
import type { ProfileField } from '../schema.ts'
import { textOf } from '../values.ts'

interface Requirement {
  /** As the rule names it. */
  name: string
  /** Whether a row has it; absent where no column could. */
  has: ((row: DecodedRow) => boolean) | null
}

const roles = ['competent', 'owner', 'maintainer']

/** @returns a check of one row */
export function openRequired(
  rules: EffectiveRules,
  layer: Pick<SourceLayer, 'fields'>,
  { columns, constants }: Pick<ResolvedLayer, 'columns' | 'constants'>,
): (row: DecodedRow, of: ComponentClass) => void {
  const perRow = takenAs(rules, 'attribute.missing') === 'error'
  const byClass = new Map<string, readonly Requirement[]>()

  const open = (row: DecodedRow, of: ComponentClass): readonly Requirement[] => {
    const wanted = requiredOf(rules, of.code).map(name => ({ name, has: reader(name) }))
    if (perRow) return wanted
    for (const { name, has } of wanted) if (!has) tell(row, of, name, null)
    return wanted.filter(({ has }) => has)
  }
  return (row, of) => {
    let wanted = byClass.get(of.code)
    if (!wanted) byClass.set(of.code, (wanted = open(row, of)))
    for (let i = 0; i < wanted.length; i++) {
      const { name, has } = wanted[i]!
      if (!has?.(row)) tell(row, of, name, row.source.row)
    }
  }

  function reader(name: string): Requirement['has'] {
    if (isRequirable(name)) {
      const fields = (roles.includes(name) ? [`${name}Code`, `${name}Name`] : [name]) as ProfileField[]
      const given = fields.filter(field => columns[field] !== undefined || constants[field] !== undefined)
      return given.length === 0 ? null : row => given.some(field => row.given(field) !== null)
    }
    const names = name.split('/').map(plainName)
    const at = layer.fields.findIndex(field => names.includes(plainName(field.name)))
    return at < 0 ? null : row => textOf(row.source.values[at]) !== null
  }

  function tell(row: DecodedRow, of: ComponentClass, name: string, at: number | null): void {
    const names = name.split('/').map(plainName)
    const column =
      row.column(name as ProfileField) ??
      row.column(`${name}Name` as ProfileField) ??
      row.column(`${name}Code` as ProfileField) ??
      layer.fields.find(field => names.includes(plainName(field.name)))?.name
    row.report('attribute.missing', {
      row: at,
      field: column ?? null,
      detail: { attribute: name, class: `${of.code} ${of.name}` },
    })
  }
}
