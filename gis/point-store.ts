/**
 * The present set of points (point-set.ts), changed at once and merged in the background: in short steps, so
 * that readers and further changes come in between; what changed meanwhile is applied to the merged set.
 *
 *   change change  [merge ......................] -> new base
 *                     change     change  (again on the new base)
 */
import { mergeInSteps } from './merge-columns.ts'
import { changePoints, type PointChange, type PointSet, pointSet } from './point-set.ts'
import { pyramidInSteps } from './pyramid.ts'

export interface PointStore {
  now(): PointSet
  /** @throws RangeError as changePoints; nothing is changed then */
  change(change: PointChange): void
  /** Whether reading would gain by a merge: an eighth of the base, or 20,000 points, came or went. */
  wantsMerge(): boolean
  /**
   * Resolves when what had changed before the call is in the base; one merge at a time.
   * @param pause lets others work; called between steps of about a millisecond
   */
  merge(pause: () => Promise<void>): Promise<void>
}

const MOST_LOOSE = 20_000

export function pointStore(first: PointSet): PointStore {
  let set = first
  /** What changed since the merge that is going on began. */
  let since: PointChange[] | null = null
  let going: Promise<void> = Promise.resolve()

  const merge = async (pause: () => Promise<void>): Promise<void> => {
    const { base, gone, added } = set
    if (gone === null && added.n === 0) return
    since = []
    try {
      const columns = await inSteps(mergeInSteps(base, gone, added), pause)
      const pyramid = await inSteps(pyramidInSteps(columns), pause)
      set = since.reduce(changePoints, pointSet(columns, pyramid))
    } finally {
      since = null
    }
  }
  return {
    now: () => set,
    change(change) {
      set = changePoints(set, change)
      since?.push(change)
    },
    wantsMerge: () => set.added.n + set.removed.n > Math.min(MOST_LOOSE, set.base.n / 8),
    merge: pause => (going = going.catch(() => {}).then(() => merge(pause))),
  }
}

async function inSteps<T>(steps: Generator<undefined, T>, pause: () => Promise<void>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await pause()
  }
}
