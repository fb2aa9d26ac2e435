/**
 * The grids: six soft hues that neighbours do not share, borders whose line tells the level, and the
 * chosen area outlined. Areas that are switched off lose their hue.
 *
 *   district 3.5 px  town 3 px  village 2 px  area 1 px dashed
 */
import type { FeatureLike } from 'ol/Feature.js'
import VectorTileLayer from 'ol/layer/VectorTile.js'
import { Fill, Stroke, Style } from 'ol/style.js'
import { watch } from 'vue'
import { changed } from '../stores/changed-tiles.ts'
import { grids } from '../stores/district.ts'
import { filter } from '../stores/filter.ts'
import { leavesOf } from '../stores/tree.ts'
import { fade, mix, type Palette, palette } from './palette.ts'
import { retarget, tileSource } from './tiles.ts'

export function gridLayer(): VectorTileLayer {
  const source = tileSource('grids', {}, 16)
  const layer = new VectorTileLayer({ source, renderBuffer: 32, style: styler(palette.value), zIndex: 10 })
  watch(palette, now => layer.setStyle(styler(now)))
  watch([() => filter.offAreas.size, () => filter.chosen, () => [...filter.offAreas].join()], () =>
    layer.setStyle(styler(palette.value)),
  )
  watch(
    () => changed.turn,
    () => retarget(source, 'grids', {}),
  )
  return layer
}

function styler(ink: Palette): (feature: FeatureLike, resolution: number) => Style | Style[] | undefined {
  const border = (width: number, share: number, zIndex: number, dash?: number[]): Style =>
    new Style({
      stroke: new Stroke({
        color: mix(ink.land, ink.ink, share),
        width: width * ink.scale,
        ...(dash ? { lineDash: dash.map(n => n * ink.scale) } : {}),
      }),
      zIndex,
    })
  const lines: Record<string, Style> = {
    district: border(3.5, 0.72, 14),
    town: border(3, 0.58, 13),
    village: border(2, 0.5, 12),
    area: border(1, 0.5, 11, [5, 4]),
  }
  const thin: Record<string, Style> = {
    district: border(2.5, 0.7, 14),
    town: border(2, 0.55, 13),
    village: border(1.25, 0.4, 12),
  }
  const hues = ink.hues.map(color => new Style({ fill: new Fill({ color: fade(color, 0.12) }), zIndex: 10 }))
  const off = new Style({ fill: new Fill({ color: fade(ink.ink, 0.06) }), zIndex: 10 })
  const chosen = [
    new Style({ stroke: new Stroke({ color: fade(ink.accent, 0.3), width: 9 * ink.scale }), zIndex: 20 }),
    new Style({ stroke: new Stroke({ color: ink.accent, width: 3 * ink.scale }), zIndex: 21 }),
  ]
  // where a district has no third level yet, the leaves are villages or towns
  const leaves = new Set(leavesOf(grids.value, ''))
  return (feature, resolution) => {
    const level = String(feature.get('layer'))
    const code = String(feature.get('code') ?? '')
    if (level === 'labels') return undefined
    const far = resolution > 14
    const line = far ? thin[level] : lines[level]
    const styles: Style[] = []
    if (level === 'area' || leaves.has(code)) {
      const hue = hues[Number(feature.get('hue') ?? 0) % hues.length]
      const fill = filter.offAreas.has(code) ? off : hue
      if (fill) styles.push(fill)
    }
    if (line) styles.push(line)
    return code === filter.chosen ? [...styles, ...chosen] : styles
  }
}
