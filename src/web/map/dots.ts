/**
 * Makes many dots cheap to draw. Points of a tile that look alike are gathered into one feature of tiny
 * strokes, whose round caps are the dots: the canvas then draws a whole class in one path, once per tile,
 * and panning moves finished pictures. Deep tiles keep their points too, because signs are drawn there.
 *
 *   · · ·  ·        ->   one MultiLineString "-" "-" "-" "-"  per class (or per count of a bin)
 */
import MVT from 'ol/format/MVT.js'
import RenderFeature from 'ol/render/Feature.js'
import { FINE_BINS_FROM } from '../../domain/atlas/rules.ts'

/** From this tile zoom on single points are kept beside the gathered ones. */
const KEEP_FROM = 17
const WORLD_M = 40_075_016.686
/** Length of a stroke in metres: far below a pixel at any zoom. */
const STROKE_M = 0.001

export function dotFormat(): MVT<RenderFeature> {
  const format = new MVT<RenderFeature>()
  const read = format.readFeatures.bind(format)
  format.readFeatures = (source, options) => {
    const extent = options?.extent
    const zoom = extent ? Math.round(Math.log2(WORLD_M / (extent[2]! - extent[0]!))) : KEEP_FROM
    return gather(read(source, options), zoom)
  }
  return format
}

/** The features of a tile with its alike points gathered; see above for what is kept. */
export function gather(features: readonly RenderFeature[], zoom: number): RenderFeature[] {
  const kept: RenderFeature[] = []
  const alike = new Map<string, { flat: number[]; ends: number[]; properties: Record<string, unknown> }>()
  for (const feature of features) {
    const count = feature.get('count') as number | undefined
    const point = feature.getType() === 'Point' || feature.getType() === 'MultiPoint'
    if (!point || (count !== undefined && zoom < FINE_BINS_FROM)) {
      kept.push(feature)
      continue
    }
    if (zoom >= KEEP_FROM) kept.push(feature)
    const key = count === undefined ? String(feature.get('class')) : `${count}`
    let group = alike.get(`${count === undefined}${key}`)
    if (!group) {
      group = { flat: [], ends: [], properties: { layer: 'dots', class: feature.get('class'), count } }
      alike.set(`${count === undefined}${key}`, group)
    }
    const flat = feature.getFlatCoordinates()
    for (let i = 0; i < flat.length; i += 2) {
      const [x, y] = [flat[i]!, flat[i + 1]!]
      group.flat.push(x, y, x + STROKE_M, y)
      group.ends.push(group.flat.length)
    }
  }
  for (const { flat, ends, properties } of alike.values())
    kept.push(new RenderFeature('MultiLineString', flat, ends, 2, properties, undefined))
  return kept
}
