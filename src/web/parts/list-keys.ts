/**
 * The keys of every list: arrows, Home, End and page keys move, Enter opens, Space shows on the map.
 * Returns whether the key was taken, so that a list can add its own.
 */
export interface ListKeys {
  count: number
  current: number
  move(to: number): void
  open?(index: number): void
  show?(index: number): void
}

export function listKey(event: KeyboardEvent, { count, current, move, open, show }: ListKeys): boolean {
  const to = target(event.key, current, count)
  if (to !== null) {
    if (count > 0) move(Math.max(0, Math.min(count - 1, to)))
  } else if (event.key === 'Enter' && open && current >= 0) open(current)
  else if (event.key === ' ' && show && current >= 0) show(current)
  else return false
  event.preventDefault()
  event.stopPropagation()
  return true
}

/**
 * Gives a list the keyboard if that stands nowhere or in one of the named places. A person who has gone on
 * typing elsewhere keeps it: an answer that comes late takes nothing out of anybody's hands.
 */
export function takeFocus(list: HTMLElement | undefined, from: string): void {
  const held = document.activeElement
  if (!held || held === document.body || held.closest(from)) list?.focus({ preventScroll: true })
}

function target(key: string, current: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return current + 1
    case 'ArrowUp':
      return current - 1
    case 'Home':
      return 0
    case 'End':
      return count - 1
    case 'PageDown':
      return current + 10
    case 'PageUp':
      return current - 10
    default:
      return null
  }
}
