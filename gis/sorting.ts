/** Indices sorted by a comparison, in steps between which others may work: runs are sorted, then merged two by two. */

const RUN = 4096
/** Comparisons of a merging step: a few milliseconds where texts are compared. */
const STEP = 16_384

/** @returns 0 to n - 1 in order */
export function* sortInSteps(
  n: number,
  compare: (a: number, b: number) => number,
): Generator<undefined, Uint32Array> {
  let from = Uint32Array.from({ length: n }, (_, i) => i)
  for (let start = 0; start < n; start += RUN) {
    from.subarray(start, start + RUN).sort(compare)
    yield
  }
  let to = new Uint32Array(n)
  for (let width = RUN; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = Math.min(start + width, n)
      const end = Math.min(start + 2 * width, n)
      for (let i = start, j = middle, k = start; k < end; k++) {
        const first = j === end || (i < middle && compare(from[i]!, from[j]!) <= 0)
        to[k] = first ? from[i++]! : from[j++]!
        if (k % STEP === 0) yield
      }
    }
    ;[from, to] = [to, from]
  }
  return from
}
