/**
 * MapInfo tables, File Geodatabases, drawings (DXF) and KML, read by the machine's GDAL in a locked-down child (see
 * gdal-child.ts) and taken from its output as GeoJSON. Opening reads every layer once, so that a file that ends too
 * early is found before any row is given. Curves come as lines; heights and measures are dropped.
 */
import { FileFault, type Finding } from '../findings.ts'
import { encodingWrong } from './encoding.ts'
import { encodingName } from './encoding-name.ts'
import { collector, rowMaker } from './feature.ts'
import { truncated } from './file-bytes.ts'
import { layerNameOf } from './formats.ts'
import { type GdalRun, gdalOutput } from './gdal-child.ts'
import { lookThroughMarkup, type Rewritten, shownAs, withCopies } from './gdal-copies.ts'
import { type GdalKind, type GdalParts, headOf } from './gdal-kinds.ts'
import { type GdalLayer, gdalLayers } from './gdal-layers.ts'
import { readMapInfoHead } from './gdal-mapinfo.ts'
import { type GdalProgram, gdalProgram } from './gdal-program.ts'
import { batchRows } from './geojson.ts'
import { parsePiece, splitFeatures } from './json-split.ts'
import type { ReadOptions, SourceLayer, SourceRow, SourceValue } from './source.ts'
import { openText } from './text-file.ts'

/** A batch is also closed after so many characters of JSON. */
const batchText = 8 << 20
const longestReport = 32 << 20
const mostLayers = 300
/** For all layers of a file together; GDAL's own processor time is bounded in gdal-child.ts. */
const longestOpeningMs = 900_000
const kinds: readonly string[] = ['tab', 'mif', 'gdb']

/** A file before GDAL: all that is needed to start a child for it, again and again. */
interface Shown {
  gdal: GdalProgram
  driver: string
  kind: GdalKind
  parts: GdalParts
  rewritten: Rewritten | undefined
  encoding: SourceLayer['encoding']
  config: Record<string, string>
}

/**
 * Throws FileFault: file.gdal (GDAL is not installed), file.corrupt, file.truncated, file.limit, file.format,
 * file.export, file.part-missing, encoding.unknown.
 */
export async function openGdal(
  parts: GdalParts,
  kind: GdalKind,
  options: ReadOptions,
): Promise<{ layers: SourceLayer[]; findings: Finding[] }> {
  const gdal = await gdalProgram()
  const driver = kind.drivers.find(name => gdal?.drivers.includes(name))
  if (!gdal || !driver) throw new FileFault('file.gdal', parts.name, { detail: { format: kind.format } })
  const findings: Finding[] = []
  const shown = { gdal, driver, kind, parts, ...(await prepared(parts, kind, options, findings)) }
  const told = gdalLayers(await report(shown))
  if (told.length === 0) throw new FileFault('file.no-layer', parts.name)
  // every layer costs a reading of the whole file, now and when its rows are asked for
  if (told.length > mostLayers)
    throw new FileFault('file.limit', parts.name, { detail: { limit: `${mostLayers} layers` } })
  const until = performance.now() + longestOpeningMs
  const layers: SourceLayer[] = []
  const names = new Set<string>()
  for (const each of told) {
    try {
      if (names.has(each.name) || !/^[^-@\s]/.test(each.name)) throw unnameable(parts.name, each.name)
      names.add(each.name)
      layers.push(await openLayer(shown, each, { until, signal: options.signal }))
      const file = layers.at(-1)!.file
      for (const field of each.binary)
        findings.push(new FileFault('field.ignored', file, { field, detail: { type: 'Binary' } }).finding)
    } catch (error) {
      if (!(error instanceof FileFault)) throw error
      findings.push(error.finding)
    }
  }
  return { layers, findings }
}

const unnameable = (file: string, layer: string) =>
  new FileFault('layer.ignored', file, { detail: { layer: layer.slice(0, 200), type: 'GDAL' } })

/** What is looked at before GDAL is started: names of other files and addresses, and encodings. */
async function prepared(
  parts: GdalParts,
  { ending }: GdalKind,
  options: ReadOptions,
  findings: Finding[],
): Promise<Pick<Shown, 'rewritten' | 'encoding' | 'config'>> {
  const given = options.encoding === undefined ? undefined : encodingName(options.encoding)
  const head = headOf(parts)
  if (options.encoding !== undefined && given === undefined)
    throw new FileFault('encoding.unknown', parts.name, { detail: { encoding: options.encoding } })
  const byFormat = {
    rewritten: undefined,
    encoding: { name: 'utf-8', decidedBy: 'format' } as const,
    config: {},
  }
  if (!head || ending === 'gdb') return byFormat
  if (ending === 'tab' || ending === 'mif') {
    const part = ending === 'tab' ? 'dat' : 'mid'
    const data = parts.parts.get(part)
    if (!data) throw new FileFault('file.part-missing', parts.name, { detail: { part: `.${part}` } })
    return { ...(await readMapInfoHead(head, data, ending, given)), config: {} }
  }
  if (ending === 'dxf') return drawing(await openText(head, options.encoding).catch(() => undefined), given)
  const text = await openText(head, options.encoding)
  const { links } = await lookThroughMarkup(text)
  if (links)
    findings.push(new FileFault('file.ignored', head.name, { detail: { entry: 'NetworkLink' } }).finding)
  return { rewritten: { ending, text }, encoding: text.encoding, config: {} }
}

