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
import { filterQuery } from '../api/components.ts'
import { classByCode, registryVersion } from '../stores/district.ts'
import { asked, filter, nothingOn } from '../stores/filter.ts'
import { view } from '../stores/view.ts'
import { badge } from './badge.ts'
import { kindOf } from './geometry-kind.ts'
import { fade, type Palette, palette } from './palette.ts'
import { retarget, tileSource } from './tiles.ts'

/** Map zoom from which tiles hold every component (tile zoom 15), and from which signs are drawn. */
export const dotsFrom = 16
const signsFrom = 18.6
/** Map zoom under which circles carry numbers. */
const countsBelow = 13.2

export function componentLayer(): VectorTileLayer {
  const far = computed(() => (view.zoom ?? 0) < dotsFrom)
  const query = computed(() => ({
    ...filterQuery(far.value ? asked.value : { ...asked.value, classes: null }),
    v: registryVersion.value,
  }))
  const source = tileSource('components', query.value, 18)
  const layer = new VectorTileLayer({
    source,
    renderMode: 'hybrid',
    renderBuffer: 48,
    declutter: false,
    style: styler(palette.value),
    visible: !nothingOn.value,
    zIndex: 30,
  })
  watch(query, now => retarget(source, 'components', now))
  watch([palette, () => filter.offClasses, () => filter.offClasses.size, classByCode], () =>
    layer.setStyle(styler(palette.value)),
  )
  watch(nothingOn, off => layer.setVisible(!off))
  return layer
}

function styler(ink: Palette): (feature: FeatureLike, resolution: number) => Style | undefined {
  const off = new Set(filter.offClasses)
  const cache = new Map<string, Style>()
  const cached = (key: string, make: () => Style): Style => {
    const known = cache.get(key)
    if (known) return known
    const made = make()
    cache.set(key, made)
    return made
  }
  return (feature, resolution) => {
    const count = feature.get('count') as number | undefined
    const zoom = Math.log2(156543.034 / resolution)
    if (count !== undefined) return bin(count, zoom, ink, cached)
    const code = String(feature.get('class'))
    if (off.has(code)) return undefined
    const type = kindOf(feature)
    if (type.includes('Polygon'))
      return cached(zoom < 17.5 ? 'area far' : 'area', () => area(zoom < 17.5, ink))
    if (type.includes('Line')) return cached(zoom < 17.5 ? 'line far' : 'line', () => line(zoom < 17.5, ink))
    if (zoom >= signsFrom) {
      const px = Math.round(Math.min(30, 20 + (zoom - signsFrom) * 6) * ink.scale)
      return cached(
        `sign ${code} ${px}`,
        () => new Style({ image: badge(code, classByCode.value.get(code)?.name ?? '', px, ink) }),
      )
    }
    const radius = Math.round(Math.min(6, 1.5 + Math.max(0, zoom - 15.5) * 1.15) * 2) / 2
    return cached(`dot ${radius}`, () => dot(radius * ink.scale, ink))
  }
}

/**
 * Circles that stand for many. Bins keep their size on the screen while their ground quarters from zoom to
 * zoom, so a circle is drawn by density: equally dense ground looks the same at every zoom. Far out, where
 * circles have room, they carry their number.
 */
function bin(
  count: number,
  zoom: number,
  ink: Palette,
  cached: (key: string, make: () => Style) => Style,
): Style {
  const density = Math.sqrt(count) * 2 ** (zoom - 15)
  const far = zoom - Math.log2(ink.scale) < countsBelow
  const px = far ? 5 + density * 0.7 : 0.6 + density * 0.75
  const radius = (Math.round(Math.min(18, Math.max(1.2, px)) * 4) / 4) * ink.scale
  const said = far && radius >= 7.5 * ink.scale ? short(count) : ''
  return cached(
    `bin ${radius} ${said}`,
    () =>
      new Style({
        image: new Circle({
          radius,
          fill: new Fill({ color: fade(ink.red, far ? 0.88 : 0.8) }),
          ...(far ? { stroke: new Stroke({ color: fade(ink.land, 0.85), width: 1 }) } : {}),
        }),
        ...(said ? { text: numeral(said, ink) } : {}),
        zIndex: Math.min(1000, count),
      }),
  )
}

const numeral = (text: string, ink: Palette): Text =>
  new Text({
    text,
    font: `600 ${(text.length > 3 ? 9 : 10) * ink.scale}px ${ink.font}`,
    fill: new Fill({ color: ink.land }),
    offsetY: ink.scale,
  })

/** 987, 1.2k, 12k: what fits into a circle; the exact number is in the list. */
export const short = (count: number): string =>
  count < 1000
    ? String(count)
    : count < 9950
      ? `${(count / 1000).toFixed(1)}k`
      : `${Math.round(count / 1000)}k`

const dot = (radius: number, ink: Palette): Style =>
  new Style({
    image: new Circle({
      radius,
      fill: new Fill({ color: ink.red }),
      ...(radius >= 3 * ink.scale ? { stroke: new Stroke({ color: ink.land, width: ink.scale }) } : {}),
    }),
  })
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
