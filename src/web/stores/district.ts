/**
 * The district on screen: its grids, classes and counts. Loaded once after sign-in and again whenever
 * the server says that something was published. Everything else in the console reads from here.
 */
import { computed, reactive, shallowRef } from 'vue'
import { needsSecondPerson } from '../../domain/orgs/rules.ts'
import { type ComponentClass, type Dictionary, getClasses } from '../api/classes.ts'
import { ApiProblem, chooseApiDistrict } from '../api/client.ts'
import { type District, getOverview, listDistricts, type Overview } from '../api/districts.ts'
import { listGrids } from '../api/grids.ts'
import { listUnits, type Unit } from '../api/units.ts'
import { capital } from '../parts/format.ts'
import { changed, everythingChanged } from './changed-tiles.ts'
import { firstOf } from './first-district.ts'
import { inEnglish, lastDistrict, rememberDistrict } from './settings.ts'
import { buildTree, type Tree } from './tree.ts'
import { view } from './view.ts'

const noClasses: Dictionary = { dictionary: { id: '', name: '', version: '' }, majors: [], items: [] }

export const district = reactive({
  state: 'idle' as 'idle' | 'loading' | 'ready' | 'none' | 'failed',
  problem: null as ApiProblem | null,
  all: [] as District[],
  current: null as District | null,
  overview: null as Overview | null,
})
/** Whether what came at a moment counts by a second person's word alone. */
export const asksSecond = (since: string): boolean =>
  district.current !== null && needsSecondPerson(district.current, since)

/** Large and never changed in place: replaced as a whole. */
export const grids = shallowRef<Tree>(buildTree([]))
export const dictionary = shallowRef<Dictionary>(noClasses)
export const units = shallowRef<readonly Unit[]>([])

export const classByCode = computed(() => new Map(dictionary.value.items.map(item => [item.code, item])))
/** The version that tiles are asked for, so that a publication shows at once. */
export const registryVersion = computed(() => district.overview?.stamp ?? '')

export const className = (item: Pick<ComponentClass, 'name' | 'nameEn'>): string =>
  inEnglish.value && item.nameEn ? capital(item.nameEn) : item.name
export const classNameOf = (code: string, otherwise = code): string => {
  const known = classByCode.value.get(code)
  return known ? className(known) : otherwise
}

/** Loads everything of a district; `code` chooses among several. */
export async function loadDistrict(code: string | null = district.current?.code ?? null): Promise<void> {
  if (district.state !== 'ready') district.state = 'loading'
  try {
    district.all = await listDistricts()
    const chosen = firstOf(district.all, [code, lastDistrict()])
    if (!chosen) return nothing()
    chooseApiDistrict(district.all.length > 1 ? chosen.code : null)
    const [overview, gridList, classes, unitList] = await Promise.all([
      getOverview(),
      listGrids(),
      getClasses(),
      listUnits(),
    ])
    const another = district.current && district.current.code !== overview.district.code
    // what was changed while nothing was heard; an event under way comes within a moment
    if (another) everythingChanged()
    if (another || !district.overview) changed.heard = overview.journalNo
    else if (overview.stamp !== district.overview.stamp)
      window.setTimeout(() => heardOf(overview.journalNo), 1_500)
    grids.value = buildTree(gridList)
    dictionary.value = classes
    units.value = unitList
    // another district is seen as a whole first, wherever the map was
    if (another) view.home = true
    Object.assign(district, { current: overview.district, overview, state: 'ready', problem: null })
    rememberDistrict(overview.district.name, overview.district.code)
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (error.code === 'district.none') return nothing()
    if (district.state === 'loading') Object.assign(district, { state: 'failed', problem: error })
  }
}

function heardOf(no: number): void {
  if (changed.heard >= no) return
  changed.heard = no
  everythingChanged()
}

function nothing(): void {
  Object.assign(district, { state: 'none', current: null, overview: null, problem: null })
}

export function forgetDistrict(): void {
  Object.assign(district, { state: 'idle', all: [], current: null, overview: null, problem: null })
  grids.value = buildTree([])
  dictionary.value = noClasses
  units.value = []
}
