/** A mapping profile while a person edits it: a copy with every part there, and what of it is sent. Pure. */
import type { Finding } from '../api/deliveries.ts'
import type { Kind } from '../api/kinds.ts'
import type { Profile } from '../api/profiles.ts'

/** A copy that can be changed without changing what was guessed or saved. */
export const copyProfile = (from: Profile): Profile => {
  const copy = JSON.parse(JSON.stringify(from)) as Profile
  return { ...copy, fields: { ...copy.fields }, defaults: { ...copy.defaults } }
}

/** The profile without what is empty, as the server takes it. A column counts before a constant. */
export function cleanProfile(from: Profile, kind: Kind): Profile {
  const { fields, defaults, encoding, crs, swapAxes, position, ...rest } = copyProfile(from)
  const given = (record: Record<string, string> | undefined): Record<string, string> =>
    Object.fromEntries(Object.entries(record ?? {}).filter(([, value]) => value !== ''))
  const columns = given(fields)
  const constants = Object.fromEntries(
    Object.entries(given(defaults)).filter(([field]) => !(field in columns)),
  )
  const whole = position && Object.values(position).every(column => column !== '')
  return {
    ...rest,
    kind,
    fields: columns,
    ...(encoding ? { encoding } : {}),
    ...(crs ? { crs } : {}),
    ...(swapAxes ? { swapAxes } : {}),
    ...(whole ? { position } : {}),
    ...(Object.keys(constants).length > 0 ? { defaults: constants } : {}),
  }
}

/** Whether what a look found open was said in the profile since. */
export function isSettled({ code, field }: Pick<Finding, 'code' | 'field'>, profile: Profile): boolean {
  const says = (name: string): boolean => Boolean(profile.fields[name] || profile.defaults?.[name])
  switch (code) {
    case 'crs.missing':
      return Boolean(profile.crs)
    case 'position.column':
      return profile.position !== undefined && Object.values(profile.position).every(column => column !== '')
    case 'profile.level':
      return says('level')
    case 'profile.needed':
    case 'profile.missed':
      return says(field ?? '') || (field === 'className' && says('classCode'))
    default:
      return false
  }
}
