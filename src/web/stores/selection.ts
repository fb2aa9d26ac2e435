/**
 * What the right card shows: nothing, a list of things under one click, one component, or an empty
 * place. Requests overtake each other safely: only the latest may write.
 */
import { nextTick, reactive, shallowRef, watch } from 'vue'
import { ApiProblem } from '../api/client.ts'
import { type Card, getComponent, type Picked, pick } from '../api/components.ts'
import type { LonLat } from '../api/districts.ts'
import { type Where, whereIs } from '../api/grids.ts'
import { connection } from './connection.ts'
import { asked, nothingOn } from './filter.ts'
import { settings } from './settings.ts'
import { mark } from './view.ts'

export const selection = reactive({
  /** The component that is open or being opened. */
  id: null as string | null,
  busy: false,
  problem: null as ApiProblem | null,
  /** True when the card came from a list of several, so that there is a way back to it. */
  fromList: false,
})
export const card = shallowRef<Card | null>(null)
export const stack = shallowRef<{ items: Picked[]; more: boolean; lonLat: LonLat; zoom: number } | null>(null)
export const empty = shallowRef<(Where & { lonLat: LonLat }) | null>(null)
/** Where the stack's cursor stands, for the ring on the map. */
export const pointed = shallowRef<LonLat | null>(null)

let running: AbortController | null = null
let last: (() => Promise<void>) | null = null

async function latest(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  running?.abort()
  const mine = new AbortController()
  running = mine
  last = () => latest(work)
  Object.assign(selection, { busy: true, problem: null })
  try {
    await work(mine.signal)
  } catch (error) {
    if (mine.signal.aborted) return
    if (!(error instanceof ApiProblem)) throw error
    selection.problem = error
  } finally {
    if (running === mine) selection.busy = false
  }
}

/** What could not be answered because the server was away is asked again when it is back. */
function askAgain(): void {
  const away = selection.problem && (selection.problem.status === 0 || selection.problem.status >= 500)
  if (away && !selection.busy) tryAgain()
}
watch(() => connection.retries, askAgain)
watch(
  () => connection.live,
  live => live && askAgain(),
)

// places are told in words, so the open card is read again when the language turns
watch(
  () => settings.language,
  async () => {
    await nextTick()
    const { id, fromList } = selection
    if (id) void openComponent(id, fromList)
  },
)

export const tryAgain = (): void => {
  void last?.()
}

const tolerancePx = (): number => (matchMedia('(pointer: coarse)').matches ? 16 : 6)

/** Answers a click: one component opens, several become a list, none tells whose ground it is. */
export const pickAt = (lonLat: LonLat, zoom: number): Promise<void> =>
  latest(async signal => {
    const found = nothingOn.value
      ? { items: [], more: false }
      : await pick(lonLat, zoom, asked.value, tolerancePx(), signal)
    const [first] = found.items
    if (found.items.length === 1 && first) {
      const opened = await getComponent(first.id, signal)
      clear()
      Object.assign(selection, { id: opened.id, fromList: false })
      card.value = opened
    } else if (first) {
      clear()
      stack.value = { ...found, lonLat, zoom }
    } else {
      const where = await whereIs(lonLat)
      if (signal.aborted) return
      clear()
      empty.value = { ...where, lonLat }
      mark.value = lonLat
    }
  })

export const openComponent = (id: string, fromList = false): Promise<void> => {
  selection.id = id
  selection.fromList = fromList
  return latest(async signal => {
    const opened = await getComponent(id, signal)
    if (!fromList) stack.value = null
    empty.value = null
    mark.value = null
    card.value = opened
  })
}

/** From a card back to the list it came from. */
export function backToList(): void {
  Object.assign(selection, { id: null, fromList: false, problem: null })
  card.value = null
}

function clear(): void {
  Object.assign(selection, { id: null, fromList: false, problem: null })
  card.value = null
  stack.value = null
  empty.value = null
  pointed.value = null
  mark.value = null
}
export function closeCard(): void {
  running?.abort()
  selection.busy = false
  clear()
}
/** Whether the right card has anything to say. */
export const hasCard = (): boolean =>
  Boolean(selection.id || card.value || stack.value || empty.value || selection.problem)
