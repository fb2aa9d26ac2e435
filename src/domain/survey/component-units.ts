/** The units in the three roles of one delivered component, found in the directory. */
import type { UnitIndex } from '../orgs/units.ts'
import type { Identity } from './component-context.ts'
import type { DecodedRow } from './component-row.ts'

const roles = ['competent', 'owner', 'maintainer'] as const

export interface DeliveredUnits {
  /** Ids in the order of the roles; null where the directory has none. */
  ids: [string | null, string | null, string | null]
  /** One letter a role: p proposed, u unassigned. */
  states: string
  /** The owner as things are compared by: its id, else what was delivered. */
  owner: string | null
}

/** @returns the same object for every row */
export function openUnits(units: UnitIndex, identity?: Identity): (row: DecodedRow) => DeliveredUnits {
  const read: DeliveredUnits = { ids: [null, null, null], states: 'uuu', owner: null }
  return row => {
    read.states = ''
    read.owner = null
    for (let i = 0; i < roles.length; i++) {
      const role = roles[i]!
      const code = row.given(`${role}Code`)
      const name = row.given(`${role}Name`)
      const id = code === null && name === null ? null : findUnit(row, units, role, code, name)
      read.ids[i] = id
      read.states += id ? (identity?.unitState(role, id) ?? 'p') : 'u'
      if (role === 'owner') read.owner = id ?? name ?? code
    }
    const [competent, owner, maintainer] = read.ids
    if (owner !== null && owner === competent && owner === maintainer) {
      const field = row.column('ownerName') ?? row.column('ownerCode')
      row.report('unit.same', { field, value: row.given('ownerName') ?? row.given('ownerCode') })
    }
    return read
  }
}

function findUnit(
  row: DecodedRow,
  units: UnitIndex,
  role: (typeof roles)[number],
  code: string | null,
  name: string | null,
): string | null {
  const found = units.find(code, name)
  if (found.id && !found.mismatch && found.matchedBy !== 'alias') return found.id
  if (!found.id || found.mismatch) {
    const field = row.column(`${role}Name`) ?? row.column(`${role}Code`)
    const value = [code, name].filter(part => part !== null).join(' ')
    if (!found.id) row.report('unit.unknown', { field, value })
    else {
      const detail = { code: code ?? '', name: name ?? '', expected: found.mismatch! }
      row.report('unit.mismatch', { field, value, detail })
    }
  }
  row.attributes[`${role}AsDelivered`] = { code, name }
  return found.id
}
