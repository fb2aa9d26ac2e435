import { describe, expect, it } from 'vitest'
import { buildColumns, type PointRows, rangeOfTile } from '../../gis/columns.ts'
import { tileAt, unitX, unitY } from '../../gis/mercator.ts'
import { changePoints, pointSet } from '../../gis/point-set.ts'
import { FINEST_LEVEL } from '../../gis/pyramid.ts'
import { encodeBins, encodeCrowd } from '../../tiles/bins.ts'
import type { RowFilter } from '../../tiles/filter.ts'
import { randomChange } from '../gis/changes.ts'
import { randomRows } from '../gis/points.ts'
import { type Decoded, decodeLayer } from './decode.ts'

const classCodes = ['0101', '0102', '0103', '0104', '0105']
const stateCodes = ['完好', '破损', '丢失']
const codes = { classCodes, stateCodes }
const BOX = [120.4, 31.1, 120.8, 31.45] as const

/** What a tile must hold, counted point by point; positions apart, which may be a step off. */
function expected(rows: PointRows, passes: (i: number) => boolean, tile: readonly number[], perSide: number) {
  const [z, x, y] = tile as [number, number, number]
  const side = 2 ** (32 - z)
  const bins = new Map<string, number[]>()
  for (let i = 0; i < rows.n; i++) {
    const dx = unitX(rows.lon[i]!) - x * side
    const dy = unitY(rows.lat[i]!) - y * side
    if (dx < 0 || dy < 0 || dx >= side || dy >= side || !passes(i)) continue
    const key = `${Math.floor((dx / side) * perSide)},${Math.floor((dy / side) * perSide)}`
    bins.set(key, [...(bins.get(key) ?? []), i])
  }
  return [...bins.values()].map(members => {
    const mean = (of: (i: number) => number) => members.reduce((sum, i) => sum + of(i), 0) / members.length
    const votes = classCodes.map((_, c) => members.filter(i => rows.classIndex[i] === c).length)
    const one = members.length === 1 ? members[0]! : null
    return {
      id: one === null ? undefined : rows.id[one],
      properties: {
        count: members.length,
        class: classCodes[votes.indexOf(Math.max(...votes))],
        ...(one === null
          ? Object.fromEntries(votes.flatMap((n, c) => (n > 0 ? [[classCodes[c]!, n]] : [])))
          : { state: stateCodes[rows.state[one]!] }),
      },
      at: [
        mean(i => ((unitX(rows.lon[i]!) + 0.5 - x * side) / side) * 4096),
        mean(i => ((unitY(rows.lat[i]!) + 0.5 - y * side) / side) * 4096),
      ],
    }
  })
}

function expectSame(shown: readonly Decoded[], wanted: ReturnType<typeof expected>) {
  const sorted = <T extends { properties: object; id?: number }>(
    list: readonly T[],
    at: (one: T) => number[],
  ) =>
    list
      .map(one => ({ id: one.id, properties: one.properties, at: at(one) }))
      .sort((a, b) => a.at[0]! - b.at[0]! || a.at[1]! - b.at[1]!)
  const ours = sorted(shown, one => one.parts[0]![0]! as number[])
  // sorted by what they are near: positions of bins that share a column may swap by rounding
  const left = new Set(sorted(wanted, one => one.at))
  expect(ours).toHaveLength(left.size)
  for (const one of ours) {
    const match = [...left].find(
      each => Math.abs(each.at[0]! - one.at[0]!) <= 1 && Math.abs(each.at[1]! - one.at[1]!) <= 1,
    )
    expect(one).toEqual({ ...match, at: one.at })
    left.delete(match!)
  }
}

