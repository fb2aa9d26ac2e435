/**
 * Vector tile sources of the server. Tiles are 512 px, so a tile of zoom z is drawn at map zoom z + 1;
 * the map's zooms everywhere else count in 256 px tiles, as most maps do.
 */
import MVT from 'ol/format/MVT.js'
import type RenderFeature from 'ol/render/Feature.js'
import VectorTileSource from 'ol/source/VectorTile.js'
import { address, type Query } from '../api/client.ts'
import { view } from '../stores/view.ts'

let waiting = 0
const count = (by: number): void => {
  waiting += by
  view.loading = waiting > 0
}

/** Sources on the map now, so that all can be asked again after a failure. */
const sources = new Set<VectorTileSource<RenderFeature>>()
export const reloadTiles = (): void => {
  view.tilesMissing = false
  for (const source of sources) source.refresh()
}
export const forgetTiles = (): void => {
  sources.clear()
  waiting = 0
  Object.assign(view, { loading: false, tilesMissing: false })
}

const template = (set: string, query: Query): string => {
  const [path, search] = address(`/tiles/${set}/{z}/{x}/{y}.mvt`, query).split('?')
  return search ? `${path}?${search}` : path!
}

export function tileSource(
  set: string,
  query: Query,
  maxZoom: number,
  format: MVT<RenderFeature> = new MVT(),
): VectorTileSource<RenderFeature> {
  const source = new VectorTileSource<RenderFeature>({
    format,
    maxZoom,
    url: template(set, query),
    transition: 0,
  })
  source.on('tileloadstart', () => count(1))
  source.on('tileloadend', () => count(-1))
  source.on('tileloaderror', () => {
    count(-1)
    if (sources.has(source)) view.tilesMissing = true
  })
  sources.add(source)
  return source
}

/** Asks for other tiles of the same set; nothing happens when the query is what it was. */
export function retarget(source: VectorTileSource<RenderFeature>, set: string, query: Query): void {
  const url = template(set, query)
  if (source.getUrls()?.[0] !== url) source.setUrl(url)
}
