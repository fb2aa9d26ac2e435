/** Water as surfaces: rivers and canals as wide as they are, the lake, fish ponds. */

import { flatArea, flatLength, ringIsSimple } from './measure.ts'
import { noiseOf } from './noise.ts'
import { besideLine, reversed } from './offset.ts'
import type { Flat } from './shape.ts'
import type { Run } from './streets.ts'

export interface Water {
  kind: 'lake' | 'river' | 'canal' | 'pond'
  /** Street number of the run it comes from; -1 where it has none. */
  water: number
  ring: Flat
}

/** The surface of a river or canal: its line with a bank on each side, now wider, now narrower. */
export function waterSurfaces(seed: number, runs: readonly Run[]): Water[] {
  const breadth = noiseOf(seed, 'breadth', 260)
  return runs.flatMap(run => {
    const kind = run.kind === 'river' ? 'river' : 'canal'
    if (flatLength(run.line) < 12) return []
    for (const vary of [0.22, 0]) {
      const bank = (shift: number) => (point: number) =>
        run.halfM * (1 + vary * breadth(run.line[2 * point]! + shift, run.line[2 * point + 1]!))
      const right = bank(-5000)
      const ring = [...besideLine(run.line, p => -right(p)), ...reversed(besideLine(run.line, bank(5000)))]
      if (flatArea(ring) > 0 && ringIsSimple(ring)) return [{ kind, water: run.street, ring }]
    }
    // A bend tighter than the river is wide: piece by piece then.
    return quads(run).map(ring => ({ kind, water: run.street, ring }) as const)
  })
}

function quads(run: Run): Flat[] {
  const left = besideLine(run.line, run.halfM)
  const right = besideLine(run.line, -run.halfM)
  const out: Flat[] = []
  for (let i = 0; i + 3 < run.line.length; i += 2) {
    const ring = [...right.slice(i, i + 4), left[i + 2]!, left[i + 3]!, left[i]!, left[i + 1]!]
    if (flatArea(ring) > 0 && ringIsSimple(ring)) out.push(ring)
  }
  return out
}
