/**
 * How often something failed lately, per key (an address, a name nobody has), in memory and within a
 * bound: the oldest keys are forgotten first. A process of its own counts for itself; what must hold
 * across processes is in the database.
 */
import type { Clock } from '../../core/clock.ts'

export interface Attempts {
  /** Counts one more. @returns seconds to wait when it is too many, else 0 */
  charge(key: string): number
  /** Takes one charge back: it was no failure. */
  refund(key: string): void
}

interface Rule {
  clock: Clock
  /** A count is forgotten so long after its last charge that was let through. */
  forgetMs: number
  /** Seconds to wait after so many failures; 0 = go on. */
  waitS(failures: number): number
  maxKeys?: number
}

export function openAttempts({ clock, forgetMs, waitS, maxKeys = 10_000 }: Rule): Attempts {
  const counts = new Map<string, { failures: number; last: number; until: number }>()
  return {
    charge(key) {
      const now = clock.now().getTime()
      let count = counts.get(key)
      if (!count || now - count.last > Math.max(forgetMs, count.until - count.last))
        count = { failures: 0, last: now, until: 0 }
      counts.delete(key)
      counts.set(key, count)
      if (counts.size > maxKeys) counts.delete(counts.keys().next().value!)
      if (count.until > now) return Math.ceil((count.until - now) / 1000)
      count.failures++
      count.last = now
      count.until = now + waitS(count.failures) * 1000
      return 0
    },
    refund(key) {
      const count = counts.get(key)
      if (!count) return
      count.failures--
      count.until = 0
    },
  }
}

/** What counts as one sender: an IPv4 address, or the /64 an IPv6 subscriber has for himself. */
export function senderOf(remote: string): string {
  const plain = remote.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail = ''] = plain.split('%')[0]!.split('::')
  const left = head.split(':').filter(Boolean)
  const right = tail.split(':').filter(Boolean)
  const all = plain.includes('::')
    ? [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
    : left
  return `${all
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
