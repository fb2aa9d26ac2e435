/**
 * Findings on the map, by colour and shape as in the list: an error a red disc, a warning an amber triangle; several
 * that lie close one sign with their number, red as soon as an error is among them. The chosen one is ringed and on top.
 */
import Feature from 'ol/Feature.js'
import { Point } from 'ol/geom.js'
import VectorLayer from 'ol/layer/Vector.js'
import { fromLonLat } from 'ol/proj.js'
import VectorSource from 'ol/source/Vector.js'
import { Circle, Fill, RegularShape, Stroke, Style, Text } from 'ol/style.js'
import { type FindingMark, middleOf, type StoredFinding } from '../api/findings.ts'
import { chosenRing } from './chosen-ring.ts'
import { type Palette, palette } from './palette.ts'

export const findingLayer = (): VectorLayer =>
  new VectorLayer({
    source: new VectorSource(),
    zIndex: 40,
    updateWhileAnimating: true,
    updateWhileInteracting: true,
  })

export function drawFindings(
  layer: VectorLayer,
  marks: readonly FindingMark[],
  chosen: StoredFinding | null,
): void {
  const ink = palette.value
  const signs = new Map<string, Style>()
  const signFor = ({ errors, warnings }: FindingMark): Style => {
    const key = `${errors > 0} ${errors + warnings}`
    let style = signs.get(key)
    if (!style) signs.set(key, (style = sign(errors > 0, errors + warnings, ink)))
    return style
  }
  const features = marks.map(mark => {
    const feature = new Feature(new Point(fromLonLat([...middleOf(mark)])))
    feature.setStyle(signFor(mark))
    feature.set('mark', mark)
    return feature
  })
  if (chosen?.lonLat) {
    const feature = new Feature(new Point(fromLonLat([...chosen.lonLat])))
    const own = sign(chosen.severity === 'error', 1, ink)
    own.setZIndex(4)
    feature.setStyle([chosenRing(ink), own])
    features.push(feature)
  }
  const source = layer.getSource()!
  source.clear()
  source.addFeatures(features)
}

/** Wide enough for its number, and wider the more it stands for. */
const radiusOf = (count: number): number => (count === 1 ? 6 : 8 + 3 * Math.log10(count))

function sign(error: boolean, count: number, ink: Palette): Style {
  const fill = new Fill({ color: error ? ink.red : ink.amber })
  const stroke = new Stroke({ color: ink.land, width: 1.5 * ink.scale })
  const radius = radiusOf(count) * ink.scale
  const shape = error
    ? new Circle({ radius, fill, stroke })
    : new RegularShape({ points: count === 1 ? 3 : 6, radius: radius * 1.25, fill, stroke })
  return new Style({
    image: shape,
    ...(count > 1
      ? {
          text: new Text({
            text: shortCount(count),
            font: `600 ${(count < 1000 ? 11 : 10) * ink.scale}px ${ink.font}`,
            fill: new Fill({ color: ink.land }),
          }),
        }
      : {}),
    zIndex: error ? 2 : 1,
  })
}

/** 999, 1.2k, 12k: the exact number is in the title of the list. */
const shortCount = (count: number): string =>
  count < 1000 ? String(count) : `${count < 10_000 ? (count / 1000).toFixed(1) : Math.round(count / 1000)}k`
