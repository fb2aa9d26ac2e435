/**
 * GeoJSON (RFC 7946, and the `crs` member of the format before it): a FeatureCollection, a single
 * Feature or a bare geometry. Opening reads the whole file once: broken JSON is found before any row
 * is given, and the fields are the union over all features. Rows are read in a second pass.
 */
import { FileFault } from '../findings.ts'
import { collector, rowMaker } from './feature.ts'
import { corrupt } from './file-bytes.ts'
import { layerNameOf } from './formats.ts'
import { crsOf, kindOf } from './geojson-geometry.ts'
import { parsePiece, splitFeatures } from './json-split.ts'
import type { SourceLayer, SourceRow } from './source.ts'
import type { TextFile } from './text-file.ts'

export const batchRows = 1_000
/** A batch is also closed after so many characters of JSON. */
const batchText = 8 << 20

/** Throws FileFault: file.corrupt (with the place), file.format (JSON that is no GeoJSON). */
export async function openGeojson(text: TextFile): Promise<SourceLayer> {
  const { file } = text
  const found = collector()
  const sample: unknown[] = []
  const envelope = await throughFeatures(text, feature => {
    found.add(feature)
    if (sample.length < 5) sample.push(feature)
  })
  const single = singleOf(envelope, file)
  if (single) {
    found.add(single)
    sample.push(single)
  }
  const { fields, geometryKind, rowCount } = found.collected()
  const toRow = rowMaker(fields, file)
  const { name, decidedBy } = text.encoding
  return {
    file,
    name: layerNameOf(file),
    fields,
    geometryKind,
    rowCount,
    encoding: { name, decidedBy: name === 'utf-8' && decidedBy === 'guessed' ? 'format' : decidedBy },
    crs: crsOf(envelope.crs),
    sample: sample.map((feature, n) => toRow(feature, n + 1)),
    rows: () => (single ? one(toRow(single, 1)) : readRows(text, toRow)),
  }
}

/** Parses every feature for `visit`, then what is around them. */
async function throughFeatures(
  text: TextFile,
  visit: (feature: unknown) => void,
): Promise<Record<string, unknown>> {
  const features = splitFeatures(text.chunks(), text.file)
  try {
    for (let row = 1; ; row++) {
      const step = await features.next()
      if (step.done) return parseEnvelope(step.value, text.file)
      visit(parsePiece(step.value, row, text.file))
    }
  } finally {
    await features.return('')
  }
}

function parseEnvelope(text: string, file: string): Record<string, unknown> {
  let envelope: unknown
  try {
    envelope = JSON.parse(text)
  } catch (error) {
    throw corrupt(file, `around the features: ${(error as Error).message}`)
  }
  if (typeof envelope === 'object' && envelope !== null) return envelope as Record<string, unknown>
  throw notGeojson(file, typeof envelope)
}

/** The only feature of a file that is no collection; null for a collection. */
function singleOf(envelope: Record<string, unknown>, file: string): unknown {
  const { type, features } = envelope
  if (type === 'FeatureCollection') {
    if (Array.isArray(features)) return null
    throw corrupt(file, 'FeatureCollection without features')
  }
  if (type === 'Feature') return envelope
  if (kindOf(envelope) || type === 'GeometryCollection')
    return { type: 'Feature', properties: {}, geometry: envelope }
  throw notGeojson(
    file,
    typeof type === 'string' ? type.slice(0, 50) : Array.isArray(envelope) ? 'list' : 'no type',
  )
}

const notGeojson = (file: string, what: string) =>
  new FileFault('file.format', file, { detail: { reason: `JSON, but not GeoJSON (${what})` } })

async function* one(row: SourceRow): AsyncGenerator<SourceRow[]> {
  yield [row]
}

async function* readRows(text: TextFile, toRow: ReturnType<typeof rowMaker>): AsyncGenerator<SourceRow[]> {
  let rows: SourceRow[] = []
  let length = 0
  let row = 0
  for await (const piece of splitFeatures(text.chunks(), text.file)) {
    rows.push(toRow(parsePiece(piece, ++row, text.file), row))
    length += piece.text.length
    if (rows.length === batchRows || length > batchText) {
      yield rows
      rows = []
      length = 0
    }
  }
  if (rows.length > 0) yield rows
}
