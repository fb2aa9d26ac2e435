/**
 * The one door to all readers: files in, layers out. What a file is, its ending says first and its
 * content decides. A file that cannot be used is a finding and does not hide the others.
 */
import { FileFault, type Finding } from '../findings.ts'
import { openCsv } from './csv.ts'
import { corrupt } from './file-bytes.ts'
import { endingOf, type Format, formatName, formatOf, geodatabaseOf, layerNameOf } from './formats.ts'
import { notRead } from './formats-answer.ts'
import { openGdal } from './gdal.ts'
import { type GdalParts, gdalKey, gdalKindOf, gdalKinds, headOf, isGdbTable } from './gdal-kinds.ts'
import { openGeojson } from './geojson.ts'
import { openGeojsonSeq } from './geojsonseq.ts'
import { openGpkg } from './gpkg.ts'
import { openShapefile, type ShapefileParts } from './shapefile.ts'
import { inOle, inSqlite, inZip, isMarkup, jsonKind, looksLikeTable, magicName, oleKind } from './sniff.ts'
import type { ReadOptions, SourceLayer } from './source.ts'
import { openText } from './text-file.ts'
import { openTopojson } from './topojson.ts'
import { ignored, type UnpackedFile } from './unzip.ts'
import { openXlsx } from './xlsx.ts'

export interface Opened {
  layers: SourceLayer[]
  findings: Finding[]
}

/**
 * Opens every layer in the files, in the order of the files. Shapefile parts belong together by folder and
 * name, in any case. Throws only for the disk; `layers` is empty with a finding `file.no-layer` when
 * nothing could be read and nothing else was found wrong.
 */
export async function openSources(files: readonly UnpackedFile[], options: ReadOptions): Promise<Opened> {
  const opened: Opened = { layers: [], findings: [] }
  for (const source of grouped(files)) {
    options.signal?.throwIfAborted()
    try {
      const { layers, findings } = await fromSource(source, options)
      opened.layers.push(...layers)
      opened.findings.push(...findings)
    } catch (error) {
      if (!(error instanceof FileFault)) throw error
      opened.findings.push(error.finding)
    }
  }
  if (opened.layers.length === 0 && opened.findings.every(finding => finding.code === 'file.ignored')) {
    opened.findings.push(new FileFault('file.no-layer', files[0]?.name ?? '').finding)
  }
  opened.findings.push(...emptyLayers(opened.layers))
  return opened
}

/** Layers without a row: among others one is worth a word, alone they are nothing to load. */
function emptyLayers(layers: readonly SourceLayer[]): Finding[] {
  const empty = layers.filter(layer => layer.rowCount === 0)
  const code = empty.length === layers.length ? 'file.no-rows' : 'layer.empty'
  return empty.map(({ file, name }) => new FileFault(code, file, { detail: { layer: name } }).finding)
}

type Source = { parts: ShapefileParts } | { gdal: GdalParts } | { file: UnpackedFile }

const fromSource = (source: Source, options: ReadOptions): Promise<Opened> => {
  if ('parts' in source) return fromParts(source.parts, options)
  return 'gdal' in source ? fromGdal(source.gdal, options) : fromFile(source.file, options)
}

/** Parts of one name become one source, standing where its first part stood. */
function grouped(files: readonly UnpackedFile[]): Source[] {
  const sources: Source[] = []
  const shapefiles = new Map<string, ShapefileParts>()
  const others = new Map<string, GdalParts>()
  for (const file of files) {
    if (formatOf(file.name) === 'gdal') {
      const { key, whole } = gdalKey(file)
      let gdal = others.get(key)
      if (!gdal) {
        gdal = { name: whole, parts: new Map() }
        others.set(key, gdal)
        sources.push({ gdal })
      }
      const part =
        geodatabaseOf(file.name) === undefined
          ? endingOf(file.name)
          : file.name.slice(file.name.lastIndexOf('/') + 1).toLowerCase()
      gdal.parts.set(part, file)
      continue
    }
    if (formatOf(file.name) !== 'shapefile') {
      sources.push({ file })
      continue
    }
    const folder = file.name.slice(0, file.name.lastIndexOf('/') + 1)
    const key = `${folder}${layerNameOf(file.name).toLowerCase()}`
    let parts = shapefiles.get(key)
    if (!parts) {
      parts = {}
      shapefiles.set(key, parts)
      sources.push({ parts })
    }
    parts[endingOf(file.name) as keyof ShapefileParts] ??= file
  }
  return sources
}

async function fromParts(parts: ShapefileParts, options: ReadOptions): Promise<Opened> {
  if (!parts.shp && !parts.shx && !parts.dbf) {
    return { layers: [], findings: Object.values(parts).flatMap(({ name }) => ignored(name, [name])) }
  }
  const { layer, findings } = await openShapefile(parts, options)
  return { layers: [layer], findings }
}

