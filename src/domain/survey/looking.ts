/**
 * Looks into the files of a delivery: the guess and the marked workbook unpack them to read them, which may fill
 * gigabytes of disk for a moment. So there are only so many at once, and fewer for one account.
 */
import { problem } from '../../core/problem.ts'
import { openSeats } from '../../core/seats.ts'

const AT_ONCE = 4
const AT_ONCE_EACH = 2
/** When to come back, told to who is refused. */
const PAUSE_S = 5

export interface Looks {
  /** @returns what ends the look, once. @throws guess.busy */
  enter(actor: string): () => void
}

export function openLooks({ atOnce = AT_ONCE, each = AT_ONCE_EACH } = {}): Looks {
  const all = openSeats(atOnce)
  const own = openSeats(each)
  return {
    enter(actor) {
      const leave = own.take(actor)
      const leaveAll = leave && all.take('')
      if (leave && leaveAll)
        return () => {
          leave()
          leaveAll()
        }
      leave?.()
      throw problem('guess.busy', { seconds: PAUSE_S })
    },
  }
}
