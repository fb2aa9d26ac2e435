/** Which coordinate reference system a layer is read in: the profile's word, else the file's; never a guess. A table without positions lies in none. Pure. */
import { type Crs, findCrs } from '../../../gis/crs.ts'
import type { Reading } from '../../../gis/reading.ts'
import { withoutParameters } from './crs-masking.ts'
import type { Finding } from './findings.ts'
import type { SourceLayer } from './readers/source.ts'
import type { Profile } from './schema.ts'

/**
 * @param named the system of the district that the profile names, if it names one
 * @returns null after reporting why there is none
 */
export function layerCrs(
  layer: Pick<SourceLayer, 'file' | 'crs' | 'position' | 'fields'>,
  profile: Pick<Profile, 'crs'>,
  found: (finding: Finding) => void,
  named: Crs | null,
): Crs | null {
  if (layer.position === null) {
    const detail = { columns: layer.fields.map(field => field.name).join(', ') }
    found({
      code: 'position.column',
      file: layer.file,
      row: null,
      field: null,
      value: null,
      detail,
      lonLat: null,
    })
    return null
  }
  if (named) return named
  const stated = statedCrs(layer, profile)
  const report = (code: 'crs.missing' | 'crs.unknown' | 'crs.parameters', crs: string) =>
    found({
      code,
      file: layer.file,
      row: null,
      field: null,
      value: crs === '' ? null : crs,
      detail: { crs },
      lonLat: null,
    })
  if (stated === null) {
    report('crs.missing', '')
    return null
  }
  const answer = findCrs(stated)
  if (answer.ok) return answer.crs
  report(
    answer.reason === 'parameters' ? 'crs.parameters' : 'crs.unknown',
    withoutParameters(answer.name).slice(0, 120),
  )
  return null
}

/** What the profile says, else the file; null where neither does. */
const statedCrs = ({ crs }: Pick<SourceLayer, 'crs'>, profile: Pick<Profile, 'crs'>): string | null =>
  profile.crs ?? (crs.kind === 'wkt' ? crs.wkt : crs.kind === 'code' ? crs.code : null)

/**
 * The same without a word on what is wrong.
 * @returns null where nobody states a system, undefined where the one stated cannot be used
 */
export function quietCrs(
  layer: Pick<SourceLayer, 'crs'>,
  profile: Pick<Profile, 'crs'>,
  named: Crs | null,
): Crs | null | undefined {
  if (named) return named
  const stated = statedCrs(layer, profile)
  if (stated === null) return null
  const answer = findCrs(stated)
  return answer.ok ? answer.crs : undefined
}

/** How the profile says positions of a system are read. */
export const readingOf = (profile: Pick<Profile, 'swapAxes' | 'degrees'>, crs: Crs): Reading => ({
  crs,
  swapAxes: profile.swapAxes ?? false,
  degrees: profile.degrees ?? 'decimal',
})
