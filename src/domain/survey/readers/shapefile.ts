/**
 * A shapefile as a layer. Rows are read in blocks: attributes from .dbf, places of the shapes from
 * .shx, shapes from .shp, so memory holds one block whatever the size of the file.
 *
 *   .dbf  block of rows ----------------------> values
 *   .shx  block of (offset, length) --> .shp --> geometry
 */
import { readFile } from 'node:fs/promises'
import { FileFault, type Finding } from '../findings.ts'
import { dbfFields, dbfText } from './dbf.ts'
import { readDbfHeader } from './dbf-header.ts'
import { openWatch } from './dbf-watch.ts'
import { decideEncoding } from './encoding.ts'
import { encodingName, encodingOfLanguageId } from './encoding-name.ts'
import { readUpTo, truncated } from './file-bytes.ts'
import { layerNameOf } from './formats.ts'
import { batchRows, type OpenParts, openParts, shapefileCuts, shapefileRows } from './shapefile-rows.ts'
import { geometryKindOf, headerBytes, readShpHeader } from './shp.ts'
import type { ReadOptions, SourceLayer, StatedCrs } from './source.ts'
import type { UnpackedFile } from './unzip.ts'

export type ShapefilePart = 'shp' | 'shx' | 'dbf' | 'prj' | 'cpg'
export type ShapefileParts = Partial<Record<ShapefilePart, UnpackedFile>>

const needed = ['shp', 'shx', 'dbf'] as const

/**
 * Opens and checks a shapefile: all parts there, whole and of one export, encoding decided from all text.
 * Throws FileFault: file.part-missing, file.empty, file.truncated, file.corrupt, file.format,
 * file.parts-disagree, encoding.unknown, encoding.wrong.
 */
export async function openShapefile(
  parts: ShapefileParts,
  options: ReadOptions,
): Promise<{ layer: SourceLayer; findings: Finding[] }> {
  const paths = allParts(parts)
  const { shp, shx, dbf } = paths
  await using files = await openParts(paths)
  const header = await readDbfHeader(files.dbf, dbf.name)
  const shape = await readShpHeader(files.shp, shp.name)
  const geometryKind = geometryKindOf(shape.type)
  if (!geometryKind)
    throw new FileFault('file.format', shp.name, { detail: { reason: `shape type ${shape.type}` } })
  const index = await readShpHeader(files.shx, shx.name)
  const shapes = Math.floor((index.length - headerBytes) / 8)
  if (shapes !== header.rows) throw disagree(shp.name, ['.dbf', header.rows], ['.shx', shapes])
  await checkIndex(files, shape, shapes, shp.name)

  if (options.encoding !== undefined && isWide(encodingName(options.encoding))) {
    throw new FileFault('encoding.unknown', dbf.name, { detail: { encoding: `${options.encoding} (.dbf)` } })
  }
  const declared = await declaredEncoding(parts.cpg, header.languageId)
  const encoding = await decideEncoding(dbfText(files.dbf, header, dbf.name), declared.name, options.encoding)
  const fields = dbfFields(header, encoding.name, dbf.name)
  const findings = [...fields.findings]
  const disproved = encoding.disproved ?? (encoding.decidedBy === 'guessed' ? declared.unknown : undefined)
  if (disproved !== undefined) {
    const detail = { declared: disproved, encoding: encoding.name }
    findings.push(new FileFault('encoding.declared', dbf.name, { detail }).finding)
  }

  const source = { paths, header, fields, encoding: encoding.name }
  let watches = fields.columns.map(openWatch)
  const layer: SourceLayer = {
    file: shp.name,
    name: layerNameOf(shp.name),
    fields: fields.fields,
    geometryKind,
    rowCount: header.rows,
    encoding: { name: encoding.name, decidedBy: encoding.decidedBy },
    crs: await statedCrs(parts.prj),
    sample: [],
    rows() {
      watches = fields.columns.map(openWatch)
      return shapefileRows(source, batchRows, watches)
    },
    afterwards: () => shapefileCuts(source, watches),
  }
  for await (const rows of shapefileRows(source, 5)) {
    layer.sample.push(...rows)
    break
  }
  return { layer, findings }
}

function allParts(parts: ShapefileParts): Record<'shp' | 'shx' | 'dbf', UnpackedFile> {
  const missing = needed.filter(part => !parts[part])
  if (missing.length > 0) {
    const { name } = (parts.shp ?? parts.dbf ?? parts.shx)!
    throw new FileFault('file.part-missing', name, {
      detail: { part: missing.map(part => `.${part}`).join(' ') },
    })
  }
  return parts as Record<'shp' | 'shx' | 'dbf', UnpackedFile>
}

function disagree(
  file: string,
  [part, actual]: [string, number],
  [other, expected]: [string, number],
): FileFault {
  return new FileFault('file.parts-disagree', file, { detail: { part, actual, other, expected } })
}

/** Every place in the index lies in the .shp, and the .shp has no further record behind the last of them. */
async function checkIndex(
  files: OpenParts,
  { size, length }: { size: number; length: number },
  shapes: number,
  file: string,
) {
  let furthest = headerBytes
  for (let row = 0; row < shapes; row += 65_536) {
    const block = await readUpTo(files.shx, Math.min(65_536, shapes - row) * 8, headerBytes + row * 8)
    for (let at = 0; at + 8 <= block.length; at += 8) {
      const end = block.readUInt32BE(at) * 2 + 8 + block.readUInt32BE(at + 4) * 2
      if (end > furthest) furthest = end
    }
  }
  // Some writers count the 8 bytes of the record's head into its length.
  if (furthest - 8 > size) throw truncated(file, furthest, size, '.shx')
  if (furthest + 12 > length) return
  const next = await readUpTo(files.shp, 8, furthest)
  if (
    next.length === 8 &&
    next.readInt32BE(0) === shapes + 1 &&
    furthest + 8 + next.readInt32BE(4) * 2 <= length
  ) {
    throw disagree(file, ['.shx', shapes], ['.shp', shapes + 1])
  }
}

/** A DBF pads with single blanks and cuts anywhere: two bytes a character do not fit into it. */
const isWide = (encoding: string | undefined): boolean => encoding?.startsWith('utf-16') ?? false

/** What .cpg says, else the language id. `unknown` is a .cpg whose name is none (ANSI, OEM, HTML of a login page). */
async function declaredEncoding(
  cpg: UnpackedFile | undefined,
  languageId: number,
): Promise<{ name?: string; unknown?: string }> {
  if (cpg) {
    const said = (await readFile(cpg.path, 'latin1'))
      .slice(0, 100)
      .replace(/^\xef\xbb\xbf/, '')
      .trim()
    const name = encodingName(said)
    if (name && !isWide(name)) return { name }
    if (said !== '') return { unknown: said }
  }
  const name = encodingOfLanguageId(languageId)
  return name ? { name } : {}
}

async function statedCrs(prj: UnpackedFile | undefined): Promise<StatedCrs> {
  if (!prj) return { kind: 'none' }
  const wkt = (await readFile(prj.path, 'utf8'))
    .slice(0, 65_536)
    .replace(/^\ufeff/, '')
    .trim()
  return wkt === '' ? { kind: 'none' } : { kind: 'wkt', wkt }
}
