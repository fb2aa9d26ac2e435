/**
 * Positions that were cut to few digits lie on a coarse lattice: two decimals of a degree are a kilometre.
 * A good survey leaves one position in a hundred on a lattice ten times coarser than its own, by chance.
 */

/** Degrees and metres that no survey of things in a street is content with. */
const STEPS = { geographic: [1, 0.1, 0.01, 0.001, 0.0001], projected: [10_000, 1000, 100, 10] } as const
/** Of both axes together by chance a hundredth; a third is no chance. */
const SHARE = 1 / 3
const FEWEST = 30
/** Of a step: what float and decimal differ by. */
const SLACK = 1e-6

/**
 * The coarsest lattice that at least a third of the positions lie on, or null where they are fine enough.
 * @param positions x, y, x, y ... as they stand in the file
 * @returns the step in the unit of the positions, how many lie on it
 */
export function coarseLattice(
  positions: ArrayLike<number>,
  kind: keyof typeof STEPS,
): { step: number; on: number } | null {
  const count = positions.length / 2
  if (count < FEWEST) return null
  for (const step of STEPS[kind]) {
    let on = 0
    for (let i = 0; i < positions.length; i += 2)
      if (isOn(positions[i]!, step) && isOn(positions[i + 1]!, step)) on++
    if (on >= Math.max(FEWEST, count * SHARE)) return { step, on }
  }
  return null
}

const isOn = (value: number, step: number): boolean => {
  const steps = value / step
  return Math.abs(steps - Math.round(steps)) < SLACK
}
