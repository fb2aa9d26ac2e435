/** Points for tests. */
import type { PointRows } from '../../gis/columns.ts'
import { randomFrom } from './random.ts'

/** n random rows in a box of degrees: ids 1000 + i, `classes` classes, `states` states, areas -1 to 9. */
export function randomRows(
  n: number,
  seed: number,
  [west, south, east, north]: readonly [number, number, number, number],
  { classes = 5, states = 3 } = {},
): PointRows {
  const random = randomFrom(seed)
  const whole = (below: number) => Math.floor(random() * below)
  return {
    n,
    lon: Float64Array.from({ length: n }, () => west + random() * (east - west)),
    lat: Float64Array.from({ length: n }, () => south + random() * (north - south)),
    classIndex: Uint16Array.from({ length: n }, () => whole(classes)),
    state: Uint16Array.from({ length: n }, () => whole(states)),
    id: Uint32Array.from({ length: n }, (_, i) => 1000 + i),
    area: Int32Array.from({ length: n }, () => whole(11) - 1),
  }
}
