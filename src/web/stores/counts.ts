/**
 * How many components each grid holds, and how many stand in no area, under the classes and the unit that
 * are asked for. Without such a filter these are the district's own numbers, and nothing is asked.
 */
import { shallowReactive, watch } from 'vue'
import { ApiProblem } from '../api/client.ts'
import { getOverview, type Overview } from '../api/districts.ts'
import type { Filter } from '../api/filter-query.ts'
import { listGrids } from '../api/grids.ts'
import { connection } from './connection.ts'
import { district, grids, registryVersion } from './district.ts'
import { asked, filter, nothingOn } from './filter.ts'
import { onCount } from './tree.ts'

const counted = shallowReactive({
  /** By grid code; null = nothing is filtered. */
  grids: null as ReadonlyMap<string, number> | null,
  unplaced: null as Overview['unplaced'] | null,
})

const own = (code: string): number =>
  nothingOn.value
    ? 0
    : counted.grids
      ? (counted.grids.get(code) ?? 0)
      : (grids.value.byCode.get(code)?.components ?? 0)

/** What a grid shows now. A grid that is switched off tells what it would show. */
export const gridCount = (code: string): number => onCount(grids.value, code, filter.offAreas, own)

/** Components in no area, where they are asked for at all; null = none. */
export function unplacedCount(): Overview['unplaced'] | null {
  if (asked.value.areas !== null || nothingOn.value) return null
  const now = counted.grids ? counted.unplaced : district.overview?.unplaced
  return now && now.outside + now.gap > 0 ? now : null
}

let running: AbortController | null = null
async function read(): Promise<void> {
  running?.abort()
  const { classes, unit } = asked.value
  if ((classes === null && unit === null) || nothingOn.value) {
    Object.assign(counted, { grids: null, unplaced: null })
    return
  }
  const mine = new AbortController()
  running = mine
  const wanted: Filter = { classes, unit, areas: null }
  try {
    const [list, overview] = await Promise.all([
      listGrids(wanted, mine.signal),
      getOverview(wanted, mine.signal),
    ])
    const byCode = new Map(list.map(grid => [grid.code, grid.components]))
    if (!mine.signal.aborted) Object.assign(counted, { grids: byCode, unplaced: overview.unplaced })
  } catch (error) {
    // the list, which asks the same, says what went wrong
    if (!(error instanceof ApiProblem) && !mine.signal.aborted) throw error
  }
}

/** Keeps the counts in step with the filter until the component that calls it goes. */
export function followCounts(): void {
  watch(
    [
      () => String(asked.value.classes),
      () => asked.value.unit,
      nothingOn,
      registryVersion,
      () => connection.retries,
    ],
    () => void read(),
    { immediate: true },
  )
}
