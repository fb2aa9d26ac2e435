/** What a decoded row says of its pictures, as rows of `photo_row` that photos are matched with. Runs in the thread that decodes. */
import { bboxOf, type Geometry } from '../../../../gis/geometry.ts'
import { copyWriter } from '../../../core/copy.ts'
import { picturesOf, stemOf } from './photo-name.ts'

export const PICTURED_COLUMNS = [
  'district',
  'delivery_id',
  'no',
  'key',
  'how',
  'component_id',
  'file_no',
  'row_no',
  'field',
  'west',
  'south',
  'east',
  'north',
] as const

export interface PicturedRow {
  /** 16 bytes; null where the row is refused. */
  id: Uint8Array | null
  code: string | null
  sourceId: string | null
  picture: string | null
  /** Column of the picture's name. */
  field: string | null
  fileNo: number
  row: number
  geometry: Geometry | null
}

export interface Pictured {
  add(row: PicturedRow): void
  /** Rows in COPY form since the last time. */
  take(): Uint8Array<ArrayBuffer>
  readonly bytes: number
}

export function openPictured(district: string, deliveryId: string): Pictured {
  const out = copyWriter()
  let no = 0
  return {
    get bytes() {
      return out.bytes
    },
    take: () => out.take(),
    add(row) {
      const box = row.geometry && bboxOf(row.geometry)
      const write = (key: string, how: 'picture' | 'code' | 'source') => {
        out.row(PICTURED_COLUMNS.length)
        out.text(district)
        out.uuid(deliveryId)
        out.int4(++no)
        out.text(key.slice(0, 200))
        out.text(how)
        out.uuid(row.id)
        out.int2(row.fileNo)
        out.int4(row.row)
        out.text(how === 'picture' ? row.field : null)
        for (let i = 0; i < 4; i++) out.float8(box ? box[i]! : null)
      }
      for (const key of picturesOf(row.picture)) write(key, 'picture')
      if (row.code) write(stemOf(row.code), 'code')
      if (row.sourceId) write(stemOf(row.sourceId), 'source')
    },
  }
}
