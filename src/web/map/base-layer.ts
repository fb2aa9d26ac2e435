/**
 * The quiet ground, in two layers of the same tiles: water, blocks and streets below the borders of the
 * grids; names of streets and places and house numbers above them, so that no border runs through a name.
 */
import type { FeatureLike } from 'ol/Feature.js'
import VectorTileLayer from 'ol/layer/VectorTile.js'
import { Circle, Fill, Stroke, Style, Text } from 'ol/style.js'
import { watch } from 'vue'
import { changed } from '../stores/changed-tiles.ts'
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

export function baseLayers(): VectorTileLayer[] {
  const source = tileSource('base', {}, 16)
  const ground = new VectorTileLayer({ source, renderBuffer: 64, style: grounds(palette.value), zIndex: 0 })
  const named = new VectorTileLayer({
    source,
    declutter: 'labels',
    renderBuffer: 64,
    style: names(palette.value),
    zIndex: 20,
  })
  watch(palette, now => {
    ground.setStyle(grounds(now))
    named.setStyle(names(now))
  })
  watch(
    () => changed.turn,
    () => retarget(source, 'base', {}),
  )
  return [ground, named]
}

type Styler = (feature: FeatureLike, resolution: number) => Style | Style[] | undefined
/** A wall has larger type: it names things as a desk does one or two zooms further out. */
const zoomOf = (resolution: number, ink: Palette): number => Math.log2(156543.034 / resolution / ink.scale)
const rankOf = (feature: FeatureLike): readonly [width: number, from: number] =>
  streets[String(feature.get('class'))] ?? streets.tertiary!

function grounds(ink: Palette): Styler {
  const water = new Style({ fill: new Fill({ color: ink.water }), zIndex: 1 })
  const stream = (width: number) =>
    new Style({ stroke: new Stroke({ color: ink.water, width, lineCap: 'round' }), zIndex: 1 })
  const built = new Style({ fill: new Fill({ color: ink.block }), zIndex: 0 })
  const park = new Style({ fill: new Fill({ color: ink.blockGreen }), zIndex: 0 })
  const cache = new Map<string, Style[]>()
  const street = ([width, from]: readonly [number, number], zoom: number): Style[] => {
    const key = `${width} ${Math.round(zoom * 2)}`
    let styles = cache.get(key)
    if (!styles) {
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
    const zoom = zoomOf(resolution, ink)
    switch (feature.get('layer')) {
      case 'water':
        return kindOf(feature).includes('Line') ? stream(Math.max(1.5, 4 * 2 ** (zoom - 16))) : water
      case 'block':
        return green.test(String(feature.get('kind'))) ? park : built
      case 'street':
        return street(rankOf(feature), zoom)
      default:
        return undefined
    }
  }
}

function names(ink: Palette): Styler {
  const text = (value: string, size: number, color: string, line: boolean): Text =>
    new Text({
      text: value,
      font: `400 ${size * ink.scale}px ${ink.font}`,
      fill: new Fill({ color }),
      stroke: new Stroke({ color: ink.land, width: 4 * ink.scale }),
      ...(line ? { placement: 'line' as const, repeat: 420, maxAngle: 0.5 } : { overflow: false }),
    })
  return (feature, resolution) => {
    const zoom = zoomOf(resolution, ink)
    const name = feature.get('name') as string | undefined
    switch (feature.get('layer')) {
      case 'water':
        if (!name || zoom <= 13.5 || kindOf(feature).includes('Line')) return undefined
        return new Style({ text: text(name, 12, ink.waterInk, false), zIndex: 4 })
      case 'street': {
        const [width, from] = rankOf(feature)
        const big = width >= 6
        if (!name || zoom < from || zoom < (big ? 14.5 : 16.5)) return undefined
        return new Style({ text: text(name, big ? 13 : 12, ink.muted, true), zIndex: 5 })
      }
      case 'poi':
        if (zoom < 16.8 || !name) return undefined
        return new Style({
          image: new Circle({ radius: 2.2 * ink.scale, fill: new Fill({ color: ink.muted }) }),
          text: shifted(text(name, 11, ink.muted, false), ink.scale),
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

function shifted(text: Text, scale: number): Text {
  text.setTextAlign('left')
  text.setOffsetX(6 * scale)
  return text
}
