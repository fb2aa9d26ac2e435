/**
 * Keeps the address and the map's screen in step. Moving and switching rewrite the address in place;
 * opening a component or choosing a grid makes a step that "back" undoes.
 */
import { onBeforeUnmount, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { dictionary, district, grids, units } from '../stores/district.ts'
import { filter } from '../stores/filter.ts'
import { closeCard, openComponent, selection } from '../stores/selection.ts'
import { settings } from '../stores/settings.ts'
import { cover, leavesOf } from '../stores/tree.ts'
import { look, view } from '../stores/view.ts'
import { type Link, namedClasses, readLink, writeLink } from './permalink.ts'

export function followLink(): void {
  const route = useRoute()
  const router = useRouter()
  let written = ''
  let timer = 0

  const apply = (link: Link, first: boolean): void => {
    if (link.language) settings.language = link.language
    if (link.at) {
      const { centre, zoom, width } = link.at
      if (first) Object.assign(view, { centre, zoom, width })
      // before the map is there it must not be framed anew, nor the address be written from where it was
      clearTimeout(timer)
      view.home = false
      if (!first) look({ lonLat: centre, zoom, width, exact: true })
    } else if (!first && district.current?.bbox) look({ bbox: district.current.bbox })
    const all = dictionary.value.items.map(item => item.code)
    const on = link.on && new Set(link.on)
    filter.offClasses = new Set(on ? all.filter(code => !on.has(code)) : link.off)
    filter.offAreas = new Set(link.hide.flatMap(code => leavesOf(grids.value, code)))
    const unit = link.unit && units.value.find(item => item.id === link.unit)
    filter.unit = unit ? { id: unit.id, name: unit.name } : null
    filter.chosen = link.chosen && grids.value.byCode.has(link.chosen) ? link.chosen : null
    if (link.selected && link.selected !== selection.id) void openComponent(link.selected)
    else if (!link.selected && selection.id) closeCard()
  }

  const current = (): Link => ({
    at:
      view.centre && view.zoom !== null && !view.home
        ? { centre: view.centre, zoom: view.zoom, width: view.width }
        : null,
    ...namedClasses(
      dictionary.value.items.map(item => item.code),
      filter.offClasses,
    ),
    hide: cover(grids.value, filter.offAreas),
    unit: filter.unit?.id ?? null,
    chosen: filter.chosen,
    selected: selection.id,
    language: settings.language,
    district: district.all.length > 1 ? (district.current?.code ?? null) : null,
  })

  const write = (step: boolean): void => {
    clearTimeout(timer)
    if (route.name !== 'map') return
    const query = writeLink(current())
    const text = JSON.stringify(query)
    if (text === written) return
    written = text
    void (step ? router.push({ name: 'map', query }) : router.replace({ name: 'map', query }))
  }

  if (Object.keys(route.query).length > 0) apply(readLink(route.query), true)
  written = JSON.stringify(route.query)

  watch([() => selection.id, () => filter.chosen], () => write(true))
  watch(
    [
      () => view.centre,
      () => view.zoom,
      () => [...filter.offClasses].join(),
      () => [...filter.offAreas].join(),
      () => filter.unit,
      () => settings.language,
    ],
    () => {
      clearTimeout(timer)
      timer = window.setTimeout(() => write(false), 200)
    },
  )
  watch(
    () => route.query,
    query => {
      const text = JSON.stringify(query)
      if (route.name !== 'map' || text === written) return
      written = text
      apply(readLink(query), false)
    },
  )
  onBeforeUnmount(() => clearTimeout(timer))
}
