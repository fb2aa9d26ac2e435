import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { describe, expect, it } from 'vitest'
import { tileSets } from '../../../src/domain/atlas/schema.ts'
import { describeSet, styleSet } from '../../../src/domain/atlas/tile-sets.ts'

const url = 'https://grid.example.cn/tiles/x.json?district=320599'
const described = (set: (typeof tileSets)[number]) =>
  describeSet(set, {
    tiles: 'https://grid.example.cn/{z}/{x}/{y}',
    bounds: [120, 31, 121, 32],
    classes: ['0101'],
  })
const styled = (set: (typeof tileSets)[number]) => styleSet(set, { url, center: [120.5, 31.5, 10] })

describe.each(tileSets)('the style of set %s', set => {
  it('is a valid style of MapLibre', () => {
    expect(validateStyleMin(styled(set) as never)).toEqual([])
  })
  it('draws layers of its TileJSON and reads fields that these have', () => {
    const { vector_layers: layers } = described(set)
    const drawn = styled(set).layers.flatMap(layer => ('source-layer' in layer ? [layer] : []))
    expect(drawn.length).toBeGreaterThan(0)
    for (const { 'source-layer': name, ...rest } of drawn) {
      const fields = layers.find(layer => layer.id === name)!.fields
      for (const [, field] of JSON.stringify(rest).matchAll(/\["(?:get|has)","(\w+)"\]/g))
        expect([name, Object.keys(fields)]).toEqual([name, expect.arrayContaining([field])])
    }
  })
  it('asks nobody but the set itself', () => {
    const { sources, ...rest } = styled(set)
    expect(sources).toEqual({ [set]: { type: 'vector', url } })
    expect(JSON.stringify(rest)).not.toMatch(/https?:|sprite|glyphs/)
  })
})
