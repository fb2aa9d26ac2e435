/** What choosing a search result does: open, filter, or look there. */
import type { Bbox } from '../api/districts.ts'
import { classNameOf } from '../stores/district.ts'
import { filter, onlyClasses } from '../stores/filter.ts'
import { closeCard, openComponent } from '../stores/selection.ts'
import { look, mark } from '../stores/view.ts'
import type { Hit } from './search-rows.ts'

export function actOn(hit: Hit): void {
  switch (hit.group) {
    case 'components':
      void openComponent(hit.item.id)
      look({ lonLat: hit.item.lonLat, atLeast: 18.6 })
      break
    case 'classes':
      onlyClasses([hit.item.code])
      break
    case 'units':
      filter.unit = { id: hit.item.id, name: hit.item.name }
      break
    case 'grids':
      filter.chosen = hit.item.level === 0 ? null : hit.item.code
      look({ bbox: hit.item.bbox })
      break
    case 'addresses':
      closeCard()
      mark.value = hit.item.lonLat
      look({ lonLat: hit.item.lonLat, atLeast: 18.6 })
      break
    case 'places':
      closeCard()
      mark.value = hit.item.lonLat
      look(extended(hit.item.bbox) ? { bbox: hit.item.bbox } : { lonLat: hit.item.lonLat, atLeast: 17.5 })
  }
}

const extended = (bbox: Bbox | null): bbox is Bbox =>
  bbox !== null && (bbox[2] - bbox[0] > 0.0008 || bbox[3] - bbox[1] > 0.0008)

export const hitText = (hit: Hit): { main: string; more: string } => {
  switch (hit.group) {
    case 'components':
      return {
        main: hit.item.code ?? hit.item.id,
        more: [classNameOf(hit.item.class, hit.item.className), hit.item.areaName]
          .filter(Boolean)
          .join(' · '),
      }
    case 'classes':
      return { main: classNameOf(hit.item.code, hit.item.name), more: hit.item.code }
    case 'units':
      return { main: hit.item.name, more: '' }
    case 'grids':
      return { main: hit.item.name, more: hit.item.code }
    case 'addresses':
      return { main: hit.item.text, more: '' }
    case 'places':
      return { main: hit.item.name, more: '' }
  }
}
