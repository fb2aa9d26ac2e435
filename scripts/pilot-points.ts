/**
 * The components of the pilot as points in memory, for benches that need many things the way a town has them:
 * along its streets, with its mix of classes. More than the pilot's own 231,000 are the same ground again
 * beside itself, at the same density.
 */

import proj4 from 'proj4'
import type { PointRows } from '../gis/columns.ts'
import { surveyClasses } from '../pilot/components/classes.ts'
import { blockLocator } from '../pilot/components/locate-block.ts'
import { placeClass } from '../pilot/components/place.ts'
import { tracksOf } from '../pilot/components/tracks.ts'
import { makeDistrict } from '../pilot/ground/district.ts'
import { proj4549 } from '../pilot/prj.ts'
import { streamOf } from '../pilot/random.ts'

const PILOT = 231_000
/** Degrees from one copy of the ground to the next. */
const STEP = [0.105, 0.085] as const

export const pilotClasses: readonly string[] = surveyClasses.map(each => each.code)
export const pilotStates: readonly string[] = ['完好', '破损', '丢失', '占用']

/** @returns n points; ids count from 0, every fiftieth is broken, lost or in the way */
export function pilotPoints(n: number): PointRows {
  const rows: PointRows = {
    n,
    lon: new Float64Array(n),
    lat: new Float64Array(n),
    classIndex: new Uint16Array(n),
    state: Uint16Array.from({ length: n }, (_, i) => (i % 50 === 0 ? 1 + ((i / 50) % 3) : 0)),
    id: Uint32Array.from({ length: n }, (_, i) => i),
    area: new Int32Array(n).fill(-1),
  }
  const once = Math.min(n, PILOT)
  const made = placeOnce(rows, once)
  const across = Math.ceil(Math.sqrt(Math.ceil(n / made)))
  for (let i = made; i < n; i++) {
    const copy = Math.floor(i / made)
    rows.lon[i] = rows.lon[i % made]! + (copy % across) * STEP[0]
    rows.lat[i] = rows.lat[i % made]! + Math.floor(copy / across) * STEP[1]
    rows.classIndex[i] = rows.classIndex[i % made]!
  }
  return rows
}

/** Fills the first `wanted` rows as far as the mix of classes goes, and says how many those are. */
function placeOnce(rows: PointRows, wanted: number): number {
  const district = makeDistrict(1, 0)
  const locate = blockLocator(district)
  const tracks = tracksOf(district, locate)
  const toDegrees = proj4(proj4549, '+proj=longlat +ellps=GRS80 +no_defs')
  const shares = surveyClasses.reduce((sum, each) => sum + each.share, 0)
  let made = 0
  for (const [index, each] of surveyClasses.entries()) {
    const count = Math.min(wanted - made, Math.ceil((each.share / shares) * wanted))
    if (count <= 0) continue
    placeClass(each, count, tracks, locate, streamOf(1, each.code), ({ geometry }) => {
      const [lon, lat] = toDegrees.forward([geometry[0]!, geometry[1]!]) as [number, number]
      rows.lon[made] = lon
      rows.lat[made] = lat
      rows.classIndex[made++] = index
    })
  }
  return made
}
