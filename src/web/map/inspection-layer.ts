/**
 * Items of an inspection on the map, each with its number: open ones amber, right ones green, wrong ones crimson
 * with a corner, a dot only where signs would lie on each other; areas to be walked as outlines; where something was measured again, a line to it.
 */
import Feature from 'ol/Feature.js'
import GeoJSON from 'ol/format/GeoJSON.js'
import { LineString, Point } from 'ol/geom.js'
import VectorLayer from 'ol/layer/Vector.js'
import { fromLonLat } from 'ol/proj.js'
import VectorSource from 'ol/source/Vector.js'
import { Circle, Fill, RegularShape, Stroke, Style, Text } from 'ol/style.js'
import type { Item } from '../api/acceptance.ts'
import { anchorOf } from '../parts/change-words.ts'
import { type Standing, standingOf } from '../parts/item-answers.ts'
import { chosenRing } from './chosen-ring.ts'
import { fade, type Palette, palette } from './palette.ts'

const format = new GeoJSON({ dataProjection: 'EPSG:4326', featureProjection: 'EPSG:3857' })

export const inspectionLayer = (): VectorLayer =>
  new VectorLayer({ source: new VectorSource(), zIndex: 40, declutter: true })

export function drawInspection(layer: VectorLayer, items: readonly Item[], chosen: number | null): void {
  const ink = palette.value
  const features = items
    .filter(item => item.replacedBy === null && item.geometry)
    .flatMap(item => drawn(item, ink, item.no === chosen))
  const source = layer.getSource()!
  source.clear()
  source.addFeatures(features)
}

function drawn(item: Item, ink: Palette, chosen: boolean): Feature[] {
  const standing = standingOf(item)
  const color = colorOf(standing, ink)
  const put = (feature: Feature, styles: Style[]): Feature => {
    feature.setStyle(styles)
    feature.set('no', item.no)
    return feature
  }
  const anchor = fromLonLat([...anchorOf(item.geometry!)])
  const features: Feature[] = []
  if (item.geometry!.type !== 'Point')
    features.push(put(new Feature(format.readGeometry(item.geometry)!), [shape(item, color, ink, chosen)]))
  if (item.measured) {
    const line = new LineString([anchor, fromLonLat([...item.measured])])
    features.push(
      put(new Feature(line), [new Style({ stroke: new Stroke({ color, width: 2 * ink.scale }) })]),
    )
  }
  if (item.kind === 'row')
    features.push(
      put(new Feature(new Point(anchor)), [
        ...(chosen ? [chosenRing(ink)] : []),
        dot(color, ink),
        sign(item.no, standing, ink, chosen ? 'none' : 'declutter'),
      ]),
    )
  return features
}

const colorOf = (standing: Standing, ink: Palette): string =>
  standing === 'right' ? ink.green : standing === 'wrong' ? ink.crimson : ink.amber

const shape = (item: Item, color: string, ink: Palette, chosen: boolean): Style =>
  new Style({
    stroke: new Stroke({
      color,
      width: (chosen ? 5 : 3) * ink.scale,
      ...(item.kind === 'area' ? { lineDash: [8 * ink.scale, 5 * ink.scale] } : {}),
    }),
    fill: new Fill({ color: fade(color, item.kind === 'area' ? 0.06 : 0.15) }),
    ...(item.kind === 'area'
      ? {
          text: new Text({
            text: String(item.no),
            font: `600 ${14 * ink.scale}px ${ink.font}`,
            fill: new Fill({ color }),
            stroke: new Stroke({ color: ink.land, width: 3 * ink.scale }),
            overflow: true,
          }),
        }
      : {}),
  })

/** What is left of a sign that has no room. */
const dot = (color: string, ink: Palette): Style =>
  new Style({
    image: new Circle({
      radius: 3 * ink.scale,
      fill: new Fill({ color }),
      stroke: new Stroke({ color: ink.land, width: ink.scale }),
      declutterMode: 'none',
    }),
  })

/** A disc for what is open or right, a square for what is wrong. */
function sign(no: number, standing: Standing, ink: Palette, declutterMode: 'none' | 'declutter'): Style {
  const fill = new Fill({ color: colorOf(standing, ink) })
  const stroke = new Stroke({ color: ink.land, width: 1.5 * ink.scale })
  const look = { fill, stroke, declutterMode }
  return new Style({
    zIndex: declutterMode === 'none' ? 2 : 1,
    image:
      standing === 'wrong'
        ? new RegularShape({ points: 4, radius: 14 * ink.scale, angle: Math.PI / 4, ...look })
        : new Circle({ radius: 10 * ink.scale, ...look }),
    text: new Text({
      text: String(no),
      font: `600 ${11 * ink.scale}px ${ink.font}`,
      fill: new Fill({ color: ink.land }),
      declutterMode,
    }),
  })
}
