/**
 * A drafted change on the map: where the thing is, a hollow ring; where it is to be, its sign, which can be dragged;
 * a dashed line between. Vertices of what is drawn anew; the other one of a merge.
 *
 *   (o) - - - - [#]
 */
import Feature from 'ol/Feature.js'
import GeoJSON from 'ol/format/GeoJSON.js'
import { LineString, Point } from 'ol/geom.js'
import Translate from 'ol/interaction/Translate.js'
import VectorLayer from 'ol/layer/Vector.js'
import { fromLonLat, toLonLat } from 'ol/proj.js'
import VectorSource from 'ol/source/Vector.js'
import { Circle, Fill, Stroke, Style } from 'ol/style.js'
import { watch } from 'vue'
import type { LonLat } from '../api/districts.ts'
import { draft, drawnAs, geometry, other, subject, takesPlace } from '../stores/draft.ts'
import { badge } from './badge.ts'
import { fade, type Palette, palette } from './palette.ts'

const format = new GeoJSON({ dataProjection: 'EPSG:4326', featureProjection: 'EPSG:3857' })
const at = (lonLat: LonLat): Point => new Point(fromLonLat([...lonLat]))

/** The layer, and the hand that drags the new place. */
export function draftLayer(): { layer: VectorLayer; drag: Translate } {
  const source = new VectorSource()
  const layer = new VectorLayer({
    source,
    zIndex: 60,
    updateWhileAnimating: true,
    updateWhileInteracting: true,
  })
  const put = (shape: Feature, styles: Style[], moves = false): void => {
    shape.setStyle(styles)
    shape.set('moves', moves)
    source.addFeature(shape)
  }
  const draw = (): void => {
    source.clear()
    if (!draft.kind) return
    const ink = palette.value
    const was = subject.value
    const to = draft.vertices.at(-1)
    const kind = was?.class ?? { code: draft.class, name: '' }
    if (was)
      put(new Feature(at(was.lonLat)), takesPlace.value ? hollow(ink) : [ring(ink), sign(was.class, ink)])
    if (was && other.value) {
      put(new Feature(new LineString([was.lonLat, other.value.lonLat].map(each => fromLonLat([...each])))), [
        dashes(ink),
      ])
      put(new Feature(at(other.value.lonLat)), [ring(ink), sign(other.value.class, ink)])
    }
    if (!takesPlace.value || !to) return
    if (was)
      put(new Feature(new LineString([was.lonLat, to].map(each => fromLonLat([...each])))), [dashes(ink)])
    const shape = geometry.value
    if (shape && shape.type !== 'Point') put(new Feature(format.readGeometry(shape)!), [outline(ink)])
    if (drawnAs.value === 'point') put(new Feature(at(to)), [ring(ink), sign(kind, ink)], true)
    else for (const vertex of draft.vertices) put(new Feature(at(vertex)), [dot(ink)])
  }
  draw()
  watch([() => draft.kind, () => draft.vertices, () => draft.class, subject, other, palette], draw)
  const drag = new Translate({
    layers: [layer],
    filter: feature => feature.get('moves') === true,
    hitTolerance: 12,
  })
  drag.on('translateend', event => {
    const point = event.features.item(0)?.getGeometry() as Point | undefined
    if (!point) return
    const [lon = 0, lat = 0] = toLonLat(point.getCoordinates())
    draft.vertices = [[lon, lat]]
  })
  return { layer, drag }
}

const sign = (kind: { code: string; name: string }, ink: Palette): Style =>
  new Style({ image: badge(kind.code, kind.name, 28 * ink.scale, ink), zIndex: 4 })
const ring = (ink: Palette): Style =>
  new Style({
    image: new Circle({
      radius: 21 * ink.scale,
      fill: new Fill({ color: fade(ink.accent, 0.22) }),
      stroke: new Stroke({ color: ink.accent, width: 3 * ink.scale }),
    }),
    zIndex: 3,
  })
const hollow = (ink: Palette): Style[] => [
  new Style({
    image: new Circle({
      radius: 9 * ink.scale,
      fill: new Fill({ color: fade(ink.land, 0.85) }),
      stroke: new Stroke({ color: ink.amber, width: 3 * ink.scale }),
    }),
    zIndex: 2,
  }),
]
const dot = (ink: Palette): Style =>
  new Style({
    image: new Circle({
      radius: 6 * ink.scale,
      fill: new Fill({ color: ink.accent }),
      stroke: new Stroke({ color: ink.land, width: 2 * ink.scale }),
    }),
    zIndex: 4,
  })
const dashes = (ink: Palette): Style =>
  new Style({
    stroke: new Stroke({
      color: ink.amber,
      width: 2.5 * ink.scale,
      lineDash: [6 * ink.scale, 5 * ink.scale],
    }),
    zIndex: 1,
  })
const outline = (ink: Palette): Style =>
  new Style({
    stroke: new Stroke({ color: ink.accent, width: 3.5 * ink.scale }),
    fill: new Fill({ color: fade(ink.accent, 0.18) }),
    zIndex: 2,
  })
