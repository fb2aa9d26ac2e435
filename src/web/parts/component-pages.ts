/**
 * Reads the list of components page by page, of the map's extent or of all the chosen grid. Starts over
 * whenever the filter, the scope or (for the map's extent) the map changes; a folded list asks for the total alone.
 * While it is walked, what it opens moves the map and leaves the list as it is.
 */
import { onBeforeUnmount, reactive, ref, watch } from 'vue'
import { listComponents, type Summary } from '../api/components.ts'
import { connection } from '../stores/connection.ts'
import { registryVersion } from '../stores/district.ts'
import { asked, askedInside, nothingInside, nothingOn } from '../stores/filter.ts'
import { view } from '../stores/view.ts'
import { sentenceOf } from './saying.ts'

export function listing(unfolded: () => boolean) {
  const scope = ref<'view' | 'inside'>('view')
  const pages = reactive({
    total: null as number | null,
    items: [] as Summary[],
    next: null as number | null,
    busy: false,
    problem: '',
    /** Grows when the list starts over. */
    serial: 0,
  })
  let running: AbortController | null = null
  let timer = 0
  let extent = view.bbox
  const wanted = () => (scope.value === 'view' ? asked.value : askedInside.value)
  const nothing = () => (scope.value === 'view' ? nothingOn.value : nothingInside.value)

  async function read(after: number | null): Promise<void> {
    running?.abort()
    const mine = new AbortController()
    running = mine
    pages.busy = true
    try {
      if (after === null && !view.walked) extent = view.bbox
      const page = await listComponents(wanted(), {
        bbox: scope.value === 'view' ? extent : null,
        after,
        limit: unfolded() ? 100 : 1,
        signal: mine.signal,
      })
      if (mine.signal.aborted) return
      pages.total = page.total
      pages.items = after === null ? page.items : [...pages.items, ...page.items]
      pages.next = page.next
      pages.problem = ''
      if (after === null) pages.serial++
    } catch (error) {
      if (!mine.signal.aborted) pages.problem = sentenceOf(error)
    } finally {
      if (running === mine) pages.busy = false
    }
  }
  function again(): void {
    clearTimeout(timer)
    if (nothing()) {
      running?.abort()
      Object.assign(pages, {
        total: 0,
        items: [],
        next: null,
        problem: '',
        busy: false,
        serial: pages.serial + 1,
      })
    } else if (scope.value === 'inside' || view.bbox) void read(null)
  }
  const soon = (): void => {
    clearTimeout(timer)
    timer = window.setTimeout(again, 180)
  }
  async function more(): Promise<void> {
    if (!pages.busy && pages.next !== null && unfolded() && !pages.problem) await read(pages.next)
  }
  // another filter is a new walk
  watch([wanted, scope, unfolded, nothing], () => {
    view.walked = false
    soon()
  })
  watch([registryVersion, () => connection.retries], soon)
  watch(
    () => view.bbox,
    () => scope.value === 'view' && !view.walked && soon(),
    { immediate: true },
  )
  onBeforeUnmount(() => {
    clearTimeout(timer)
    running?.abort()
  })
  return { pages, scope, more, again }
}
