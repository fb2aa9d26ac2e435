/** Where each village has its office: the building plot nearest to its middle. */
import type { District } from './ground/district.ts'
import { flatCentre } from './ground/measure.ts'
import type { Use } from './ground/use.ts'

const suitable: readonly Use[] = ['residential', 'hamlet', 'government', 'commercial', 'office']

/** A position inside each village, in the order of the villages. */
export function committeePlaces({ villages, blocks }: District): [x: number, y: number][] {
  return villages.map(({ centre }, village) => {
    const mine = blocks.filter(b => b.village === village && b.ground)
    const fit = mine.filter(b => suitable.includes(b.use))
    const places = (fit.length > 0 ? fit : mine).map(b => flatCentre(b.ground!))
    const off = ([x, y]: [number, number]) => Math.hypot(x - centre[0], y - centre[1])
    return places.sort((a, b) => off(a) - off(b))[0]!
  })
}
