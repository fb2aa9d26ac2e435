/** What each block is used for; the mix follows from its quarter. */
import type { Random } from '../random.ts'
import { pickWeighted, streamOf } from '../random.ts'
import type { Quarter } from './character.ts'

export type Use =
  | 'residential'
  | 'hamlet'
  | 'commercial'
  | 'office'
  | 'school'
  | 'health'
  | 'government'
  | 'industry'
  | 'storage'
  | 'park'
  | 'field'
  | 'pond'
  | 'wood'
  | 'works'

/** The word the delivery files use for each. */
export const useNames: Record<Use, string> = {
  residential: '居住用地',
  hamlet: '村庄',
  commercial: '商业用地',
  office: '商业用地',
  school: '公共设施用地',
  health: '公共设施用地',
  government: '公共设施用地',
  industry: '工业用地',
  storage: '工业用地',
  park: '绿地',
  field: '农田',
  pond: '农田',
  wood: '绿地',
  works: '空地',
}

/** How many people live or work there per hectare, roughly: what a grid's size goes by. */
export const bustle: Record<Use, number> = {
  residential: 3.4,
  hamlet: 2.4,
  commercial: 3.6,
  office: 2.6,
  school: 2.4,
  health: 2.6,
  government: 2.2,
  industry: 1.2,
  storage: 0.9,
  park: 0.8,
  field: 0.42,
  pond: 0.35,
  wood: 0.38,
  works: 1.2,
}

const mix: Record<Quarter, readonly (readonly [Use, number])[]> = {
  oldtown: [
    ['residential', 56],
    ['commercial', 26],
    ['school', 4],
    ['health', 3],
    ['government', 4],
    ['park', 7],
  ],
  town: [
    ['residential', 60],
    ['commercial', 11],
    ['office', 6],
    ['school', 5],
    ['health', 2],
    ['government', 2],
    ['park', 9],
    ['works', 3],
    ['storage', 2],
  ],
  industry: [
    ['industry', 80],
    ['storage', 9],
    ['works', 4],
    ['park', 4],
    ['residential', 3],
  ],
  village: [
    ['field', 66],
    ['pond', 15],
    ['wood', 13],
    ['industry', 4],
    ['park', 2],
  ],
  shore: [
    ['field', 34],
    ['wood', 24],
    ['park', 22],
    ['pond', 20],
  ],
}

export function useOf(seed: number): (quarter: Quarter, areaM2: number) => Use {
  const random: Random = streamOf(seed, 'use')
  return (quarter, areaM2) => {
    const drawn = pickWeighted(random, mix[quarter])
    // Small blocks out in the country are where people live; a school or hospital needs its ground.
    if (quarter === 'village' || quarter === 'shore') return areaM2 < 27_000 ? 'hamlet' : drawn
    if ((drawn === 'school' || drawn === 'works') && areaM2 < 9_000) return 'residential'
    return drawn
  }
}
