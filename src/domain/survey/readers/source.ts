/**
 * What every reader gives: layers of rows as they stand in the file, nothing interpreted. A reader
 * streams (memory stays flat), never repairs, and throws FileFault when the file cannot be used.
 */
import type { Geometry } from '../../../../gis/geometry.ts'
import type { Finding } from '../findings.ts'

/** A value as the file holds it. Numbers only where the format stores numbers. */
export type SourceValue = string | number | boolean | null

export interface SourceField {
  name: string
  /** How the format stores it; a code in a `number` field may have lost digits. */
  stored: 'text' | 'number' | 'date' | 'boolean' | 'any'
  /** Its name was cut like another's: nobody can say which column it is, and no guess maps it. */
  ambiguous?: boolean
}

export interface SourceRow {
  /**
   * As a person counts in the file: DBF and GeoJSON features from 1, CSV lines from 1 with the header being
   * line 1, rows of a sheet by its own numbers, features of a GeoPackage by their fid.
   */
  row: number
  /** In the order of the layer's fields. */
  values: SourceValue[]
  /** In the layer's own CRS, x first (easting or longitude), or null. */
  geometry: Geometry | null
  /** Findings of this row that only the reader can see (half a character, wrong column count). An error among them refuses the row. */
  findings?: Finding[]
}

/** How a file states its coordinate reference system. */
export type StatedCrs = { kind: 'wkt'; wkt: string } | { kind: 'code'; code: string } | { kind: 'none' }

export interface SourceLayer {
  /** Name inside the delivery, e.g. `部件.zip/0101.shp`. Findings name it. */
  file: string
  /** Layer name: the file name without extension. */
  name: string
  fields: SourceField[]
  geometryKind: 'point' | 'line' | 'polygon' | 'mixed' | 'none'
  /** The sheet of a workbook that the layer is, with the letters of its fields' columns: findings then name cells. */
  sheet?: { name: string; columns: readonly string[] }
  /** A table: the columns its positions are read from, null where it has none. Absent where the format holds geometry. */
  position?: PositionNames | null
  /** Rows the header promises; null when the format does not say. */
  rowCount: number | null
  /** Rows it seems to hold by its size and its first rows, where the format does not say. */
  aboutRows?: number
  /** Encoding decided on (WHATWG name), and how it was decided. */
  encoding: { name: string; decidedBy: 'given' | 'declared' | 'guessed' | 'format' }
  crs: StatedCrs
  /** Up to 5 rows for showing the guess to a person. */
  sample: SourceRow[]
  /** Streams all rows in arrays of up to 5,000 (yielding between), in file order. May be called more than once. */
  rows(): AsyncIterable<SourceRow[]>
  /** What only the whole file tells, of rows long given: asked for after `rows` came to its end. */
  afterwards?(): AsyncIterable<Finding>
}

/** Columns of a table that hold the position, or one of WKT. */
export type PositionNames = { x: string; y: string } | { wkt: string }

export interface ReadOptions {
  /** Overrides what the file declares or the guess. */
  encoding?: string
  /** CSV: columns holding the position, or one WKT column; by default guessed from usual names. */
  position?: PositionNames
  /** Ends the opening of a file that takes long. */
  signal?: AbortSignal
  /** Bounds; the defaults are in unpack.ts. */
  limits?: { unpackedBytes?: number; entries?: number }
}
