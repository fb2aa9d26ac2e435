/**
 * The character of the country: where the town centres are, how urban, industrial or close to the lake
 * a place is. Positions are plan metres about the middle of the district.
 */
import { between, streamOf } from '../random.ts'
import { octavesOf } from './noise.ts'

/** What a quarter is; blocks, land use and components follow from it. */
export type Quarter = 'oldtown' | 'town' | 'industry' | 'village' | 'shore'

export interface Centre {
  x: number
  y: number
  /** How far the town reaches. */
  reachM: number
  /** Old towns have a dense core of crooked lanes. */
  coreM: number
}

export interface Character {
  /** One for each of the three towns; the first is the new town. */
  centres: readonly Centre[]
  lake: { x: number; y: number; radiusM: number }
  /** Smaller is more surely inside the district. */
  remoteness: (x: number, y: number) => number
  quarterAt: (x: number, y: number) => Quarter
  /** Which way the side streets run, in radians from east; null where they follow the roads around them. */
  bearingAt: (x: number, y: number) => number | null
}

export function characterOf(seed: number): Character {
  const random = streamOf(seed, 'character')
  const centre = (x: number, y: number, reachM: number, coreM: number): Centre => ({
    x: x + between(random, -250, 250),
    y: y + between(random, -250, 250),
    reachM,
    coreM,
  })
  const centres = [
    centre(300, 1650, 2350, 420),
    centre(2350, -1500, 1450, 560),
    centre(-1750, -2050, 1250, 470),
  ]
  const works = [centre(3300, 1700, 1500, 0), centre(250, -3000, 1050, 0)]
  const lake = { x: -6650 + between(random, -200, 200), y: -300 + between(random, -500, 500), radiusM: 3600 }
  const ragged = octavesOf(seed, 'outline', 2600, 2)
  const patchy = octavesOf(seed, 'quarters', 1500, 2)
  const leaning = octavesOf(seed, 'bearing', 1700, 2)
  const lakeM = (x: number, y: number) => Math.hypot(x - lake.x, y - lake.y) - lake.radiusM
  const near = (places: readonly Centre[], x: number, y: number) =>
    Math.max(...places.map(c => Math.exp(-(((x - c.x) / c.reachM) ** 2 + ((y - c.y) / c.reachM) ** 2))))
  return {
    centres,
    lake,
    remoteness: (x, y) =>
      Math.hypot((x - 250) / 1.16, y) + 1150 * ragged(x, y) - 900 * Math.exp(-((lakeM(x, y) / 900) ** 2)),
    quarterAt: (x, y) => {
      if (centres.some(c => Math.hypot(x - c.x, y - c.y) < c.coreM)) return 'oldtown'
      const urban = near(centres, x, y) + 0.22 * patchy(x, y)
      const working = near(works, x, y) + 0.2 * patchy(y + 9000, x)
      if (working > 0.5 && working > urban - 0.12) return 'industry'
      if (urban > 0.42) return 'town'
      return lakeM(x, y) < 900 ? 'shore' : 'village'
    },
    bearingAt: (x, y) => {
      const lean = leaning(x, y)
      return Math.abs(lean) < 0.16 ? null : lean * 0.9
    },
  }
}
