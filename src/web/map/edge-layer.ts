/**
 * Four unseen obstacles along the edges of the map: a label that would be cut there collides with one of them
 * and gives way, like one that would lie over another.
 */
import Feature from 'ol/Feature.js'
import Point from 'ol/geom/Point.js'
import VectorLayer from 'ol/layer/Vector.js'
import type OlMap from 'ol/Map.js'
import VectorSource from 'ol/source/Vector.js'
import { Icon, Style } from 'ol/style.js'

/** Above every layer with labels: those above are asked first. */
const ABOVE = 95

/** @param map it follows; call once the map is there */
export function edgeLayer(map: OlMap): VectorLayer {
  const nothing = document.createElement('canvas')
  nothing.width = 1
  nothing.height = 1
  const sides = ['north', 'south', 'west', 'east'].map(() => new Feature(new Point([0, 0])))
  const layer = new VectorLayer({
    source: new VectorSource({ features: sides }),
    declutter: 'labels',
    zIndex: ABOVE,
    updateWhileAnimating: true,
    updateWhileInteracting: true,
  })
  const bar = (width: number, height: number): Style =>
    new Style({ image: new Icon({ img: nothing, scale: [width, height], declutterMode: 'obstacle' }) })
  let drawn = ''
  map.on('precompose', ({ frameState }) => {
    if (!frameState?.extent) return
    const [west = 0, south = 0, east = 0, north = 0] = frameState.extent
    const now = frameState.extent.join()
    if (now === drawn) return
    drawn = now
    const [width = 0, height = 0] = frameState.size
    const [x, y] = [(west + east) / 2, (south + north) / 2]
    const places: [number, number][] = [[x, north], [x, south], [west, y], [east, y]] // biome-ignore format: sides
    for (const [i, side] of sides.entries()) {
      side.getGeometry()!.setCoordinates(places[i]!)
      side.setStyle(i < 2 ? bar(width, 2) : bar(2, height))
    }
  })
  return layer
}
