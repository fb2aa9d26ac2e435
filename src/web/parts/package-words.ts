/** What a package asks for and what is to be done next, in words. */
import type { Package } from '../api/firms.ts'
import { say } from '../i18n/i18n.ts'
import { count } from './format.ts'

/** The one sentence of what to do next. */
export function nextStep({ state, newest }: Package): string {
  const refused = newest?.refused ?? 0
  const n = count(refused)
  if (state === 'delivered')
    return say(newest?.state === 'loading' ? 'tasks.next_loading' : 'tasks.next_received')
  if (state === 'returned') return say('tasks.next_returned', { reason: newest?.reason ?? '' })
  if (state === 'checked' && refused > 0) return say('tasks.next_checkedSome', { n })
  if (state === 'published' && refused > 0) return say('tasks.next_publishedSome', { n })
  return say(`tasks.next_${state}`)
}

/** What is asked in one line: components go unsaid where nothing else is meant, classes where none are. */
export function askedOf(asked: Pick<Package, 'kinds' | 'classes' | 'areas'>): string {
  const components = asked.kinds.includes('components')
  const alone = components && asked.kinds.length === 1
  const kinds = asked.kinds.map(kind => say(`survey.kind_${kind}`)).join(say('tasks.and'))
  return [...(alone ? [] : [kinds]), ...(components ? [classesOf(asked)] : []), areasOf(asked)].join(' · ')
}

/** Names of a few, and how many there are in all. */
function classesOf({ classes }: Pick<Package, 'classes'>): string {
  if (classes.length === 0) return say('tasks.allClasses')
  const few = classes
    .slice(0, 3)
    .map(each => `${each.code} ${each.name}`)
    .join('、')
  return classes.length > 3 ? `${few} ${say('tasks.more', { n: classes.length })}` : few
}

function areasOf({ areas }: Pick<Package, 'areas'>): string {
  if (areas.length === 0) return say('tasks.allAreas')
  const few = areas
    .slice(0, 3)
    .map(each => each.name)
    .join('、')
  return areas.length > 3 ? `${few} ${say('tasks.moreAreas', { n: areas.length })}` : few
}
