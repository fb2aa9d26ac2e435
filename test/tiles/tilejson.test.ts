import { describe, expect, it } from 'vitest'
import { type TileSetDescription, tileJson } from '../../tiles/tilejson.ts'

const set: TileSetDescription = {
  name: 'components',
  tiles: ['/tiles/components/{z}/{x}/{y}.mvt'],
  minzoom: 0,
  maxzoom: 20,
  bounds: [120.55, 31.2, 120.65, 31.3],
  vectorLayers: [{ id: 'components', fields: { class: 'class code' } }],
}

describe('TileJSON', () => {
  it('describes a set with the fields version 3 asks for', () => {
    expect(tileJson(set)).toEqual({
      tilejson: '3.0.0',
      name: 'components',
      scheme: 'xyz',
      tiles: ['/tiles/components/{z}/{x}/{y}.mvt'],
      minzoom: 0,
      maxzoom: 20,
      bounds: [120.55, 31.2, 120.65, 31.3],
      center: [expect.closeTo(120.6, 9), expect.closeTo(31.25, 9), 13],
      vector_layers: [{ id: 'components', fields: { class: 'class code' } }],
    })
    expect(tileJson({ ...set, attribution: '演示数据' }).attribution).toBe('演示数据')
  })

  it('keeps the bounds inside the Mercator square and the first view inside the zooms', () => {
    expect(tileJson({ ...set, bounds: [-200, -90, 200, 90] }).bounds).toEqual([-180, -85.0511, 180, 85.0511])
    expect(tileJson({ ...set, maxzoom: 5 }).center[2]).toBe(5)
    expect(tileJson({ ...set, bounds: [120, 31, 120, 31] }).center[2]).toBe(20)
  })

  it('refuses a set without a URL, zooms out of order, bounds turned inside out', () => {
    expect(() => tileJson({ ...set, tiles: [] })).toThrow(RangeError)
    expect(() => tileJson({ ...set, minzoom: 9, maxzoom: 8 })).toThrow(RangeError)
    expect(() => tileJson({ ...set, bounds: [121, 31, 120, 32] })).toThrow(RangeError)
    expect(() => tileJson({ ...set, bounds: [NaN, 31, 120, 32] })).toThrow(RangeError)
  })
})
