/**
 * A MapLibre style document around one tile set. It asks for nothing but the set's TileJSON: no sprites, and text
 * in the fonts of whoever looks at it.
 */

/** One drawn layer, without what all layers of a set share. */
export interface StyleLayer {
  id: string
  type: 'fill' | 'line' | 'circle' | 'symbol'
  'source-layer': string
  minzoom?: number
  maxzoom?: number
  filter?: unknown[]
  layout?: Record<string, unknown>
  paint?: Record<string, unknown>
}

export interface MapStyle {
  version: 8
  name: string
  center: readonly [lon: number, lat: number]
  zoom: number
  sources: Record<string, { type: 'vector'; url: string }>
  layers: readonly ({ id: string; type: 'background'; paint: Record<string, unknown> } | MapStyleLayer)[]
}

type MapStyleLayer = StyleLayer & { source: string }

/** @param url of the set's TileJSON  @param center longitude, latitude, zoom of a first view */
export function mapStyle({
  name,
  url,
  center,
  background,
  layers,
}: {
  name: string
  url: string
  center: readonly [lon: number, lat: number, zoom: number]
  background: string
  layers: readonly StyleLayer[]
}): MapStyle {
  return {
    version: 8,
    name,
    center: [center[0], center[1]],
    zoom: center[2],
    sources: { [name]: { type: 'vector', url } },
    layers: [
      { id: 'background', type: 'background', paint: { 'background-color': background } },
      ...layers.map(({ id, type, ...rest }) => ({ id, type, source: name, ...rest })),
    ],
  }
}

/** Text in fonts that have Chinese. */
export const FONTS = ['PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'sans-serif']
