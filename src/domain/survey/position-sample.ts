/**
 * A sample of where a layer's things lie, taken while its rows pass: every row has the same chance, whatever
 * the order of the file, and a row that is not taken costs one comparison. The same file gives the same
 * sample. Pure.
 */
import type { Crs } from '../../../gis/crs.ts'
import type { DegreesNotation } from '../../../gis/packed-degrees.ts'
import { firstPosition } from './position.ts'
import type { SourceRow } from './readers/source.ts'
import { textOf } from './values.ts'

const MOST = 1500
const FEWEST = 150
const OF_A_DELIVERY = 12_000

/** How many positions of each layer: a delivery of a hundred layers is not judged at a hundred times the cost. */
export const sampleSize = (layers: number): number =>
  Math.max(FEWEST, Math.min(MOST, Math.floor(OF_A_DELIVERY / layers)))

/** Positions as they stand in the file, and how the layer is read. Fit for structured clone. */
export interface PositionSample {
  file: string
  /** Null where nobody said which. */
  crs: Crs | null
  swapAxes: boolean
  degrees: DegreesNotation
  /** x, y, x, y ... */
  positions: Float64Array
  /** What tells each thing from others, where it has something. */
  keys: (string | null)[]
  /** The grid that the file says it is in. */
  statedGrids: (string | null)[]
}

export interface Sampler {
  offer(row: SourceRow): void
  taken(): Pick<PositionSample, 'positions' | 'keys' | 'statedGrids'>
}

/** @param columns where the code and the stated grid stand in a row's values, if they do */
export function openSampler(columns: { code?: number; statedGrid?: number }, most = MOST): Sampler {
  const positions = new Float64Array(most * 2)
  const keys: (string | null)[] = []
  const statedGrids: (string | null)[] = []
  const random = randomOf(most)
  let seen = 0
  // Li, Algorithm L: how many rows to let pass is drawn, not a number for each row
  let weight = 1
  let next = 0
  const skip = () => {
    weight *= Math.exp(Math.log(random()) / most)
    next = seen + Math.floor(Math.log(random()) / Math.log(1 - weight))
  }
  const text = (row: SourceRow, column: number | undefined) =>
    column === undefined ? null : textOf(row.values[column])
  const put = (at: number, row: SourceRow) => {
    const [x, y] = firstPosition(row.geometry!)
    positions[at * 2] = x
    positions[at * 2 + 1] = y
    keys[at] = text(row, columns.code)
    statedGrids[at] = text(row, columns.statedGrid)
  }
  return {
    offer(row) {
      if (row.geometry === null || seen++ < next) return
      const full = keys.length === most
      put(full ? Math.floor(random() * most) : keys.length, row)
      if (full || keys.length === most) skip()
    },
    taken: () => ({ positions: positions.slice(0, keys.length * 2), keys, statedGrids }),
  }
}

/** mulberry32 (Tommy Ettinger), never 0. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t)
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32
  }
}
