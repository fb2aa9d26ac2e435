/**
 * What `ogrinfo -so -al` says of the layers of a file, as data. Its text is the only report that all versions of GDAL
 * in use write.
 */
import type { SourceField, SourceLayer, StatedCrs } from './source.ts'

export interface GdalLayer {
  name: string
  geometryKind: SourceLayer['geometryKind']
  /** Features it promises; null when it does not know. */
  count: number | null
  crs: StatedCrs
  fields: SourceField[]
  /** Fields of bytes, which are not read. */
  binary: string[]
}

const stored: Record<string, SourceField['stored']> = {
  Integer: 'number',
  Integer64: 'number',
  Real: 'number',
  Date: 'date',
  DateTime: 'date',
}

const fieldLine =
  /^(.+?): (String|Integer64|Integer|Real|Date|DateTime|Time|Binary|StringList|IntegerList|Integer64List|RealList)(?:\((\w+)\))? \(\d+\.\d+\)/

export function gdalLayers(report: string): GdalLayer[] {
  return report
    .split(/^Layer name: /m)
    .slice(1)
    .map(layerOf)
}

function layerOf(text: string): GdalLayer {
  const lines = text.split('\n')
  const systems = lines.findIndex(line => /^Layer SRS WKT( \(.*\))?:/.test(line))
  const wkt = wktFrom(lines, systems + 1)
  const after = systems + 1 + wkt.length
  const fields: SourceField[] = []
  const binary: string[] = []
  for (const line of lines.slice(Math.max(after, 1))) {
    const [, name, type, subtype] = fieldLine.exec(line) ?? []
    if (name === undefined || type === undefined) continue
    if (type === 'Binary') binary.push(name)
    else fields.push({ name, stored: subtype === 'Boolean' ? 'boolean' : (stored[type] ?? 'text') })
  }
  const said = (label: string) => lines.find(line => line.startsWith(`${label}: `))?.slice(label.length + 2)
  const count = Number(said('Feature Count') ?? -1)
  const name = lines[0]!
  return {
    name,
    geometryKind: kindOf(said('Geometry')),
    count: count >= 0 ? count : null,
    crs: crsOf(wkt.join('').trim()),
    fields,
    binary,
  }
}

function kindOf(geometry = ''): GdalLayer['geometryKind'] {
  if (geometry === 'None') return 'none'
  const kinds = [
    [/Point/, 'point'],
    [/Line|Curve(?! Polygon)/, 'line'],
    [/Polygon|Surface/, 'polygon'],
  ] as const
  return kinds.find(([pattern]) => pattern.test(geometry))?.[1] ?? 'mixed'
}

/** Lines of a WKT: until as many brackets are closed as were opened. */
function wktFrom(lines: string[], start: number): string[] {
  if (start === 0 || !/^[A-Z_]+\[/.test(lines[start] ?? '')) return []
  let open = 0
  let at = start
  for (; at < lines.length; at++) {
    const brackets = lines[at]!.replace(/"[^"]*"/g, '')
    open += brackets.split('[').length - brackets.split(']').length
    if (open <= 0) break
  }
  return lines.slice(start, at + 1).map(line => line.trim())
}

/** A code where the file's system has one, so that it is the verified system of that code that is used. */
function crsOf(wkt: string): StatedCrs {
  if (!/^(?:GEOGCS|PROJCS|COMPD_CS)\[/.test(wkt)) return { kind: 'none' }
  const code = /AUTHORITY\["EPSG","(\d+)"\]\]$/.exec(wkt)?.[1]
  return code ? { kind: 'code', code: `EPSG:${code}` } : { kind: 'wkt', wkt }
}
