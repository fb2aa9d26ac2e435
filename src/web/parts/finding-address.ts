/**
 * The view of the findings and the address of the page, in step: what is changed here is written there a moment later,
 * and a link that is followed to this very page is heard.
 */
import { onBeforeUnmount, type Ref, ref, watch } from 'vue'
import { onBeforeRouteLeave, useRoute, useRouter } from 'vue-router'
import { type FindingView, readFindingView, writeFindingView } from './finding-view.ts'

const SOON_MS = 200

/** @param follow told when a link set the view */
export function findingAddress(delivery: () => string, follow: () => void): Ref<FindingView> {
  const route = useRoute()
  const router = useRouter()
  const view = ref<FindingView>(readFindingView(route.query))
  const wordsOf = (of: FindingView): string => JSON.stringify(writeFindingView(of))
  let written = wordsOf(view.value)
  let timer = 0
  watch(view, now => {
    clearTimeout(timer)
    timer = window.setTimeout(() => {
      written = wordsOf(now)
      void router.replace({ query: writeFindingView(now) })
    }, SOON_MS)
  })
  watch(
    () => route.query,
    query => {
      const said = wordsOf(readFindingView(query))
      if (route.params.id !== delivery() || said === written) return
      written = said
      view.value = readFindingView(query)
      follow()
    },
  )
  // who leaves is not called back by what would still be written
  onBeforeRouteLeave(() => clearTimeout(timer))
  onBeforeUnmount(() => clearTimeout(timer))
  return view
}
