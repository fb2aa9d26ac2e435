/** Changes of points by chance, with the rows as they are after them. */
import type { PointRows } from '../../gis/columns.ts'
import type { PointChange } from '../../gis/point-set.ts'
import { randomRows } from './points.ts'
import { randomFrom } from './random.ts'

interface Wanted {
  remove: number
  /** Those that change place, class and state. */
  move: number
  add: number
  box: readonly [number, number, number, number]
}

/** Ids of new points begin behind the highest there is. */
export function randomChange(
  rows: PointRows,
  seed: number,
  { remove, move, add, box }: Wanted,
): { change: PointChange; after: PointRows } {
  const random = randomFrom(seed)
  const order = Array.from({ length: rows.n }, (_, i) => [random(), i] as const).sort((a, b) => a[0] - b[0])
  const leaving = new Set(order.slice(0, remove + move).map(([, i]) => i))
  const fresh = randomRows(move + add, seed + 1, box)
  const last = Math.max(0, ...rows.id)
  order.slice(0, move).forEach(([, i], k) => {
    fresh.id[k] = rows.id[i]!
  })
  for (let k = move; k < fresh.n; k++) fresh.id[k] = last + 1 + k
  const staying = [...rows.id.keys()].filter(i => !leaving.has(i))
  const both = <A extends Float64Array | Uint16Array | Uint32Array | Int32Array>(old: A, now: A): A => {
    const all = new (old.constructor as new (n: number) => A)(staying.length + fresh.n)
    staying.forEach((i, k) => {
      all[k] = old[i]!
    })
    all.set(now, staying.length)
    return all
  }
  return {
    change: {
      remove: [...leaving].map(i => ({ id: rows.id[i]!, lon: rows.lon[i]!, lat: rows.lat[i]! })),
      add: fresh,
    },
    after: {
      n: staying.length + fresh.n,
      lon: both(rows.lon, fresh.lon),
      lat: both(rows.lat, fresh.lat),
      classIndex: both(rows.classIndex, fresh.classIndex),
      state: both(rows.state, fresh.state),
      id: both(rows.id, fresh.id),
      area: both(rows.area, fresh.area),
    },
  }
}
