import { describe, expect, it } from 'vitest'
import { bboxOfTile, tileAt } from '../../gis/mercator.ts'
import { featureTiles } from '../../tiles/features.ts'
import { decode } from './decode.ts'

const [z, x, y] = [14, ...tileAt(120.6, 31.28, 14)]
const [west, south, east, north] = bboxOfTile(z, x, y)
const at = (right: number, down: number): [number, number] => [
  west + (east - west) * right,
  north - (north - south) * down,
]

describe('feature tiles', () => {
  const tiles = featureTiles(
    {
      water: [
        {
          id: 7,
          geometry: {
            type: 'Polygon',
            coordinates: [[at(-1, -1), at(-1, 0.5), at(0.5, 0.5), at(0.5, -1), at(-1, -1)]],
          },
          properties: { name: '太湖', area: 2.5, deep: true, note: null },
        },
      ],
      street: [
        {
          geometry: { type: 'LineString', coordinates: [at(0.25, 0.25), at(0.75, 0.25)] },
          properties: { name: '路' },
        },
      ],
      poi: [{ geometry: { type: 'MultiPoint', coordinates: [at(0.5, 0.5), at(3, 3)] }, properties: {} }],
      empty: [],
    },
    { minZoom: 10, minZoomOf: { poi: 14 } },
  )

  it('hold each layer that has something there, clipped to 64 steps around the tile', () => {
    const layers = decode(tiles.tile(z, x, y)!)
    expect(Object.keys(layers).sort()).toEqual(['poi', 'street', 'water'])
    const water = layers.water![0]!
    expect(water).toMatchObject({ id: 7, type: 3, properties: { name: '太湖', area: 2.5, deep: true } })
    const xs = water.parts.flat().map(p => p[0])
    expect([Math.min(...xs), Math.max(...xs)]).toEqual([-64, 2048])
    expect(layers.street![0]!.parts).toEqual([
      [
        [1024, 1024],
        [3072, 1024],
      ],
    ])
    expect(layers.poi![0]!.parts).toEqual([[[2048, 2048]]])
  })

  it('give shells positive area, as decoders expect', () => {
    const [ring] = decode(tiles.tile(z, x, y)!).water![0]!.parts
    let twice = 0
    for (let i = 1; i < ring!.length; i++)
      twice += ring![i - 1]![0] * ring![i]![1] - ring![i]![0] * ring![i - 1]![1]
    expect(twice).toBeGreaterThan(0)
  })

  it('begin with the zoom of their layer and end with the deepest', () => {
    expect(tiles.tile(9, ...tileAt(120.6, 31.28, 9))).toBeNull()
    expect(Object.keys(decode(tiles.tile(13, ...tileAt(...at(0.5, 0.26), 13))!))).not.toContain('poi')
    expect(tiles.tile(20, ...tileAt(...at(0.5, 0.25), 20))).not.toBeNull()
    expect(tiles.tile(21, ...tileAt(...at(0.5, 0.25), 21))).toBeNull()
  })

  it('are null where nothing is', () => {
    expect(tiles.tile(14, 0, 0)).toBeNull()
    expect(featureTiles({ none: [] }).tile(0, 0, 0)).toBeNull()
  })
})
