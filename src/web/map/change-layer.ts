/**
 * Changes on the map, each kind by colour and shape: added a green disc with a plus, changed an amber diamond with
 * a dashed line from where it was, missing a crimson square with a cross. The chosen one is ringed.
 */
import Feature from 'ol/Feature.js'
import GeoJSON from 'ol/format/GeoJSON.js'
import { LineString, Point } from 'ol/geom.js'
import VectorLayer from 'ol/layer/Vector.js'
import { fromLonLat } from 'ol/proj.js'
import VectorSource from 'ol/source/Vector.js'
import { Circle, Fill, RegularShape, Stroke, Style } from 'ol/style.js'
import type { Change, ChangeKind, Shape } from '../api/changes.ts'
import { anchorOf } from '../parts/change-words.ts'
import { fade, type Palette, palette } from './palette.ts'

/** Changes of one kind that are listed now. */
export interface Shown {
  kind: ChangeKind
  items: readonly Change[]
}

const format = new GeoJSON({ dataProjection: 'EPSG:4326', featureProjection: 'EPSG:3857' })
const point = (shape: Shape): Point => new Point(fromLonLat([...anchorOf(shape)]))

export const changeLayer = (): VectorLayer =>
  new VectorLayer({
    source: new VectorSource(),
    zIndex: 40,
    updateWhileAnimating: true,
    updateWhileInteracting: true,
  })

export function drawChanges(layer: VectorLayer, shown: readonly Shown[], chosen: Change | null): void {
  const ink = palette.value
  const features: Feature[] = []
  for (const { kind, items } of shown)
    for (const change of items) features.push(...drawn(kind, change, ink, change.id === chosen?.id))
  const source = layer.getSource()!
  source.clear()
  source.addFeatures(features)
}

function drawn(kind: ChangeKind, change: Change, ink: Palette, chosen: boolean): Feature[] {
  const color = { added: ink.green, changed: ink.amber, missing: ink.crimson }[kind]
  const features: Feature[] = []
  const put = (feature: Feature, styles: Style[]): void => {
    feature.setStyle(styles)
    feature.setProperties({ kind, id: change.id })
    features.push(feature)
  }
  const at = point(change.geometry)
  if (change.formerGeometry) {
    const was = point(change.formerGeometry)
    put(new Feature(new LineString([was.getCoordinates(), at.getCoordinates()])), [
      new Style({
        stroke: new Stroke({ color, width: 2 * ink.scale, lineDash: [4 * ink.scale, 3 * ink.scale] }),
        zIndex: 1,
      }),
    ])
    put(new Feature(was), [former(color, ink)])
  }
  if (change.geometry.type !== 'Point')
    put(new Feature(format.readGeometry(change.geometry)!), [
      new Style({
        stroke: new Stroke({ color, width: 3 * ink.scale }),
        fill: new Fill({ color: fade(color, 0.15) }),
        zIndex: 2,
      }),
    ])
  put(new Feature(at), [...(chosen ? [ring(ink)] : []), ...sign(kind, color, ink)])
  return features
}

const former = (color: string, ink: Palette): Style =>
  new Style({
    image: new Circle({
      radius: 4 * ink.scale,
      fill: new Fill({ color: ink.land }),
      stroke: new Stroke({ color, width: 1.5 * ink.scale }),
    }),
    zIndex: 2,
  })
const ring = (ink: Palette): Style =>
  new Style({
    image: new Circle({
      radius: 17 * ink.scale,
      fill: new Fill({ color: fade(ink.accent, 0.2) }),
      stroke: new Stroke({ color: ink.accent, width: 2.5 * ink.scale }),
    }),
    zIndex: 3,
  })

function sign(kind: ChangeKind, color: string, ink: Palette): Style[] {
  const fill = new Fill({ color })
  const stroke = new Stroke({ color: ink.land, width: 1.5 * ink.scale })
  const mark = new Stroke({ color: ink.land, width: 1.75 * ink.scale })
  const cross = (angle: number): Style =>
    new Style({
      image: new RegularShape({ points: 4, radius: 4 * ink.scale, radius2: 0, angle, stroke: mark }),
      zIndex: 5,
    })
  switch (kind) {
    case 'added':
      return [new Style({ image: new Circle({ radius: 7 * ink.scale, fill, stroke }), zIndex: 4 }), cross(0)]
    case 'changed':
      return [
        new Style({
          image: new RegularShape({ points: 4, radius: 8.5 * ink.scale, fill, stroke }),
          zIndex: 4,
        }),
      ]
    case 'missing':
      return [
        new Style({
          image: new RegularShape({ points: 4, radius: 9 * ink.scale, angle: Math.PI / 4, fill, stroke }),
          zIndex: 4,
        }),
        cross(Math.PI / 4),
      ]
  }
}
