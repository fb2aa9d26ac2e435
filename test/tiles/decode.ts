/** Reads tiles back, as a client would. */
import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import { checkTile } from './strict.ts'

export interface Decoded {
  id: number | undefined
  type: number
  properties: Record<string, string | number | boolean>
  /** Parts of positions in steps of the extent. */
  parts: [number, number][][]
}

/** The features of each layer of a tile, by the reference decoder. @throws Error when the tile is not valid */
export function decode(bytes: Uint8Array): Record<string, Decoded[]> {
  checkTile(bytes)
  const tile = new VectorTile(new PbfReader(bytes))
  return Object.fromEntries(
    Object.entries(tile.layers).map(([name, layer]) => [
      name,
      Array.from({ length: layer.length }, (_, i) => {
        const feature = layer.feature(i)
        return {
          id: feature.id,
          type: feature.type,
          properties: { ...feature.properties },
          parts: feature.loadGeometry().map(part => part.map(p => [p.x, p.y] as [number, number])),
        }
      }),
    ]),
  )
}

/** The features of one layer, sorted by id. */
export function decodeLayer(bytes: Uint8Array | null, layer: string): Decoded[] {
  if (bytes === null) return []
  return (decode(bytes)[layer] ?? []).sort((a, b) => (a.id ?? 0) - (b.id ?? 0))
}
