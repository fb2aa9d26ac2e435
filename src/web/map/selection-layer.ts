/** What is selected, enlarged, in the colour of what can be acted on; the list's cursor; a marked place. */
import Feature from 'ol/Feature.js'
import GeoJSON from 'ol/format/GeoJSON.js'
import Point from 'ol/geom/Point.js'
import VectorLayer from 'ol/layer/Vector.js'
import { fromLonLat } from 'ol/proj.js'
import VectorSource from 'ol/source/Vector.js'
import { Circle, Fill, Stroke, Style } from 'ol/style.js'
import { watch } from 'vue'
import type { LonLat } from '../api/districts.ts'
import { drafting } from '../stores/draft.ts'
import { card, pointed } from '../stores/selection.ts'
import { mark } from '../stores/view.ts'
import { badge } from './badge.ts'
import { fade, type Palette, palette } from './palette.ts'

const format = new GeoJSON({ dataProjection: 'EPSG:4326', featureProjection: 'EPSG:3857' })
const at = (lonLat: LonLat): Point => new Point(fromLonLat([...lonLat]))

export function selectionLayer(): VectorLayer {
  const source = new VectorSource()
  const layer = new VectorLayer({
    source,
    zIndex: 50,
    updateWhileAnimating: true,
    updateWhileInteracting: true,
  })
  const draw = (): void => {
    const ink = palette.value
    source.clear()
    if (mark.value) source.addFeature(styled(at(mark.value), cross(ink)))
    if (pointed.value) source.addFeature(styled(at(pointed.value), ring(ink)))
    // what is about to change is drawn by the draft
    if (card.value && !drafting.value) {
      const geometry = format.readGeometry(card.value.geometry)!
      if (geometry.getType().includes('Point'))
        source.addFeature(styled(geometry as Point, chosen(card.value.class, ink)))
      else {
        const feature = new Feature(geometry)
        feature.setStyle(shape(ink))
        source.addFeature(feature)
        source.addFeature(styled(at(card.value.lonLat), chosen(card.value.class, ink)))
      }
    }
  }
  draw()
  watch([card, pointed, mark, drafting, palette], draw)
  return layer
}

function styled(point: Point, styles: Style[]): Feature {
  const feature = new Feature(point)
  feature.setStyle(styles)
  return feature
}

const chosen = (kind: { code: string; name: string }, ink: Palette): Style[] => [
  new Style({
    image: new Circle({
      radius: 22 * ink.scale,
      fill: new Fill({ color: fade(ink.accent, 0.18) }),
      stroke: new Stroke({ color: ink.accent, width: 2.5 * ink.scale }),
    }),
  }),
  new Style({ image: badge(kind.code, kind.name, 30 * ink.scale, ink) }),
]
const ring = (ink: Palette): Style[] => [
  new Style({
    image: new Circle({
      radius: 14 * ink.scale,
      fill: new Fill({ color: fade(ink.accent, 0.15) }),
      stroke: new Stroke({ color: ink.accent, width: 2 * ink.scale }),
    }),
  }),
]
const cross = (ink: Palette): Style[] => [
  new Style({
    image: new Circle({
      radius: 9 * ink.scale,
      stroke: new Stroke({ color: ink.land, width: 5 * ink.scale }),
    }),
  }),
  new Style({
    image: new Circle({
      radius: 9 * ink.scale,
      stroke: new Stroke({ color: ink.accent, width: 2.5 * ink.scale }),
    }),
  }),
  new Style({ image: new Circle({ radius: 2.5 * ink.scale, fill: new Fill({ color: ink.accent }) }) }),
]
const shape = (ink: Palette): Style[] => [
  new Style({ stroke: new Stroke({ color: ink.land, width: 7 * ink.scale }) }),
  new Style({
    fill: new Fill({ color: fade(ink.accent, 0.18) }),
    stroke: new Stroke({ color: ink.accent, width: 3.5 * ink.scale }),
  }),
]
