/** Which coordinate reference system a layer is read in: the profile's word, else the file's; never a guess. Pure. */
import { type Crs, findCrs } from '../../../gis/crs.ts'
import type { Finding } from './findings.ts'
import type { SourceLayer } from './readers/source.ts'
import type { Profile } from './schema.ts'

/**
 * @param named the system of the district that the profile names, if it names one
 * @returns null after reporting why there is none
 */
export function layerCrs(
  layer: Pick<SourceLayer, 'file' | 'crs'>,
  profile: Pick<Profile, 'crs'>,
  found: (finding: Finding) => void,
  named: Crs | null,
): Crs | null {
  if (named) return named
  const stated =
    profile.crs ??
    (layer.crs.kind === 'wkt' ? layer.crs.wkt : layer.crs.kind === 'code' ? layer.crs.code : null)
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
  report(answer.reason === 'parameters' ? 'crs.parameters' : 'crs.unknown', answer.name.slice(0, 120))
  return null
}
