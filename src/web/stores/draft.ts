/**
 * A change that somebody is about to ask for: which, of what, where to. The map writes places into it, the panel
 * the rest; whenever it is whole the server is asked what it would do.
 */
import type { Geometry } from 'geojson'
import { computed, reactive, shallowRef, watch } from 'vue'
import { mapPositions } from '../../../gis/geometry.ts'
import { ApiProblem } from '../api/client.ts'
import { type Card, getComponent, pick } from '../api/components.ts'
import type { LonLat } from '../api/districts.ts'
import { everything } from '../api/filter-query.ts'
import { type Where, whereIs } from '../api/grids.ts'
import { type Change, type ChangedFields, type ChangeKind, checkChange, type Effect } from '../api/upkeep.ts'
import { classByCode } from './district.ts'
import { closeCard, openComponent } from './selection.ts'

export const draft = reactive({
  kind: null as ChangeKind | null,
  /** New places in the order they were clicked; one for what stands on a point. */
  vertices: [] as LonLat[],
  class: '',
  set: {} as ChangedFields,
  /** Of another class: the code that goes with it, where it changes. */
  code: '',
  endedOn: '',
  /** Of a merge: the component that was opened is the one that stays. */
  keepsOpened: false,
  /** Phone: the map is being looked at, the form waits. */
  placing: false,
  problem: '',
})
/** What is changed; null of an addition. */
export const subject = shallowRef<Card | null>(null)
/** The other one of a merge. */
export const other = shallowRef<Card | null>(null)
/** The new place in words. */
export const place = shallowRef<Where | null>(null)
export const effect = shallowRef<Effect | null>(null)

export const drafting = computed(() => draft.kind !== null)
/** A click on the map is a place for the draft. */
export const takesPlace = computed(() => draft.kind === 'add' || draft.kind === 'move')
/** What the class of the draft is drawn as. */
export const drawnAs = computed<'point' | 'line' | 'polygon'>(() => {
  if (draft.kind === 'move') return 'point'
  const allowed = classByCode.value.get(draft.class)?.geometry as unknown as string[] | undefined
  if (!allowed || allowed.includes('point')) return 'point'
  return allowed.includes('line') ? 'line' : 'polygon'
})

export function beginChange(kind: ChangeKind, card: Card | null, at: LonLat | null = null): void {
  Object.assign(draft, {
    kind,
    vertices: at ? [at] : [],
    class: card?.class.code ?? '',
    set: {},
    code: '',
    endedOn: new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10),
    keepsOpened: false,
    placing: kind === 'move' || kind === 'merge',
    problem: '',
  })
  subject.value = card
  other.value = null
  effect.value = null
}
/** Gives the draft up; what it was about is opened again. */
export function endChange(open = true): void {
  const about = subject.value
  draft.kind = null
  subject.value = null
  other.value = null
  place.value = null
  effect.value = null
  if (!open) closeCard()
  else if (about) void openComponent(about.id)
}

/** A click on the map while a change is drafted: a place, a vertex, or the other thing of a merge. */
export async function placeAt(lonLat: LonLat, zoom: number): Promise<void> {
  if (takesPlace.value) draft.vertices = drawnAs.value === 'point' ? [lonLat] : [...draft.vertices, lonLat]
  else if (draft.kind === 'merge') await chooseOther(lonLat, zoom)
}
async function chooseOther(lonLat: LonLat, zoom: number): Promise<void> {
  const touch = matchMedia('(pointer: coarse)').matches
  const { items } = await pick(lonLat, zoom, everything, touch ? 16 : 8)
  const found = items.find(item => item.id !== subject.value?.id)
  if (found) other.value = await getComponent(found.id)
}

/** The geometry of the draft, or null while there is too little of it. */
export const geometry = computed<Geometry | null>(() => {
  const { vertices } = draft
  const [first] = vertices
  if (!first) return null
  if (draft.kind === 'move') return moved(first)
  if (drawnAs.value === 'point') return { type: 'Point', coordinates: [...first] }
  const line = vertices.map(each => [...each])
  if (drawnAs.value === 'line') return line.length < 2 ? null : { type: 'LineString', coordinates: line }
  return line.length < 3 ? null : { type: 'Polygon', coordinates: [[...line, line[0]!]] }
})
/** What has a shape is moved whole. */
function moved(to: LonLat): Geometry | null {
  const card = subject.value
  if (!card || card.geometry.type === 'GeometryCollection') return null
  const [dx, dy] = [to[0] - card.lonLat[0], to[1] - card.lonLat[1]]
  if (card.geometry.type === 'Point') return { type: 'Point', coordinates: [...to] }
  return mapPositions(card.geometry, (x, y) => [x + dx, y + dy])
}

/** The change as it is sent, or null while something is missing. */
export const change = computed<Change | null>(() => {
  const id = subject.value?.id
  const shape = geometry.value
  if (draft.kind === 'add')
    return shape && draft.class
      ? { kind: 'add', class: draft.class, geometry: shape, set: { ...draft.set } }
      : null
  if (!id) return null
  switch (draft.kind) {
    case 'move':
      return shape && { kind: 'move', componentId: id, geometry: shape }
    case 'reclass': {
      const code = draft.code.trim()
      return draft.class === subject.value?.class.code && !code
        ? null
        : { kind: 'reclass', componentId: id, class: draft.class, ...(code ? { code } : {}) }
    }
    case 'edit':
      return Object.keys(draft.set).length === 0
        ? null
        : { kind: 'edit', componentId: id, set: { ...draft.set } }
    case 'merge': {
      if (!other.value) return null
      const [ends, stays] = draft.keepsOpened ? [other.value.id, id] : [id, other.value.id]
      return { kind: 'merge', componentId: ends, survivorId: stays }
    }
    case 'scrap':
      return draft.endedOn ? { kind: 'scrap', componentId: id, endedOn: draft.endedOn } : null
    case 'restore':
      return { kind: 'restore', componentId: id }
    default:
      return null
  }
})

let asking: AbortController | null = null
let timer: ReturnType<typeof setTimeout> | undefined
watch(
  () => JSON.stringify(change.value),
  () => {
    clearTimeout(timer)
    asking?.abort()
    effect.value = null
    draft.problem = ''
    const wanted = change.value
    if (wanted) timer = setTimeout(() => void ask(wanted), 250)
  },
)
async function ask(wanted: Change): Promise<void> {
  const mine = new AbortController()
  asking = mine
  try {
    const found = await checkChange(wanted, mine.signal)
    if (!mine.signal.aborted) effect.value = found
  } catch (error) {
    if (mine.signal.aborted) return
    if (!(error instanceof ApiProblem)) throw error
    draft.problem = error.message
  }
}
watch(
  () => draft.vertices.at(-1),
  async at => {
    place.value = null
    if (!at) return
    const found = await whereIs(at).catch(() => null)
    if (draft.vertices.at(-1) === at) place.value = found
  },
)
