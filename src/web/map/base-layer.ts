/** The quiet ground: water, blocks, streets with their names, places and house numbers. */
import type { FeatureLike } from 'ol/Feature.js'
import VectorTileLayer from 'ol/layer/VectorTile.js'
import { Circle, Fill, Stroke, Style, Text } from 'ol/style.js'
import { watch } from 'vue'
import { registryVersion } from '../stores/district.ts'
import { kindOf } from './geometry-kind.ts'
import { type Palette, palette } from './palette.ts'
import { retarget, tileSource } from './tiles.ts'

/** Width of a street in px at map zoom 16, and the zoom from which it is drawn. */
const streets: Record<string, readonly [width: number, from: number]> = {
  motorway: [9, 10],
  expressway: [9, 10],
  trunk: [9, 10],
  primary: [8, 11],
  secondary: [6, 13],
  tertiary: [5, 14],
  residential: [3.5, 15],
  service: [2.5, 16],
  path: [1.5, 17],
}
const green = /park|green|forest|farm|grass|wood/

export function baseLayer(): VectorTileLayer {
  const query = () => ({ v: registryVersion.value })
  const source = tileSource('base', query(), 16)
  const layer = new VectorTileLayer({
    source,
    declutter: 'labels',
    renderBuffer: 64,
    style: styler(palette.value),
    zIndex: 0,
  })
  watch(palette, now => layer.setStyle(styler(now)))
  watch(registryVersion, () => retarget(source, 'base', query()))
  return layer
}

function styler(ink: Palette): (feature: FeatureLike, resolution: number) => Style | Style[] | undefined {
  const water = new Style({ fill: new Fill({ color: ink.water }), zIndex: 1 })
  const stream = (width: number) =>
    new Style({ stroke: new Stroke({ color: ink.water, width, lineCap: 'round' }), zIndex: 1 })
  const built = new Style({ fill: new Fill({ color: ink.block }), zIndex: 0 })
  const park = new Style({ fill: new Fill({ color: ink.blockGreen }), zIndex: 0 })
  const cache = new Map<string, Style[]>()
  const text = (value: string, size: number, color: string, line: boolean, weight = 400): Text =>
    new Text({
      text: value,
      font: `${weight} ${size * ink.scale}px ${ink.font}`,
      fill: new Fill({ color }),
      stroke: new Stroke({ color: ink.land, width: 3 * ink.scale }),
      ...(line ? { placement: 'line' as const, repeat: 420, maxAngle: 0.5 } : { overflow: false }),
    })
  const street = (kind: string, zoom: number): Style[] => {
    const key = `${kind} ${Math.round(zoom * 2)}`
    let styles = cache.get(key)
    if (!styles) {
      const [width, from] = streets[kind] ?? streets.tertiary!
      const px = Math.max(0.8, width * 2 ** ((zoom - 16) * 0.85)) * ink.scale
      styles =
        zoom < from
          ? []
          : [
              new Style({
                stroke: new Stroke({ color: ink.street, width: px + 2, lineCap: 'round', lineJoin: 'round' }),
                zIndex: 2,
              }),
              ...(px > 2.5
                ? [
                    new Style({
                      stroke: new Stroke({
                        color: ink.streetFill,
                        width: px,
                        lineCap: 'round',
                        lineJoin: 'round',
                      }),
                      zIndex: 3,
                    }),
                  ]
                : []),
            ]
      cache.set(key, styles)
    }
    return styles
  }
  return (feature, resolution) => {
    // a wall has larger type: it names things as a desk does one or two zooms further out
    const zoom = Math.log2(156543.034 / resolution / ink.scale)
    const name = feature.get('name') as string | undefined
    switch (feature.get('layer')) {
      case 'water':
        if (kindOf(feature).includes('Line')) return stream(Math.max(1.5, 4 * 2 ** (zoom - 16)))
        return name && zoom > 13.5
          ? [water, new Style({ text: text(name, 12, ink.waterInk, false), zIndex: 4 })]
          : water
      case 'block':
        return green.test(String(feature.get('kind'))) ? park : built
      case 'street': {
        const styles = street(String(feature.get('class')), zoom)
        const big = (streets[String(feature.get('class'))]?.[0] ?? 5) >= 6
        if (!name || styles.length === 0 || zoom < (big ? 14.5 : 16.5)) return styles
        return [...styles, new Style({ text: text(name, big ? 13 : 12, ink.muted, true), zIndex: 5 })]
      }
      case 'poi':
        if (zoom < 16.8 || !name) return undefined
        return new Style({
          image: new Circle({ radius: 2.2 * ink.scale, fill: new Fill({ color: ink.muted }) }),
          text: shifted(text(name, 11, ink.muted, false)),
          zIndex: 6,
        })
      case 'address':
        return zoom < 18
          ? undefined
          : new Style({
              text: text(houseNumber(String(feature.get('text') ?? '')), 11, ink.muted, false),
              zIndex: 4,
            })
      default:
        return undefined
    }
  }
}

/** The end of an address: the street is written along the street. */
const houseNumber = (address: string): string => /[\d-]+\s*号?[^\d]*$/.exec(address)?.[0] ?? address

function shifted(text: Text): Text {
  text.setTextAlign('left')
  text.setOffsetX(6)
  return text
}
