import { describe, expect, it } from 'vitest'
import {
  isTrait,
  memoryOf,
  type NearTable,
  openNear,
  openTable,
  type Thing,
  withTrait,
} from '../../../../src/domain/survey/checks/near.ts'
import { randomFrom } from '../../../gis/random.ts'

const lat0 = 31.3
const MM = 111_320_000
const eastOf = (m: number) => 120.6 + (m * 1000) / (MM * Math.cos((lat0 * Math.PI) / 180))
const northOf = (m: number) => lat0 + (m * 1000) / MM
const thing = (eastM: number, northM: number, over: Partial<Thing> = {}): Thing => ({
  lon: eastOf(eastM),
  lat: northOf(northM),
  extent: 0,
  class: '0107',
  owner: 'telecom',
  picture: null,
  traits: 0,
  ...over,
})
const openHalf = () => openNear(code => (code === '0104' ? 0.3 : code === '0000' ? 0 : 0.5))
/** Whether the second is taken for the first. */
const isOne = (first: Thing, second: Thing): boolean => {
  const near = openHalf()
  near.add(first, 0, 1)
  return near.find(second, () => second.traits) !== null
}

describe('two things of one class and owner', () => {
  it('nearer than its distance, with nothing to tell them apart, are probably one', () => {
    const near = openHalf()
    near.add(thing(0, 0), 3, 17)
    const found = near.find(thing(0.3, 0.1), () => 0)
    expect(found).toMatchObject({ file: 3, row: 17, alike: 'nothing to tell them apart' })
    expect(found!.distanceM).toBeCloseTo(Math.hypot(0.3, 0.1), 2)
  })

  it('further than its distance are two, and each class has its own', () => {
    expect(isOne(thing(0, 0), thing(0.51, 0))).toBe(false)
    expect(isOne(thing(0, 0, { class: '0104' }), thing(0.4, 0, { class: '0104' }))).toBe(false)
    expect(isOne(thing(0, 0), thing(0.4, 0))).toBe(true)
    expect(isOne(thing(0, 0, { class: '0000' }), thing(0, 0, { class: '0000' }))).toBe(false)
  })

  it('are two where photos, owners, classes or attributes differ, and one where the photo is the same', () => {
    expect(isOne(thing(0, 0, { picture: 'a' }), thing(0.1, 0, { picture: 'b' }))).toBe(false)
    expect(isOne(thing(0, 0), thing(0.1, 0, { owner: 'water' }))).toBe(false)
    expect(isOne(thing(0, 0), thing(0.1, 0, { owner: null }))).toBe(false)
    expect(isOne(thing(0, 0), thing(0.1, 0, { class: '0101' }))).toBe(false)
    const iron = withTrait(0, 'MATERIAL', '铸铁')
    const resin = withTrait(0, 'MATERIAL', '复合材料')
    expect(isOne(thing(0, 0, { traits: iron }), thing(0.1, 0, { traits: resin }))).toBe(false)
    const twice = { traits: iron, picture: 'a' }
    expect(isOne(thing(0, 0, twice), thing(0.1, 0, { traits: resin, picture: 'a' }))).toBe(true)
  })

  it('of different extent are two, though their middles meet', () => {
    expect(isOne(thing(0, 0, { extent: 0.001 }), thing(0, 0))).toBe(false)
    expect(isOne(thing(0, 0, { extent: 0.001 }), thing(0, 0, { extent: 0.001 }))).toBe(true)
  })
})

describe('real clusters', () => {
  it('of three covers 0.6 m apart and grates with two bays are never taken for one', () => {
    const near = openHalf()
    const row = [0, 0.6, 1.2].map(m => thing(m, 0))
    const bays = [0, 0.45].map(m => thing(m, 5, { class: '0104' }))
    for (const [i, each] of [...row, ...bays].entries()) {
      expect(near.find(each, () => each.traits)).toBeNull()
      near.add(each, 0, i)
    }
  })
})

/** As another thread gets it. */
const handedOn = (table: NearTable): NearTable => structuredClone(table, { transfer: memoryOf(table) })

describe('many things', () => {
  it('give the nearest that a look at all of them gives, also after the table has been handed on', () => {
    const next = randomFrom(7)
    const all: Thing[] = []
    let near = openHalf()
    let hits = 0
    for (let i = 0; i < 6000; i++) {
      const classCode = next() < 0.5 ? '0107' : '0104'
      const each = thing(next() * 60 - 30, next() * 60 - 30, { class: classCode })
      const reach = classCode === '0104' ? 0.3 : 0.5
      const distances = all.map(other =>
        other.class === classCode
          ? Math.hypot(
              ((other.lon - each.lon) * MM * Math.cos((all[0]!.lat * Math.PI) / 180)) / 1000,
              ((other.lat - each.lat) * MM) / 1000,
            )
          : Infinity,
      )
      const nearest = Math.min(Infinity, ...distances)
      const found = near.find(each, () => 0)
      // positions are whole millimetres
      if (Math.abs(nearest - reach) > 0.003) expect(found !== null).toBe(nearest < reach)
      if (found) {
        hits++
        expect(distances[found.row]).toBeLessThan(nearest + 0.003)
      }
      near.add(each, 0, i)
      all.push(each)
      if (i === 4500) near = openNear(code => (code === '0104' ? 0.3 : 0.5), handedOn(near.table))
    }
    expect(hits).toBeGreaterThan(500)
    expect(near.table.count).toBe(6000)
    expect(openTable().count).toBe(0)
  })

  it('keep photo, size, owner and file where only a few have any, also when handed on', () => {
    const near = openHalf()
    for (let i = 0; i < 50; i++) near.add(thing(i * 10, 0, { owner: i % 2 ? 'a' : null }), 0, i)
    near.add(thing(500, 0, { picture: 'P1', traits: 5, owner: 'a' }), 3, 7)
    near.add(thing(510, 0, { extent: 0.001, owner: 'a' }), 4, 8)
    const other = openNear(() => 0.5, handedOn(near.table))
    const ask = (m: number, given: Partial<Thing>) => other.find(thing(m, 0, given), () => 0)
    expect(ask(500, { picture: 'P1', owner: 'a' })).toMatchObject({ file: 3, row: 7, alike: 'same photo' })
    expect(ask(500, { picture: 'P2', owner: 'a' })).toBeNull()
    expect(ask(500, { picture: 'P1', owner: 'b' })).toBeNull()
    expect(ask(510, { owner: 'a' })).toBeNull()
    expect(ask(510, { owner: 'a', extent: 0.001 })).toMatchObject({ file: 4, row: 8 })
    expect(ask(10, { owner: 'a' })).toMatchObject({ file: 0, row: 1 })
    expect(ask(10, { owner: null })).toBeNull()
  })
})

describe('an attribute', () => {
  it('tells things apart unless it numbers or places its row', () => {
    for (const name of ['OBJECTID', 'FID', '序号', '经度', 'X', 'Shape_Area', 'ownerAsDelivered'])
      expect([name, isTrait(name)]).toEqual([name, false])
    for (const name of ['MATERIAL', '材质', 'SPEC', 'NUM_'])
      expect([name, isTrait(name)]).toEqual([name, true])
  })

  it('counts whatever its place among the others', () => {
    const one = withTrait(withTrait(0, 'A', 1), 'B', 'x')
    expect(withTrait(withTrait(0, 'B', 'x'), 'A', '1')).toBe(one)
    expect(withTrait(withTrait(0, 'B', '1'), 'A', 'x')).not.toBe(one)
  })
})
