/**
 * The red dots. Far out a circle stands for many things and says how many; from tile zoom 15 on every
 * component is a dot, near the ground it is the sign of its class. Lines and areas are drawn as such.
 *
 * Classes are switched by style where every dot is there, so that a switch answers at once; where the
 * server counted, and for areas and units, other tiles are asked for.
 */
import type { FeatureLike } from 'ol/Feature.js'
import VectorTileLayer from 'ol/layer/VectorTile.js'
import { Circle, Fill, Stroke, Style, Text } from 'ol/style.js'
import { computed, watch } from 'vue'
import { DOTS_FROM } from '../../domain/atlas/rules.ts'
import { filterQuery } from '../api/filter-query.ts'
import { changed } from '../stores/changed-tiles.ts'
import { classByCode } from '../stores/district.ts'
import { asked, filter, nothingOn } from '../stores/filter.ts'
import { view } from '../stores/view.ts'
import { badge } from './badge.ts'
import { dotFormat } from './dots.ts'
import { kindOf } from './geometry-kind.ts'
import { figurePx, roomFor, short } from './numeral.ts'
import { fade, type Palette, palette } from './palette.ts'
import { retarget, tileSource } from './tiles.ts'

/** Map zoom from which tiles hold every component, and from which signs are drawn. */
const dotsFrom = DOTS_FROM + 1
const signsFrom = 18.6

export function componentLayer(): VectorTileLayer {
  const far = computed(() => (view.zoom ?? 0) < dotsFrom)
  const query = computed(() => filterQuery(far.value ? asked.value : { ...asked.value, classes: null }))
  const source = tileSource('components', query.value, 18, dotFormat())
  const layer = new VectorTileLayer({
    source,
    renderMode: 'hybrid',
    renderBuffer: 48,
    declutter: false,
    style: styler(palette.value),
    visible: !nothingOn.value,
    zIndex: 30,
  })
  watch([query, () => changed.turn], () => retarget(source, 'components', query.value))
  watch([palette, () => filter.offClasses, () => filter.offClasses.size, classByCode], () =>
    layer.setStyle(styler(palette.value)),
  )
  watch(nothingOn, off => layer.setVisible(!off))
  return layer
}

function styler(ink: Palette): (feature: FeatureLike, resolution: number) => Style | Style[] | undefined {
  const off = new Set(filter.offClasses)
  const cache = new Map<string, Style | Style[]>()
  const cached: Cached = (key, make) => {
    const known = cache.get(key)
    if (known) return known
    const made = make()
    cache.set(key, made)
    return made
  }
  return (feature, resolution) => {
    const count = feature.get('count') as number | undefined
    const zoom = Math.log2(156543.034 / resolution)
    const gathered = feature.get('layer') === 'dots'
    if (count !== undefined)
      return gathered ? crowd(count, zoom, ink, cached) : counted(count, zoom, ink, cached)
    const code = String(feature.get('class'))
    if (off.has(code)) return undefined
    const signs = zoom >= signsFrom
    if (gathered) {
      if (signs) return undefined
      const radius = Math.round(Math.min(6, 1.5 + Math.max(0, zoom - 15.5) * 1.15) * 2) / 2
      return cached(`dots ${radius}`, () => dots(radius * ink.scale, ink))
    }
    const type = kindOf(feature)
    const far = zoom < 17.5
    if (type.includes('Polygon')) return cached(`area ${far}`, () => area(far, ink))
    if (type.includes('Line')) return cached(`line ${far}`, () => line(far, ink))
    if (!signs) return undefined
    const px = Math.round(Math.min(30, 20 + (zoom - signsFrom) * 6) * ink.scale)
    return cached(
      `sign ${code} ${px}`,
      () => new Style({ image: badge(code, classByCode.value.get(code)?.name ?? '', px, ink) }),
    )
  }
}

type Cached = (key: string, make: () => Style | Style[]) => Style | Style[]

/**
 * How dense a bin is, the same at every zoom: bins keep their size on the screen while their ground
 * quarters from zoom to zoom, so equally dense ground is drawn alike. No larger on a wall: bins are not.
 */
const densityOf = (count: number, zoom: number): number => Math.sqrt(count) * 2 ** (zoom - 15)
const quarter = (px: number): number => Math.round(px * 4) / 4

/** Small bins close together: dots whose area follows the count. */
function crowd(count: number, zoom: number, ink: Palette, cached: Cached): Style | Style[] {
  const least = Math.sqrt(ink.scale)
  const radius = quarter(Math.min(4, Math.max(least, 0.3 + densityOf(count, zoom) * 0.5)))
  return cached(
    `crowd ${radius}`,
    () =>
      new Style({ stroke: new Stroke({ color: fade(ink.red, 0.8), width: radius * 2, lineCap: 'round' }) }),
  )
}

/** Large bins far out: circles that hold their number, every one. */
function counted(count: number, zoom: number, ink: Palette, cached: Cached): Style | Style[] {
  const said = short(count)
  const radius = quarter(roomFor(said, 5 + densityOf(count, zoom) * 0.7))
  return cached(
    `counted ${radius} ${said}`,
    () =>
      new Style({
        image: new Circle({
          radius,
          fill: new Fill({ color: fade(ink.red, 0.88) }),
          stroke: new Stroke({ color: fade(ink.land, 0.85), width: 1 }),
        }),
        text: numeral(said, ink),
        zIndex: Math.min(1000, count),
      }),
  )
}

const numeral = (text: string, ink: Palette): Text =>
  new Text({
    text,
    font: `600 ${figurePx(text)}px ${ink.font}`,
    fill: new Fill({ color: ink.land }),
    offsetY: 1,
  })

/** Strokes without length: their round caps are the dots, with a rim where there is room for one. */
const dots = (radius: number, ink: Palette): Style[] => {
  const stroke = (color: string, width: number): Style =>
    new Style({ stroke: new Stroke({ color, width, lineCap: 'round' }) })
  const full = stroke(ink.red, radius * 2)
  return radius >= 3 * ink.scale ? [stroke(ink.land, (radius + ink.scale) * 2), full] : [full]
}
const line = (far: boolean, ink: Palette): Style =>
  new Style({
    stroke: new Stroke({
      color: fade(ink.red, far ? 0.7 : 1),
      width: (far ? 1.5 : 2.5) * ink.scale,
      lineCap: 'round',
    }),
  })
const area = (far: boolean, ink: Palette): Style =>
  new Style({
    fill: new Fill({ color: fade(ink.red, far ? 0.08 : 0.14) }),
    stroke: new Stroke({ color: fade(ink.red, far ? 0.45 : 0.8), width: (far ? 0.75 : 1.25) * ink.scale }),
  })
