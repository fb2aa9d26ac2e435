/**
 * How fast this machine is just now: milliseconds for a fixed piece of work, half of it arithmetic, half of
 * it walking through memory. Printed beside every figure, so that figures of two days can be compared.
 */
const STEPS = 20_000_000
const WORDS = 1 << 22

/** @returns the least of five runs */
export function calibrate(): number {
  const memory = new Uint32Array(WORDS)
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < 5; run++) {
    const started = performance.now()
    let state = 1
    // xorshift32 (Marsaglia 2003): nothing an engine can leave out
    for (let i = 0; i < STEPS; i++) {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      if ((i & 7) === 0) memory[state & (WORDS - 1)]! += i
    }
    least = Math.min(least, performance.now() - started)
  }
  return least
}
