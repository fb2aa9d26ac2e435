/** Whether the database answers, asked no oftener than need be: for health checks that come every second. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Queryable } from './db.ts'

/**
 * @param forMs how long an answer counts
 * @param withinMs how long the database may take; on the embedded engine a question waits behind others
 */
export function openPulse(db: Queryable, { forMs = 2_000, withinMs = 5_000 } = {}): () => Promise<boolean> {
  let asked = Number.NEGATIVE_INFINITY
  let answer: Promise<boolean> = Promise.resolve(false)
  const ask = (): Promise<boolean> => {
    const timeout = new AbortController()
    const late = sleep(withinMs, false, { signal: timeout.signal, ref: false }).catch(() => false)
    const answers = db.query('SELECT 1').then(
      () => true,
      () => false,
    )
    return Promise.race([answers, late]).finally(() => timeout.abort())
  }
  return () => {
    const now = performance.now()
    if (now - asked >= forMs) {
      asked = now
      answer = ask()
    }
    return answer
  }
}
