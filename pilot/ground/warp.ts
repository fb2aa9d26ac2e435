/**
 * From the straight plan to the bent ground. The plan is cut by straight lines, which keeps every face
 * convex and every cut exact; these bends then turn lines into the curves of real streets, rivers and
 * shores. No bend folds the plane (none moves a point back as fast as it goes on), so neither does one
 * after the other: what is a partition of the plan is one of the ground.
 */
import type { Noise } from './noise.ts'
import { noiseOf, octavesOf } from './noise.ts'

/** Moves a point of the plan (metres about the middle of the district) to the ground, same unit. */
export type Warp = (x: number, y: number) => readonly [x: number, y: number]

/** A straight line of the plan that shall wind: a point on it and its unit direction. */
export interface Course {
  x: number
  y: number
  dx: number
  dy: number
}

/** [wave in metres, amplitude in metres]: the lean of whole quarters, the sweep of a road, the wobble of a lane. */
const octaves = [
  [5200, 780],
  [1800, 165],
  [480, 10],
] as const

export function warpOf(
  seed: number,
  lake: { x: number; y: number; radiusM: number },
  rivers: readonly Course[],
): Warp {
  const bends: Warp[] = [
    bayBend(lake, octavesOf(seed, 'warp/shore', 1700, 3)),
    ...rivers.map((river, i) => riverBend(river, octavesOf(seed, `warp/river/${i}`, 1500, 2))),
    ...octaves.map(([waveM, amplitudeM]) =>
      lean(
        amplitudeM,
        noiseOf(seed, `warp/east/${waveM}`, waveM),
        noiseOf(seed, `warp/north/${waveM}`, waveM),
      ),
    ),
  ]
  return (x, y) => bends.reduce<readonly [number, number]>((at, bend) => bend(at[0], at[1]), [x, y])
}

const lean =
  (amplitudeM: number, east: Noise, north: Noise): Warp =>
  (x, y) => [x + amplitudeM * east(x, y), y + amplitudeM * north(x, y)]

/** Pushes the shore of a round lake out and in, less and less with the distance from it. */
function bayBend(lake: { x: number; y: number; radiusM: number }, noise: Noise): Warp {
  const reachM = 950
  return (x, y) => {
    const fromMiddle = Math.hypot(x - lake.x, y - lake.y)
    const off = (fromMiddle - lake.radiusM) / reachM
    if (Math.abs(off) > 3) return [x, y]
    const ux = (x - lake.x) / fromMiddle
    const uy = (y - lake.y) / fromMiddle
    // The noise is read on the shore itself, so that a ray from the lake's middle only stretches.
    const push = 480 * noise(lake.x + ux * lake.radiusM, lake.y + uy * lake.radiusM) * Math.exp(-off * off)
    return [x + ux * push, y + uy * push]
  }
}

/** Lets a river wind about its course, and all beside it follow less and less. */
function riverBend(river: Course, noise: Noise): Warp {
  const reachM = 520
  return (x, y) => {
    const along = (x - river.x) * river.dx + (y - river.y) * river.dy
    const off = (-(x - river.x) * river.dy + (y - river.y) * river.dx) / reachM
    if (Math.abs(off) > 3) return [x, y]
    const push = 250 * noise(along, 0) * Math.exp(-off * off)
    return [x - river.dy * push, y + river.dx * push]
  }
}
