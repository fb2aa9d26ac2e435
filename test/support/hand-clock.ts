/** A clock a test sets by hand. */
import type { Clock } from '../../src/core/clock.ts'

export interface HandClock extends Clock {
  pass(ms: number): void
}

export function handClock(at = new Date('2026-03-01T08:00:00Z')): HandClock {
  let ms = at.getTime()
  return {
    now: () => new Date(ms),
    pass(more) {
      ms += more
    },
  }
}
