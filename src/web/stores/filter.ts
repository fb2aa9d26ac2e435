/**
 * What is switched on: classes, areas, one unit. The map, the list and the pick all ask with the same
 * filter. Off is what is kept, so that a class or an area that is new shows by itself.
 */
import { computed, reactive } from 'vue'
import type { Filter } from '../api/filter-query.ts'
import { dictionary, grids } from './district.ts'
import { cover, leavesOf } from './tree.ts'

export const filter = reactive({
  offClasses: new Set<string>(),
  /** Leaves of the grid tree. */
  offAreas: new Set<string>(),
  unit: null as { id: string; name: string } | null,
  /** The grid whose distribution is shown; null = the district. Does not filter. */
  chosen: null as string | null,
})

const codes = computed(() => dictionary.value.items.map(item => item.code))

export const classesOn = computed(() => codes.value.filter(code => !filter.offClasses.has(code)))
const allClassesOn = computed(() => classesOn.value.length === codes.value.length)
const leaves = computed(() => leavesOf(grids.value, ''))
const leavesOn = computed(() => leaves.value.filter(leaf => !filter.offAreas.has(leaf)))

/** The filter as the server takes it. */
export const asked = computed<Filter>(() => ({
  classes: allClassesOn.value ? null : classesOn.value,
  areas: leavesOn.value.length === leaves.value.length ? null : cover(grids.value, new Set(leavesOn.value)),
  unit: filter.unit?.id ?? null,
}))
/** The filter within the chosen grid: what its classes are counted with, and the list of all of it. */
export const askedInside = computed<Filter>(() => {
  if (filter.chosen === null) return asked.value
  const inside = leavesOf(grids.value, filter.chosen)
  const on = inside.filter(leaf => !filter.offAreas.has(leaf))
  return {
    ...asked.value,
    areas: on.length === inside.length ? [filter.chosen] : cover(grids.value, new Set(on)),
  }
})
/** Everything of the chosen grid is off. */
export const nothingInside = computed(() => nothingOn.value || askedInside.value.areas?.length === 0)
/** Nothing can be seen: every class or every area is off. */
export const nothingOn = computed(
  () =>
    (codes.value.length > 0 && classesOn.value.length === 0) ||
    (leaves.value.length > 0 && leavesOn.value.length === 0),
)
export const filtered = computed(
  () => asked.value.classes !== null || asked.value.areas !== null || asked.value.unit !== null,
)

export const switchClasses = (which: readonly string[], on: boolean): void => {
  for (const code of which)
    if (on) filter.offClasses.delete(code)
    else filter.offClasses.add(code)
}
export const onlyClasses = (which: readonly string[]): void => {
  const keep = new Set(which)
  filter.offClasses = new Set(codes.value.filter(code => !keep.has(code)))
}
export const invertClasses = (): void => onlyClasses([...filter.offClasses])

export const switchArea = (code: string, on: boolean): void => {
  for (const leaf of leavesOf(grids.value, code))
    if (on) filter.offAreas.delete(leaf)
    else filter.offAreas.add(leaf)
}
export function clearFilter(): void {
  filter.offClasses.clear()
  filter.offAreas.clear()
  filter.unit = null
}
