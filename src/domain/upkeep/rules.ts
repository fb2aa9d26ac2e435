/**
 * What a change makes of a component, what differs between before and after, and who may do what with a
 * request. Pure: the console greys out with the same rules the server refuses by.
 */
import { unitRoles } from '../registry/schema.ts'
import type { Change, ChangedFields, ChangeRequest, ChangeState, Snapshot, UnitSaid } from './schema.ts'

/** Units of the directory by their ids. */
export type UnitOf = (id: string) => UnitSaid | null

/** The unit ids a change names that nobody has. */
export function unknownUnits(change: Change, unitOf: UnitOf): string[] {
  const set: ChangedFields = change.kind === 'add' || change.kind === 'edit' ? change.set : {}
  return unitRoles.flatMap(role => {
    const id = set[`${role}Id`]
    return id && !unitOf(id) ? [id] : []
  })
}

/**
 * The component as it is to be, or null where it ends.
 * @param today the day written as the change's, where the change says none
 */
export function applied(
  before: Snapshot | null,
  change: Change,
  { unitOf, today }: { unitOf: UnitOf; today: string },
): Snapshot | null {
  if (change.kind === 'merge' || change.kind === 'scrap') return null
  if (change.kind === 'add')
    return withFields({ ...nothing(change.class, change.geometry), surveyedOn: today }, change.set, unitOf)
  if (!before) return null
  if (change.kind === 'restore') return before
  const dated = { ...before, changedOn: today }
  if (change.kind === 'move') return { ...dated, geometry: change.geometry }
  if (change.kind === 'edit') return withFields(dated, change.set, unitOf)
  return { ...dated, class: change.class, code: change.code === undefined ? before.code : change.code }
}

const nothing = (klass: string, geometry: Snapshot['geometry']): Snapshot => ({
  key: null,
  code: null,
  class: klass,
  name: null,
  geometry,
  state: null,
  currency: 'in-use',
  units: { competent: null, owner: null, maintainer: null },
  surveyedOn: null,
  changedOn: null,
  dataSource: null,
  picture: null,
  note: null,
  statedGrid: null,
  attributes: {},
})

function withFields(to: Snapshot, set: ChangedFields, unitOf: UnitOf): Snapshot {
  const { competentId, ownerId, maintainerId, ...plain } = set
  const units = { ...to.units }
  for (const [role, id] of [
    ['competent', competentId],
    ['owner', ownerId],
    ['maintainer', maintainerId],
  ] as const)
    if (id !== undefined) units[role] = id === null ? null : unitOf(id)
  const said = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined))
  return { ...to, ...said, units }
}

export interface FieldChange {
  field: string
  before: unknown
  after: unknown
}

const plainFields = [
  'code', 'class', 'name', 'state', 'currency', 'surveyedOn', 'changedOn', 'dataSource', 'picture', 'note',
] as const // biome-ignore format: a table

/** Named as a delivery's changes name them. */
const called: Partial<Record<(typeof plainFields)[number], string>> = { dataSource: 'source' }
const unitText = (unit: UnitSaid | null): string | null => unit?.name ?? unit?.code ?? null

/** What differs, field by field; the position is compared apart. */
export function fieldChanges(before: Snapshot, after: Snapshot): FieldChange[] {
  const changes: FieldChange[] = []
  for (const field of plainFields)
    if (before[field] !== after[field])
      changes.push({ field: called[field] ?? field, before: before[field], after: after[field] })
  for (const role of unitRoles) {
    const [was, is] = [before.units[role], after.units[role]]
    if (was?.id !== is?.id || unitText(was) !== unitText(is))
      changes.push({ field: role, before: unitText(was), after: unitText(is) })
  }
  return changes
}

/** Whether a change asks for anything: a day alone is nothing. */
export const differs = (before: Snapshot, after: Snapshot, change: Change): boolean =>
  JSON.stringify(before.geometry) !== JSON.stringify(after.geometry) ||
  fieldChanges(before, after).some(
    ({ field }) => field !== 'changedOn' || (change.kind === 'edit' && change.set.changedOn !== undefined),
  )

/** States out of which each step leads. */
export const steps = {
  approve: ['proposed'],
  refuse: ['proposed', 'overtaken'],
  withdraw: ['proposed', 'overtaken'],
  renew: ['overtaken'],
} as const satisfies Record<string, readonly ChangeState[]>
export type Step = keyof typeof steps

export const stepOpen = (step: Step, state: ChangeState): boolean =>
  (steps[step] as readonly ChangeState[]).includes(state)

/** Whether somebody decides his own request, which a district with a second person's policy does not want. */
export const isOwn = ({ proposers }: Pick<ChangeRequest, 'proposers'>, actor: string): boolean =>
  proposers.includes(actor)
