import { each as eachFixture, type Fixture } from '@mapbox/mvt-fixtures'
import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import { describe, expect, it } from 'vitest'
import { checkTile } from './strict.ts'

const all: Fixture[] = []
eachFixture(each => all.push(each))
/** Called valid, and are not: 016 is byte for byte 003, which is called invalid; 057 announces 2^29 points and brings one. */
const doubtful = ['016', '057']
const valid = all.filter(each => each.validity.v2 && !doubtful.includes(each.id))
const invalid = all.filter(each => !each.validity.v2)

describe('the reader of the tests', () => {
  it.each(valid.map(each => [each.id, each] as const))(
    'takes valid tile %s as the reference reads it',
    (_id, tile) => {
      const layers = checkTile(tile.buffer)
      const { layers: read } = new VectorTile(new PbfReader(tile.buffer))
      // the reference passes over layers without features
      const held = [...layers].filter(([, features]) => features > 0)
      expect(held).toEqual(Object.entries(read).map(([name, layer]) => [name, layer.length]))
    },
  )
  it.each(invalid.map(each => [each.id, each] as const))('refuses invalid tile %s', (_id, tile) => {
    expect(() => checkTile(tile.buffer)).toThrow(Error)
  })
  it('refuses the two that contradict others', () => {
    const of = (id: string) => all.find(each => each.id === id)!
    expect(of('016').buffer).toEqual(of('003').buffer)
    for (const id of doubtful) expect(() => checkTile(of(id).buffer)).toThrow(Error)
  })
  it('was tried on all there are', () => {
    expect(valid.length + invalid.length + doubtful.length).toBe(all.length)
    expect(Math.min(valid.length, invalid.length)).toBeGreaterThan(25)
  })
})
