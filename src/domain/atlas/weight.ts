/** What a model holds in memory, counted: what grows with components. Grids, places and their indices come on top. */
import type { Columns } from '../../../gis/columns.ts'
import { countPoints } from '../../../gis/point-set.ts'
import { ROW_BYTES } from './component-rows.ts'
import type { Model } from './model.ts'

/** A text of sixteen digits as V8 keeps it, and where it is kept. */
const CODE_BYTES = 32 + 8
const COLUMN_BYTES = 4 + 4 + 2 + 2 + 4 + 4
/** Order of lists. */
const ORDER_BYTES = 4

const drawn = new WeakMap<Model['shapes'], number>()

/** About what positions in lists of lists take: as much as written out, and the same again. */
function drawnBytes(shapes: Model['shapes']): number {
  const known = drawn.get(shapes)
  if (known !== undefined) return known
  const bytes = shapes.reduce((sum, { geometry }) => sum + 2 * JSON.stringify(geometry).length, 0)
  drawn.set(shapes, bytes)
  return bytes
}

export function bytesOf({ components, points, shapes }: Model): { points: number; bytes: number } {
  const columns = ({ n }: Columns) => n * COLUMN_BYTES
  const pyramid = points.pyramid.levels.reduce(
    (sum, level) => sum + level.from.byteLength + level.mixFrom.byteLength + level.mixX.byteLength * 3.5,
    0,
  )
  const rows = components.n * (ROW_BYTES + CODE_BYTES) + components.byCode.length * ORDER_BYTES
  return {
    points: countPoints(points),
    bytes:
      rows +
      columns(points.base) +
      columns(points.added) +
      columns(points.removed) +
      pyramid +
      drawnBytes(shapes),
  }
}
