/**
 * Streams the rows of an opened shapefile: a block of attributes and a block of index at a time, each
 * shape fetched through a window on the .shp.
 */
import { type FileHandle, open } from 'node:fs/promises'
import type { Geometry } from '../../../../gis/geometry.ts'
import { FileFault, type Finding } from '../findings.ts'
import { type DbfFields, dbfRowReader, isDeleted } from './dbf.ts'
import { cutTexts } from './dbf-cut.ts'
import type { DbfHeader } from './dbf-header.ts'
import type { ColumnWatch } from './dbf-watch.ts'
import { readUpTo, truncated } from './file-bytes.ts'
import { type FileWindow, fileWindow } from './file-window.ts'
import { headerBytes, isFault, type RecordFault, readRecord } from './shp.ts'
import type { SourceRow } from './source.ts'
import type { UnpackedFile } from './unzip.ts'

export const batchRows = 1_000
/** A batch is also closed after so many bytes of shapes. */
const batchShapeBytes = 4 << 20
const attributeBytes = 4 << 20

export interface ShapefileSource {
  paths: Record<'shp' | 'shx' | 'dbf', UnpackedFile>
  header: DbfHeader
  fields: DbfFields
  encoding: string
}

export interface OpenParts extends AsyncDisposable {
  shp: FileHandle
  shx: FileHandle
  dbf: FileHandle
}

export async function openParts(paths: ShapefileSource['paths']): Promise<OpenParts> {
  const shp = await open(paths.shp.path)
  const shx = await open(paths.shx.path)
  const dbf = await open(paths.dbf.path)
  const close = async () => void (await Promise.all([shp.close(), shx.close(), dbf.close()]))
  return { shp, shx, dbf, [Symbol.asyncDispose]: close }
}

/**
 * All rows in file order, in arrays of `most` rows or fewer. A shape that cannot be read is a finding of
 * its row. Throws FileFault file.truncated when a file was cut after it was opened.
 */
export async function* shapefileRows(
  source: ShapefileSource,
  most = batchRows,
  watches: readonly ColumnWatch[] | null = null,
): AsyncGenerator<SourceRow[]> {
  const { paths, header, fields, encoding } = source
  await using files = await openParts(paths)
  const readRow = dbfRowReader(fields, encoding, paths.shp.name, watches)
  const shapes = fileWindow(files.shp, (await files.shp.stat()).size)
  const block = Math.max(1, Math.min(most, Math.floor(attributeBytes / header.rowBytes)))
  const buffer = Buffer.allocUnsafeSlow(Math.min(block, header.rows) * header.rowBytes)
  for (let first = 0; first < header.rows; first += block) {
    const count = Math.min(block, header.rows - first)
    const bytes = count * header.rowBytes
    const rowsAt = header.headerBytes + first * header.rowBytes
    const attributes = await readUpTo(files.dbf, bytes, rowsAt, buffer)
    if (attributes.length < bytes) throw truncated(paths.dbf.name, rowsAt + bytes, rowsAt + attributes.length)
    const places = await readUpTo(files.shx, count * 8, headerBytes + first * 8)
    if (places.length < count * 8) throw truncated(paths.shx.name, count * 8, places.length)
    let rows: SourceRow[] = []
    let shapeBytes = 0
    for (let n = 0; n < count; n++) {
      const row = readRow(attributes, n * header.rowBytes, first + n + 1)
      const at = places.readUInt32BE(n * 8) * 2
      const length = places.readUInt32BE(n * 8 + 4) * 2
      rows.push(row)
      if (length === 0 || isDeleted(attributes, n * header.rowBytes)) continue
      if (!shapes.holds(at, length + 8)) await shapes.move(at, length + 8)
      let shape = shapeIn(shapes, at)
      // The record itself may know better than the index how long it is.
      if (shape === 'cut') {
        await shapes.move(at, lengthIn(shapes, at) + 8)
        shape = shapeIn(shapes, at)
      }
      place(row, shape, at, paths.shp.name)
      shapeBytes += length
      if (shapeBytes > batchShapeBytes) {
        yield rows
        rows = []
        shapeBytes = 0
      }
    }
    if (rows.length > 0) yield rows
  }
}

/** Texts that the width of their column cut off, as the watches tell that went along with the rows. */
export async function* shapefileCuts(
  { paths, header, fields, encoding }: ShapefileSource,
  watches: readonly ColumnWatch[],
): AsyncGenerator<Finding> {
  const columns = fields.columns.map((column, n) => ({
    column,
    field: fields.fields[n]!,
    watch: watches[n]!,
  }))
  await using handle = await open(paths.dbf.path)
  yield* cutTexts(handle, header, columns, encoding, paths.shp.name)
}

type Shape = Geometry | RecordFault | 'cut' | null

const lengthIn = ({ view, start }: FileWindow, at: number): number => view.getUint32(at - start + 4) * 2

/** The shape at `at`; `cut` when its own header wants more bytes than the window holds. */
function shapeIn(window: FileWindow, at: number): Shape {
  if (!window.holds(at, 8)) return { fault: 'no record' }
  const length = lengthIn(window, at)
  return window.holds(at, length + 8) ? readRecord(window.view, at - window.start + 8, length) : 'cut'
}

function place(row: SourceRow, shape: Shape, at: number, file: string): void {
  if (shape !== 'cut' && !isFault(shape)) {
    row.geometry = shape
    return
  }
  const reason = shape === 'cut' ? 'the record is longer than the file' : shape.fault
  const detail = { reason, place: `.shp @ ${at} B` }
  row.findings = [
    ...(row.findings ?? []),
    new FileFault('geometry.invalid', file, { row: row.row, detail }).finding,
  ]
}
