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
import { Circle, Fill, Icon, Stroke, Style } from 'ol/style.js'
import type { Change, ChangeKind, Shape } from '../api/changes.ts'
import { anchorOf } from '../parts/change-words.ts'
import { chosenRing } from './chosen-ring.ts'
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
  for (const { kind, items } of shown) {
    const color = { added: ink.green, changed: ink.amber, missing: ink.crimson }[kind]
    const image = sign(kind, color, ink)
    for (const change of items)
      features.push(...drawn({ kind, color, image }, change, ink, change.id === chosen?.id))
  }
  const source = layer.getSource()!
  source.clear()
  source.addFeatures(features)
}

function drawn(
  { kind, color, image }: { kind: ChangeKind; color: string; image: Style },
  change: Change,
  ink: Palette,
  chosen: boolean,
): Feature[] {
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
  put(new Feature(at), [...(chosen ? [chosenRing(ink)] : []), image])
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

const outlines: Record<ChangeKind, string> = {
  added: 'M10 2a8 8 0 1 0 0 16a8 8 0 1 0 0-16z',
  changed: 'M10 1 19 10 10 19 1 10z',
  missing: 'M3 3h14v14H3z',
}
const marks: Record<ChangeKind, string> = {
  added: 'M10 6v8M6 10h8',
  changed: '',
  missing: 'M6.5 6.5l7 7M13.5 6.5l-7 7',
}

/** The sign of ChangeSign.vue, drawn for the map. */
function sign(kind: ChangeKind, color: string, ink: Palette): Style {
  const dense = Math.max(1, Math.ceil(devicePixelRatio))
  const side = Math.ceil(22 * ink.scale * dense)
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = side
  const pen = canvas.getContext('2d')!
  pen.scale(side / 22, side / 22)
  pen.translate(1, 1)
  pen.lineJoin = 'round'
  pen.lineCap = 'round'
  pen.strokeStyle = ink.land
  pen.fillStyle = color
  pen.lineWidth = 2.5
  pen.stroke(new Path2D(outlines[kind]))
  pen.fill(new Path2D(outlines[kind]))
  pen.lineWidth = 2
  pen.stroke(new Path2D(marks[kind]))
  return new Style({ image: new Icon({ img: canvas, size: [side, side], scale: 1 / dense }), zIndex: 4 })
}
