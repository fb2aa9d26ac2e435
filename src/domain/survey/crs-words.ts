/** How coordinate systems and readings are named to people, and in profiles. Pure. */
import type { Crs } from '../../../gis/crs.ts'
import type { Profile } from './schema.ts'

/** What a profile names a system by: its code, its own name, or its PROJ string. */
export function crsNameOf(crs: Crs): string {
  if (crs.offset) return crs.offset
  if (crs.similarity) return crs.name
  return crs.code ?? crs.proj
}

/** A central meridian as surveyors write it: 120°47′. */
export function meridianOf({ centralMeridian }: Crs): string {
  if (centralMeridian === null) return '-'
  const seconds = Math.round(centralMeridian * 3600)
  const [d, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60]
  return `${d}°${m === 0 && s === 0 ? '' : `${m}′`}${s === 0 ? '' : `${s}″`}`
}

/** A change of the profile as its lines would be written: `crs: EPSG:4528, swapAxes: true`. */
export const describeReading = (change: Pick<Profile, 'crs' | 'swapAxes' | 'degrees'>): string =>
  Object.entries(change)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')
