/** The answer of a search as one list of rows in groups, so that the keyboard can walk through it. Pure. */
import type { Found } from '../api/search.ts'
import type { IconName } from './icons.ts'

export type Hit =
  | { group: 'components'; item: Found['components'][number] }
  | { group: 'classes'; item: Found['classes'][number] }
  | { group: 'units'; item: Found['units'][number] }
  | { group: 'grids'; item: Found['grids'][number] }
  | { group: 'addresses'; item: Found['addresses'][number] }
  | { group: 'places'; item: Found['places'][number] }

export const groups = ['components', 'classes', 'units', 'grids', 'addresses', 'places'] as const
export type Group = (typeof groups)[number]
export const groupIcon: Record<Group, IconName> = {
  components: 'target',
  classes: 'list',
  units: 'unit',
  grids: 'grid',
  addresses: 'pin',
  places: 'pin',
}

/** Hits shown of a group; one more is asked for, to know whether there are more. */
export const SHOWN = 6

/** The first hits of each group, in the order of `groups`. */
export const hitsOf = (found: Found): Hit[] =>
  groups.flatMap(group => found[group].slice(0, SHOWN).map(item => ({ group, item }) as Hit))

/** Groups of which not all is shown. */
export const groupsWithMore = (found: Found): Group[] => groups.filter(group => found[group].length > SHOWN)

/** The parts of a text that were looked for, so that they can be set off. */
export function marked(text: string, sought: string): { text: string; hit: boolean }[] {
  const needle = sought.trim().toLowerCase()
  const at = needle ? text.toLowerCase().indexOf(needle) : -1
  if (at < 0) return [{ text, hit: false }]
  return [
    { text: text.slice(0, at), hit: false },
    { text: text.slice(at, at + needle.length), hit: true },
    { text: text.slice(at + needle.length), hit: false },
  ].filter(part => part.text)
}
