import { describe, expect, it } from 'vitest'
import { bboxOfTile, squareX, squareY, tileAt } from '../../gis/mercator.ts'
import { partition, randomFrom } from '../../scripts/partition.ts'
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

describe('neighbours', () => {
  const { areas } = partition(36, 40, randomFrom(3))
  // an island in a lake of the same outline, begun elsewhere along it
  const lake = Array.from({ length: 60 }, (_, i) => {
    const angle = (i / 60) * 2 * Math.PI
    const radius = 0.004 + 0.0008 * Math.sin(angle * 7)
    return [120.6 + radius * Math.cos(angle), 31.2 + radius * Math.sin(angle)]
  })
  const around = [
    [120.59, 31.19],
    [120.61, 31.19],
    [120.61, 31.21],
    [120.59, 31.21],
    [120.59, 31.19],
  ]
  const turned = [...lake.slice(23), ...lake.slice(0, 23)]
  const things = [
    ...areas,
    { geometry: { type: 'Polygon' as const, coordinates: [around, [...lake, lake[0]!]] } },
    { geometry: { type: 'Polygon' as const, coordinates: [[...turned, turned[0]!].reverse()] } },
  ].map(({ geometry }, i) => ({ geometry, properties: { i } }))
  const cut = featureTiles({ area: things }, { maxZoom: 16 })

  it('keep the border they share at every zoom: what one runs along the other runs back', () => {
    let [borders, kept] = [0, 0]
    for (let z = 9; z <= 16; z++) {
      const runs = new Map<string, number>()
      const tileOf = (lon: number, lat: number) => tileAt(lon, lat, z)
      for (const [x, y] of [tileOf(120.475, 31.175), tileOf(120.43, 31.13), tileOf(120.6, 31.2)]) {
        const bytes = cut.tile(z, x, y)
        if (bytes === null) continue
        for (const { parts } of decode(bytes).area!) {
          for (const ring of parts) {
            kept += ring.length
            for (let i = 1; i < ring.length; i++) {
              const [a, b] = [ring[i - 1]!, ring[i]!]
              // along the cut, and along the straight rim of all areas, nobody is on the other side
              if (a[0] === b[0] || a[1] === b[1] || `${a}` === `${b}`) continue
              const [low, high] = [`${a}`, `${b}`].sort()
              const key = `${z}/${x}/${y} ${low} ${high}`
              runs.set(key, (runs.get(key) ?? 0) + (low === `${a}` ? 1 : -1))
            }
          }
        }
      }
      borders += runs.size
      expect([...runs].filter(([, n]) => n !== 0)).toEqual([])
    }
    expect(borders).toBeGreaterThan(500)
    // and they were simplified: at each zoom all vertices would be
    expect(kept).toBeLessThan(things.length * 100 * 8)
  })

  it('deviate by no more than the tolerance, and near the ground not at all', () => {
    const [x, y] = tileAt(120.6, 31.2, 16)
    const [hole] = decode(cut.tile(16, x, y)!).area!.map(({ parts }) => parts)
    expect(hole!.length).toBeGreaterThan(0)
    const [fx, fy] = tileAt(120.6, 31.2, 11)
    const far = decode(cut.tile(11, fx, fy)!).area!.find(one => one.properties.i === 37)!.parts[0]!
    expect(far.length).toBeLessThan(45)
    for (const [lon, lat] of lake) {
      const [px, py] = [(squareX(lon!) * 2048 - fx) * 4096, (squareY(lat!) * 2048 - fy) * 4096]
      const distances = far.slice(1).map((b, i) => distance(px, py, far[i]!, b))
      // three steps, and one half for rounding either way
      expect(Math.min(...distances)).toBeLessThan(3.8)
    }
  })
})

function distance(px: number, py: number, [ax, ay]: readonly number[], [bx, by]: readonly number[]): number {
  const [dx, dy] = [bx! - ax!, by! - ay!]
  const t = Math.max(0, Math.min(1, ((px - ax!) * dx + (py - ay!) * dy) / (dx * dx + dy * dy || 1)))
  return Math.hypot(px - ax! - t * dx, py - ay! - t * dy)
}