const drawing = async (
  text: Awaited<ReturnType<typeof openText>> | undefined,
  given: string | undefined,
): Promise<Pick<Shown, 'rewritten' | 'encoding' | 'config'>> => {
  const name = given ?? text?.encoding.name ?? 'utf-8'
  const label = { gb18030: 'CP936', big5: 'CP950', 'utf-8': 'UTF-8' }[name]
  const encoding = { name, decidedBy: given === undefined ? 'guessed' : 'given' } as const
  return { rewritten: undefined, encoding, config: label ? { DXF_ENCODING: label } : {} }
}

const runOf = ({ gdal, driver, config, parts }: Shown, dir: string): Omit<GdalRun, 'program' | 'args'> => ({
  gdal,
  driver,
  config,
  dir,
  file: parts.name,
})

async function report(shown: Shown): Promise<string> {
  const args = ['-ro', '-so', '-al', '-wkt_format', 'WKT1', `./${shownAs}.${shown.kind.ending}`]
  const limits = { outputBytes: longestReport, processorSeconds: 120, silenceMs: 180_000 }
  const chunks: Buffer[] = []
  const said = withCopies(shown.parts, shown.kind, shown.rewritten, dir =>
    gdalOutput({ ...runOf(shown, dir), program: 'ogrinfo', args, limits }),
  )
  for await (const chunk of said) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

async function openLayer(
  shown: Shown,
  told: GdalLayer,
  { until, signal }: { until: number; signal: AbortSignal | undefined },
): Promise<SourceLayer> {
  const { kind, parts } = shown
  const own = told.name === shownAs || told.name === 'entities' || kind.ending === 'dxf'
  const name = own ? layerNameOf(parts.name) : told.name
  const file = ['gdb', 'kml'].includes(kind.ending) ? `${parts.name}/${name}` : parts.name
  const found = collector()
  const sample: SourceRow[] = []
  let rowCount = 0
  const toRow = rows(told, file, kind)
  for await (const { feature } of features(shown, told, file)) {
    signal?.throwIfAborted()
    if (performance.now() > until)
      throw new FileFault('file.limit', parts.name, { detail: { limit: `${longestOpeningMs / 1000} s` } })
    found.add(feature)
    rowCount++
    if (sample.length < 5) sample.push(toRow(feature, rowCount))
  }
  if (told.count !== null && rowCount < told.count) throw truncated(file, told.count, rowCount, 'features')
  const seen = found.collected().geometryKind
  return {
    file,
    name,
    fields: told.fields,
    geometryKind: seen === 'none' ? told.geometryKind : seen,
    rowCount,
    encoding: shown.encoding,
    crs: told.crs,
    sample,
    rows: () => readRows(shown, told, file, toRow),
  }
}

async function* readRows(
  shown: Shown,
  told: GdalLayer,
  file: string,
  toRow: ReturnType<typeof rows>,
): AsyncGenerator<SourceRow[]> {
  let batch: SourceRow[] = []
  let length = 0
  let row = 0
  for await (const { feature, characters } of features(shown, told, file)) {
    batch.push(toRow(feature, ++row))
    length += characters
    if (batch.length === batchRows || length > batchText) {
      yield batch
      batch = []
      length = 0
    }
  }
  if (batch.length > 0) yield batch
}

/** What ogr2ogr is asked for: positions to the last digit and as they stand, whole numbers too long for a double as text. */
const asked = [
  '-f',
  'GeoJSON',
  '-preserve_fid',
  '-dim',
  'XY',
  '-nlt',
  'CONVERT_TO_LINEAR',
  '-mapFieldType',
  'Integer64=String',
  '-lco',
  'RFC7946=NO',
  '-lco',
  'COORDINATE_PRECISION=15',
  '-lco',
  'SIGNIFICANT_FIGURES=17',
  '/vsistdout/',
]

async function* features(
  shown: Shown,
  told: GdalLayer,
  file: string,
): AsyncGenerator<{ feature: unknown; characters: number }> {
  const args = [...asked, `./${shownAs}.${shown.kind.ending}`, told.name]
  const bytes = withCopies(shown.parts, shown.kind, shown.rewritten, dir =>
    gdalOutput({ ...runOf(shown, dir), program: 'ogr2ogr', args }),
  )
  let row = 0
  for await (const piece of splitFeatures(decoded(bytes, file, shown), file)) {
    yield { feature: parsePiece(piece, ++row, file), characters: piece.text.length }
  }
}

async function* decoded(
  bytes: AsyncIterable<Buffer>,
  file: string,
  { encoding }: Shown,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true })
    yield decoder.decode()
  } catch (error) {
    throw error instanceof TypeError ? encodingWrong(file, encoding.name, 0, '', '') : error
  }
}

/** Rows are numbered as the file numbers them where it does, else they are counted. */
function rows(
  told: GdalLayer,
  file: string,
  { ending }: GdalKind,
): (feature: unknown, row: number) => SourceRow {
  const toRow = rowMaker(told.fields, file)
  const numbers = told.fields.map(field => field.stored === 'number')
  const dates = told.fields.map(field => field.stored === 'date')
  const booleans = told.fields.map(field => field.stored === 'boolean')
  const own = kinds.includes(ending)
  return (feature, counted) => {
    const { id, ...rest } = feature as { id?: unknown }
    const row = toRow(rest, own && typeof id === 'number' && id > 0 && id < 2 ** 31 ? id : counted)
    row.values = row.values.map((value, at) => {
      if (value === '') return null
      if (numbers[at] && typeof value === 'string') return whole(value)
      if (dates[at] && typeof value === 'string')
        return value.replace(/T00:00:00(?:\.0+)?(?:Z|[+-]\d\d(?::?\d\d)?)?$/, '')
      return booleans[at] && typeof value === 'number' ? value !== 0 : value
    })
    return row
  }
}

const whole = (digits: string): SourceValue => {
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value : digits
}
