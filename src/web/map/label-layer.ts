/**
 * Names of the grids, one label a grid, larger for higher levels; those that would collide give way. Towns
 * and villages also say how many components they show.
 */
import Feature from 'ol/Feature.js'
import Point from 'ol/geom/Point.js'
import VectorLayer from 'ol/layer/Vector.js'
import { fromLonLat } from 'ol/proj.js'
import VectorSource from 'ol/source/Vector.js'
import { Fill, Stroke, Style, Text } from 'ol/style.js'
import { watch } from 'vue'
import type { Grid, Level } from '../api/grids.ts'
import { count } from '../parts/format.ts'
import { gridCount } from '../stores/counts.ts'
import { grids } from '../stores/district.ts'
import { filter, nothingOn } from '../stores/filter.ts'
import { visibility } from '../stores/tree.ts'
import { fade, type Palette, palette } from './palette.ts'

/** Metres a pixel between which a level is named: from, to. */
const span: Record<Level, readonly [number, number]> = { 0: [40, 1e9], 1: [7, 80], 2: [1.2, 17], 3: [0, 3.4] }
const size: Record<Level, number> = { 0: 20, 1: 18, 2: 14, 3: 12 }

export function labelLayer(): VectorLayer {
  const source = new VectorSource()
  const layer = new VectorLayer({ source, declutter: 'labels', style: styler(palette.value), zIndex: 40 })
  const fill = (): void => {
    source.clear()
    source.addFeatures([...grids.value.byCode.values()].map(asFeature))
  }
  fill()
  watch(grids, fill)
  const numbers = () => [...grids.value.byCode.keys()].map(shownCount).join()
  watch([palette, numbers], () => layer.setStyle(styler(palette.value)))
  return layer
}

const asFeature = (grid: Grid): Feature => {
  const feature = new Feature(new Point(fromLonLat([...grid.labelPoint])))
  feature.set('grid', grid)
  return feature
}

/** What the map shows in a grid; 0 where it is off. */
const shownCount = (code: string): number =>
  nothingOn.value || visibility(grids.value, code, filter.offAreas) === 'off' ? 0 : gridCount(code)

function styler(ink: Palette) {
  const cache = new Map<string, Style>()
  const numbered = (level: Level, n: number): boolean => n > 0 && (level === 1 || level === 2)
  return (feature: Feature | { get(key: string): unknown }, resolution: number): Style | undefined => {
    const { level, name, code } = feature.get('grid') as Grid
    const [from, to] = span[level]
    const ground = resolution * ink.scale // a wall has larger type, hence room for as much as a desk
    if (ground < from || ground > to) return undefined
    const key = code
    let style = cache.get(key)
    if (!style) {
      const components = shownCount(code)
      const font = `${level < 3 ? 600 : 500} ${size[level] * ink.scale}px ${ink.font}`
      style = new Style({
        text: new Text({
          text: numbered(level, components)
            ? [name, font, '\n', '', count(components), `400 ${11.5 * ink.scale}px ${ink.font}`]
            : name,
          font,
          fill: new Fill({ color: level === 3 ? fade(ink.ink, 0.78) : ink.ink }),
          stroke: new Stroke({ color: fade(ink.land, 0.92), width: 4 * ink.scale }),
          padding: [3, 6, 3, 6],
          overflow: true,
        }),
        zIndex: 10 - level,
      })
      cache.set(key, style)
    }
    return style
  }
}
