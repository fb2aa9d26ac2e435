/** A stretch of a delivery's findings as a list shows it: read from anywhere, longer at both ends when asked. */
import { reactive } from 'vue'
import { type FindingFilter, listFindings, type StoredFinding } from '../api/findings.ts'
import { sentenceOf } from './saying.ts'

const PAGE = 50

export function findingPages(delivery: () => string) {
  const page = reactive({
    items: [] as StoredFinding[],
    total: 0,
    /** Those before the first of the stretch. */
    earlier: 0,
    state: 'reading' as 'reading' | 'ready' | 'failed',
    busy: false,
    problem: '',
  })
  let running: AbortController | null = null
  let filter: FindingFilter | null = null

  async function ask(
    from: { after?: number; before?: number },
    take: (items: StoredFinding[], earlier: number) => void,
  ) {
    running?.abort()
    const mine = new AbortController()
    running = mine
    page.busy = true
    try {
      const answer = await listFindings(delivery(), filter!, { ...from, limit: PAGE }, mine.signal)
      take(answer.items, answer.earlier)
      Object.assign(page, { total: answer.total, state: 'ready', problem: '' })
    } catch (error) {
      if (mine.signal.aborted) return
      Object.assign(page, { state: page.items.length > 0 ? 'ready' : 'failed', problem: sentenceOf(error) })
    }
    if (running === mine) page.busy = false
  }
  return {
    page,
    /** Begins anew, with the finding of a number where one is named. */
    read(now: FindingFilter, from: number | null): Promise<void> {
      filter = now
      if (page.items.length === 0) page.state = 'reading'
      return ask({ after: from === null ? 0 : from - 1 }, (items, earlier) =>
        Object.assign(page, { items, earlier }),
      )
    },
    later: (): Promise<void> =>
      ask({ after: page.items.at(-1)?.no ?? 0 }, items => page.items.push(...items)),
    before: (): Promise<void> =>
      ask({ before: page.items[0]?.no ?? 1 }, (items, earlier) => {
        page.items.unshift(...items)
        page.earlier = earlier
      }),
  }
}
