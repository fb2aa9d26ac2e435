/**
 * TopoJSON: every object of the topology becomes a layer. Arcs are shared, so the file is held as a
 * whole while its layers are read; geometries are put together from arcs row by row.
 */
import { feature } from 'topojson-client'
import type { GeometryObject, Topology } from 'topojson-specification'
import { FileFault } from '../findings.ts'
import { badRow, collector, rowMaker } from './feature.ts'
import { corrupt } from './file-bytes.ts'
import { batchRows } from './geojson.ts'
import { crsOf } from './geojson-geometry.ts'
import type { SourceLayer, SourceRow } from './source.ts'
import type { TextFile } from './text-file.ts'

const longest = 1 << 28

/** Throws FileFault: file.corrupt, file.format (too large to be held). */
export async function openTopojson(text: TextFile): Promise<SourceLayer[]> {
  const { file } = text
  const topology = await parseTopology(text)
  const { name, decidedBy } = text.encoding
  const encoding = {
    name,
    decidedBy: name === 'utf-8' && decidedBy === 'guessed' ? ('format' as const) : decidedBy,
  }
  const crs = crsOf((topology as { crs?: unknown }).crs)
  return Object.entries(topology.objects as Record<string, GeometryObject>).map(([layer, object]) => {
    const geometries = geometriesOf(object)
    const found = collector()
    for (const geometry of geometries) found.add(asFeature(geometry))
    const { fields, geometryKind, rowCount } = found.collected()
    const toRow = rowMaker(fields, file)
    const make = (geometry: GeometryObject, row: number): SourceRow => {
      try {
        const nested = geometry.type === 'GeometryCollection'
        return toRow(nested ? asFeature(geometry) : feature(topology, geometry), row)
      } catch {
        return badRow(fields.length, row, file, `${layer}: arcs that do not exist`)
      }
    }
    const sample = geometries.slice(0, 5).map((geometry, n) => make(geometry, n + 1))
    const rows = () => readRows(geometries, make)
    return { file, name: layer, fields, geometryKind, rowCount, encoding, crs, sample, rows }
  })
}

async function parseTopology(text: TextFile): Promise<Topology> {
  let json = ''
  for await (const chunk of text.chunks()) {
    json += chunk
    if (json.length > longest)
      throw new FileFault('file.format', text.file, { detail: { reason: 'TopoJSON > 256 MB' } })
  }
  let topology: Topology
  try {
    topology = JSON.parse(json)
  } catch (error) {
    throw corrupt(text.file, (error as Error).message)
  }
  const { type, arcs, objects } = topology
  if (type !== 'Topology' || !Array.isArray(arcs) || typeof objects !== 'object' || objects === null) {
    throw corrupt(text.file, 'TopoJSON without arcs or objects')
  }
  return topology
}

/** A collection's members, or the one geometry that the object is. */
function geometriesOf(object: GeometryObject): GeometryObject[] {
  if (object?.type === 'GeometryCollection') return Array.isArray(object.geometries) ? object.geometries : []
  return [object]
}

/** What the first pass asks of a geometry: all but its coordinates. */
const asFeature = (geometry: GeometryObject | null) => ({
  properties: geometry?.properties ?? {},
  id: geometry?.id,
  geometry: geometry?.type ? { type: geometry.type } : null,
})

async function* readRows(
  geometries: GeometryObject[],
  make: (geometry: GeometryObject, row: number) => SourceRow,
): AsyncGenerator<SourceRow[]> {
  for (let from = 0; from < geometries.length; from += batchRows) {
    yield geometries.slice(from, from + batchRows).map((geometry, n) => make(geometry, from + n + 1))
    await new Promise(resolve => setImmediate(resolve))
  }
}
