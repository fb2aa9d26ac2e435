/**
 * Draws only the rows in sight of a long list of equal rows. The caller gives the count and the row's
 * height in rem; it gets the range to draw and the heights to leave above and in all.
 */
import { computed, onBeforeUnmount, onMounted, type Ref, ref, watch } from 'vue'

export function useWindow(box: Ref<HTMLElement | undefined>, count: () => number, rowRem: () => number) {
  const top = ref(0)
  const height = ref(600)
  const rem = ref(16)
  const measure = (): void => {
    rem.value = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
    if (box.value) height.value = box.value.clientHeight
  }
  const scrolled = (): void => {
    top.value = box.value?.scrollTop ?? 0
  }
  let watcher: ResizeObserver | null = null
  onMounted(() => {
    watcher = new ResizeObserver(measure)
    // a folded list has no box yet
    watch(
      box,
      (now, before) => {
        if (before) watcher?.unobserve(before)
        if (now) watcher?.observe(now)
        measure()
      },
      { immediate: true },
    )
  })
  onBeforeUnmount(() => watcher?.disconnect())

  const rowPx = computed(() => rowRem() * rem.value)
  const range = computed(() => {
    const extra = 8
    const from = Math.max(0, Math.floor(top.value / rowPx.value) - extra)
    const to = Math.min(count(), Math.ceil((top.value + height.value) / rowPx.value) + extra)
    return { from, to: Math.max(from, to), above: from * rowPx.value, whole: count() * rowPx.value }
  })
  /** Scrolls just as far as is needed to see a row. */
  const reveal = (index: number): void => {
    const element = box.value
    if (!element || index < 0) return
    const y = index * rowPx.value
    if (y < element.scrollTop) element.scrollTop = y
    else if (y + rowPx.value > element.scrollTop + element.clientHeight)
      element.scrollTop = y + rowPx.value - element.clientHeight
  }
  return { range, scrolled, reveal, rowPx }
}
