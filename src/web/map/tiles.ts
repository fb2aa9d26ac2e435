/**
 * Vector tile sources of the server. Tiles are 512 px, so a tile of zoom z is drawn at map zoom z + 1;
 * the map's zooms everywhere else count in 256 px tiles, as most maps do.
 */
import MVT from 'ol/format/MVT.js'
import type RenderFeature from 'ol/render/Feature.js'
import VectorTileSource from 'ol/source/VectorTile.js'
import { address, type Query } from '../api/client.ts'
import type { Bbox } from '../api/districts.ts'
import { changed, versionOf } from '../stores/changed-tiles.ts'
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

/** Where each tile is fetched; its version is part of it, so that one that changed is fetched, and no other. */
const addressOf =
  (set: string, query: Query) =>
  ([z, x, y]: number[]): string =>
    address(`/tiles/${set}/${z}/${x}/${y}.mvt`, { ...query, v: versionOf(set, boxOf(z!, x!, y!)) })

const boxOf = (z: number, x: number, y: number): Bbox => {
  const lon = (column: number): number => (column / 2 ** z) * 360 - 180
  const lat = (row: number): number =>
    (Math.atan(Math.sinh((0.5 - row / 2 ** z) * 2 * Math.PI)) * 180) / Math.PI
  return [lon(x), lat(y + 1), lon(x + 1), lat(y)]
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
    transition: 0,
  })
  point(source, set, query)
  source.on('tileloadstart', () => count(1))
  source.on('tileloadend', () => count(-1))
  source.on('tileloaderror', () => {
    count(-1)
    if (sources.has(source)) view.tilesMissing = true
  })
  sources.add(source)
  return source
}

/** Asks for other tiles of the same set; nothing happens when the query and the tiles are what they were. */
export function retarget(source: VectorTileSource<RenderFeature>, set: string, query: Query): void {
  if (source.getKey() !== keyOf(query)) point(source, set, query)
}

const keyOf = (query: Query): string => `${changed.turn} ${JSON.stringify(query)}`
/** Tiles that keep their address are not fetched again. */
const point = (source: VectorTileSource<RenderFeature>, set: string, query: Query): void =>
  source.setTileUrlFunction(addressOf(set, query), keyOf(query))