describe('a tile of bins', () => {
  const rows = randomRows(6000, 31, BOX)
  const set = pointSet(buildColumns(rows))
  const tiles = [
    [0, 64],
    [6, 64],
    [9, 64],
    [10, 16],
    [11, 1],
    [11, 128],
    [13, 64],
  ] as const

  it('counts each point of the tile once, in its bin, by class, at the mean position; one alone is itself', () => {
    let alone = 0
    for (const [z, perSide] of tiles) {
      const tile = [z, ...tileAt(120.6, 31.28, z)] as const
      const shown = decodeLayer(encodeBins(set, ...tile, { ...codes, perSide }), 'bins')
      expectSame(
        shown,
        expected(rows, () => true, tile, perSide),
      )
      alone += shown.filter(one => one.properties.count === 1).length
    }
    expect(alone).toBeGreaterThan(100)
    const levels = tiles.map(([z, perSide]) => z + Math.log2(perSide))
    // both ways of counting are tried: from the pyramid and from the points
    expect(levels.some(level => level <= FINEST_LEVEL) && levels.some(level => level > FINEST_LEVEL)).toBe(
      true,
    )
  })

  it('counts only what the filter lets through, whatever it asks for', () => {
    const filters: [RowFilter, (i: number) => boolean][] = [
      [{ classMask: Uint8Array.of(0, 1, 1) }, i => [1, 2].includes(rows.classIndex[i]!)],
      [{ stateMask: Uint8Array.of(0, 0, 1) }, i => rows.state[i] === 2],
      [{ areaMask: Uint8Array.of(1, 0, 1) }, i => [-1, 1].includes(rows.area[i]!)],
      [
        { classMask: Uint8Array.of(1, 1), accept: id => id % 2 === 0 },
        i => rows.classIndex[i]! < 2 && rows.id[i]! % 2 === 0,
      ],
      [{ classMask: new Uint8Array(5) }, () => false],
    ]
    for (const [filter, passes] of filters) {
      for (const [z, perSide] of tiles) {
        const tile = [z, ...tileAt(120.6, 31.28, z)] as const
        const shown = decodeLayer(encodeBins(set, ...tile, { ...codes, perSide, filter }), 'bins')
        expectSame(shown, expected(rows, passes, tile, perSide))
      }
    }
  })

  it('knows at once what changed, as if it had been made anew', () => {
    const { change, after } = randomChange(rows, 77, { remove: 300, move: 300, add: 400, box: BOX })
    const changed = changePoints(set, change)
    for (const classMask of [undefined, Uint8Array.of(0, 1, 1)]) {
      for (const [z, perSide] of tiles) {
        const tile = [z, ...tileAt(120.6, 31.28, z)] as const
        const filter = classMask && { classMask }
        const shown = decodeLayer(encodeBins(changed, ...tile, { ...codes, perSide, filter }), 'bins')
        expectSame(
          shown,
          expected(after, i => !classMask || classMask[after.classIndex[i]!] === 1, tile, perSide),
        )
      }
    }
  })

  it('sums up to the points of each tile of a zoom, and of the world', () => {
    let total = 0
    for (let x = 3400; x < 3440; x++) {
      for (let y = 1660; y < 1690; y++) {
        const sum = decodeLayer(encodeBins(set, 12, x, y, codes), 'bins').reduce(
          (counted, f) => counted + (f.properties.count as number),
          0,
        )
        const [from, to] = rangeOfTile(set.base, 12, x, y)
        expect(sum).toBe(to - from)
        total += sum
      }
    }
    expect(total).toBe(6000)
  })

  it('says the same of a crowd with alike bins in one feature', () => {
    const words = (list: readonly Decoded[]) =>
      list
        .flatMap(({ properties: { count, class: code }, parts }) =>
          parts.map(([at]) => `${at} ${count} ${code}`),
        )
        .sort()
    for (const [z, perSide] of tiles) {
      const tile = [z, ...tileAt(120.6, 31.28, z)] as const
      const crowd = decodeLayer(encodeCrowd(set, ...tile, { classCodes, perSide }), 'bins')
      const bins = decodeLayer(encodeBins(set, ...tile, { ...codes, perSide }), 'bins')
      expect(words(crowd)).toEqual(words(bins))
      const kinds = crowd.map(({ properties }) => JSON.stringify(properties))
      expect(new Set(kinds).size).toBe(kinds.length)
      for (const one of crowd)
        expect([one.id, Object.keys(one.properties)]).toEqual([undefined, ['count', 'class']])
    }
    expect(encodeCrowd(set, 12, 0, 0, { classCodes })).toBeNull()
  })

  it('is null where nothing is', () => {
    expect(encodeBins(set, 12, 0, 0, codes)).toBeNull()
    const empty = pointSet(buildColumns(randomRows(0, 1, BOX)))
    expect(encodeBins(empty, 0, 0, 0, codes)).toBeNull()
  })

  it('refuses bins that are no power of two or finer than a unit, and classes without a code', () => {
    expect(() => encodeBins(set, 5, 0, 0, { ...codes, perSide: 60 })).toThrow(RangeError)
    expect(() => encodeBins(set, 26, 0, 0, { ...codes, perSide: 512 })).toThrow(RangeError)
    expect(() => encodeBins(set, 0, 0, 0, { ...codes, classCodes: ['0101'] })).toThrow(RangeError)
  })
})