/** What GDAL reads is known by its content; parts without their head are files of their own. */
async function fromGdal(gdal: GdalParts, options: ReadOptions): Promise<Opened> {
  const tables = [...gdal.parts].filter(([part]) => part.endsWith('.gdbtable'))
  if (tables.length > 0) {
    for (const [, { path, name }] of tables) if (!(await isGdbTable(path))) throw corrupt(name, 'not .gdb')
    return openGdal(gdal, gdalKinds.gdb, options)
  }
  const head = headOf(gdal)
  if (!head) {
    const [first] = gdal.parts.values()
    if (geodatabaseOf(first!.name) !== undefined) throw corrupt(gdal.name, 'not .gdb')
    return fromFile(first!, options)
  }
  const kind = await gdalKindOf(head.path)
  if (kind?.ending !== endingOf(head.name)) return fromFile(head, options)
  return openGdal({ ...gdal, name: head.name }, kind, options)
}

async function fromFile(file: UnpackedFile, options: ReadOptions): Promise<Opened> {
  const format = formatOf(file.name)
  if (format === 'index') return { layers: [], findings: [] }
  const magic = await magicName(file.path)
  if (magic === inZip && (format !== 'zip' || endingOf(file.name) === 'kmz')) return fromZip(file, options)
  if (magic === inOle) throw await fromOle(file)
  if (magic === inSqlite) return openGpkg(file, options)
  if (format === 'elsewhere' || format === 'zip' || magic) throw notRead(file.name, magic)
  const kind =
    format === 'csv' || format === 'unread' || format === 'gdal' ? await gdalKindOf(file.path) : undefined
  if (kind) return openGdal({ name: file.name, parts: new Map([[kind.ending, file]]) }, kind, options)
  // a part without its head is a file of a name that says nothing
  const part =
    format === 'gdal' && !headOf({ name: file.name, parts: new Map([[endingOf(file.name), file]]) })
  return fromText(file, part ? 'unread' : format, options)
}

/** A workbook, whatever its name says. */
async function fromZip(file: UnpackedFile, options: ReadOptions): Promise<Opened> {
  try {
    return await openXlsx(file, options)
  } catch (error) {
    const broken = error instanceof FileFault && /^file\.(truncated|corrupt|format)$/.test(error.finding.code)
    const format = formatOf(file.name)
    if (!broken || format === 'workbook') throw error
    throw notRead(
      file.name,
      format === 'elsewhere' || endingOf(file.name) === 'kmz' ? formatName(file.name) : inZip,
    )
  }
}

async function fromOle({ path, name }: UnpackedFile): Promise<FileFault> {
  const kind = await oleKind(path)
  if (kind === 'locked') return new FileFault('workbook.locked', name)
  const workbook = kind === 'workbook' || formatOf(name) === 'workbook'
  return workbook ? saveAs(name, 'Excel 97-2003 (.xls)') : notRead(name, inOle)
}

async function fromText(file: UnpackedFile, format: Format, options: ReadOptions): Promise<Opened> {
  const text = await openText(file, options.encoding).catch((error: unknown) => {
    const unknown = error instanceof FileFault && error.finding.code === 'encoding.wrong'
    if (unknown && format === 'unread') throw notRead(file.name)
    throw unknown && binary(format) ? notWhatItSays(file.name) : error
  })
  if (format === 'workbook' && (await isMarkup(text))) throw saveAs(file.name, 'HTML / XML')
  const kind = await jsonKind(text, format === 'geojsonseq')
  const ending = endingOf(file.name)
  if (!kind && format !== 'json' && ending !== 'csv' && ending !== 'tsv' && !(await looksLikeTable(text))) {
    // Notes lie about in deliveries: a .txt that is no table is passed over, not taken for one column.
    if (format === 'csv') return { layers: [], findings: ignored(file.name, [file.name]) }
    if (binary(format)) throw notWhatItSays(file.name)
    throw notRead(file.name)
  }
  const findings: Finding[] = []
  if (text.encoding.disproved !== undefined) {
    const detail = { declared: text.encoding.disproved, encoding: text.encoding.name }
    findings.push(new FileFault('encoding.declared', file.name, { detail }).finding)
  }
  if (kind === 'topojson') return { layers: await openTopojson(text), findings }
  if (kind === 'geojsonseq') return { layers: [await openGeojsonSeq(text)], findings }
  if (kind === 'geojson' || format === 'json') return { layers: [await openGeojson(text)], findings }
  return { layers: [await openCsv(text, options)], findings }
}

const binary = (format: Format): boolean => format === 'workbook' || format === 'gpkg' || format === 'gdal'
const notWhatItSays = (file: string) => corrupt(file, `not .${endingOf(file)}`)
const saveAs = (file: string, format: string) => new FileFault('file.save-as', file, { detail: { format } })
