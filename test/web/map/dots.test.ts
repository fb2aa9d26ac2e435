/** Gathering points that look alike. */
import RenderFeature from 'ol/render/Feature.js'
import { describe, expect, it } from 'vitest'
import { FINE_BINS_FROM } from '../../../src/domain/atlas/rules.ts'
import { gather } from '../../../src/web/map/dots.ts'

const point = (x: number, y: number, properties: Record<string, unknown>): RenderFeature =>
  new RenderFeature('Point', [x, y], [], 2, { layer: 'components', ...properties }, undefined)
const dots = [point(1, 2, { class: '0101' }), point(3, 4, { class: '0118' }), point(5, 6, { class: '0101' })]
const shape = new RenderFeature(
  'Polygon',
  [0, 0, 1, 0, 1, 1, 0, 0],
  [8],
  2,
  { layer: 'shapes', class: '0405' },
  7,
)
const bins = [
  point(1, 2, { count: 9, class: '0101' }),
  point(3, 4, { count: 9, class: '0118' }),
  point(5, 6, { count: 12, class: '0101' }),
]
const type = (feature: RenderFeature): string => feature.getType()
/** Where the gathered strokes begin, with what they share. */
const gathered = (features: RenderFeature[], key: string) =>
  features
    .filter(each => type(each) === 'MultiLineString')
    .map(each => ({
      [key]: each.get(key),
      at: each.getFlatCoordinates().flatMap((n, i) => (i % 4 < 2 ? [n] : [])),
    }))

describe('gathering', () => {
  it('makes one feature of all dots of a class, each at its place', () => {
    expect(gathered(gather(dots, 15), 'class')).toEqual([
      { class: '0101', at: [1, 2, 5, 6] },
      { class: '0118', at: [3, 4] },
    ])
  })
  it('keeps single points only in tiles deep enough to show signs', () => {
    expect(gather(dots, 16).map(type)).not.toContain('Point')
    expect(gather(dots, 17).filter(each => type(each) === 'Point')).toEqual(dots)
  })
  it('leaves lines and polygons alone', () => {
    expect(gather([shape], 15)).toEqual([shape])
  })
  it('joins bins of the same count, and keeps bins far out as they are', () => {
    expect(gathered(gather(bins, 13), 'count')).toEqual([
      { count: 9, at: [1, 2, 3, 4] },
      { count: 12, at: [5, 6] },
    ])
    expect(gather(bins, FINE_BINS_FROM - 1)).toEqual(bins)
  })
  it('takes every position of a feature of alike bins as a bin', () => {
    const crowd = new RenderFeature(
      'MultiPoint',
      [1, 2, 3, 4],
      [],
      2,
      { layer: 'components', count: 9, class: '0101' },
      undefined,
    )
    expect(gathered(gather([crowd, point(7, 8, { count: 9, class: '0118' })], 13), 'count')).toEqual([
      { count: 9, at: [1, 2, 3, 4, 7, 8] },
    ])
  })
  it('draws strokes far too short to be seen', () => {
    for (const feature of gather(dots, 15)) {
      const [x0 = 0, , x1 = 0] = feature.getFlatCoordinates()
      expect(x1 - x0).toBeGreaterThan(0)
      expect(x1 - x0).toBeLessThan(0.01)
    }
  })
})
