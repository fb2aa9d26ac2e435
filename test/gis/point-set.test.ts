import { describe, expect, it } from 'vitest'
import { buildColumns, type Columns, type PointRows } from '../../gis/columns.ts'
import { isGone } from '../../gis/merge-columns.ts'
import { changePoints, countPoints, type PointSet, pointSet, sheetsOf } from '../../gis/point-set.ts'
import { pointStore } from '../../gis/point-store.ts'
import { compareZ } from '../../gis/zorder.ts'
import { randomChange } from './changes.ts'
import { randomRows } from './points.ts'

const BOX = [120.4, 31.1, 120.8, 31.45] as const

/** What each point is, in any order; fails where columns are not sorted along the curve. */
function held(set: PointSet): string[] {
  const found: string[] = []
  for (const { columns, gone } of sheetsOf(set)) {
    for (let row = 0; row < columns.n; row++) {
      if (row > 0)
        expect(
          compareZ(columns.x[row - 1]!, columns.y[row - 1]!, columns.x[row]!, columns.y[row]!),
        ).toBeLessThanOrEqual(0)
      if (!isGone(gone, row)) found.push(wordsOf(columns, row))
    }
  }
  return found.sort()
}
const wordsOf = ({ id, x, y, classIndex, state, area }: Columns, row: number): string =>
  [id[row], x[row], y[row], classIndex[row], state[row], area[row]].join()
const made = (rows: PointRows): string[] => held(pointSet(buildColumns(rows)))

describe('a set of points', () => {
  const rows = randomRows(2000, 5, BOX)
  const first = pointSet(buildColumns(rows))
  const once = randomChange(rows, 1, { remove: 40, move: 60, add: 70, box: BOX })

  it('holds after a change what would have been there had it been made anew, and the former set what it held', () => {
    const before = held(first)
    const second = changePoints(first, once.change)
    expect(held(second)).toEqual(made(once.after))
    expect(countPoints(second)).toBe(once.after.n)
    expect(held(first)).toEqual(before)
    expect(second.base).toBe(first.base)
  })

  it('takes change upon change, also of what came by an earlier one, and of several on one spot', () => {
    let [set, now] = [first, rows]
    for (let turn = 0; turn < 6; turn++) {
      const { change, after } = randomChange(now, turn, { remove: 200, move: 300, add: 150, box: BOX })
      set = changePoints(set, change)
      now = after
      expect(held(set)).toEqual(made(now))
    }
    const spot = randomRows(3, 9, BOX)
    spot.lon.fill(120.5)
    spot.lat.fill(31.2)
    const there = changePoints(set, { remove: [], add: spot })
    const without = changePoints(there, {
      remove: [{ id: spot.id[1]!, lon: 120.5, lat: 31.2 }],
      add: randomRows(0, 1, BOX),
    })
    expect(held(there).length - held(without).length).toBe(1)
    expect(held(without).some(words => words.startsWith(`${spot.id[0]},`))).toBe(true)
  })

  it('refuses to take away what is not there, twice, or from elsewhere, and then nothing has changed', () => {
    const [id, lon, lat] = [rows.id[7]!, rows.lon[7]!, rows.lat[7]!]
    const none = randomRows(0, 1, BOX)
    const refused = (remove: { id: number; lon: number; lat: number }[]) =>
      expect(() => changePoints(first, { remove, add: none })).toThrow(RangeError)
    refused([{ id: 999_999, lon, lat }])
    refused([{ id, lon: lon + 1e-4, lat }])
    refused([
      { id, lon, lat },
      { id, lon, lat },
    ])
    expect(held(first)).toEqual(made(rows))
  })

  it('that is empty takes points and gives them back', () => {
    const empty = pointSet(buildColumns(randomRows(0, 1, BOX)))
    const some = changePoints(empty, { remove: [], add: randomRows(5, 2, BOX) })
    expect(countPoints(some)).toBe(5)
    const five = randomRows(5, 2, BOX)
    const again = changePoints(some, {
      remove: [...five.id].map((id, i) => ({ id, lon: five.lon[i]!, lat: five.lat[i]! })),
      add: randomRows(0, 1, BOX),
    })
    expect(held(again)).toEqual([])
  })
})

describe('a store of points', () => {
  const rows = randomRows(100_000, 6, BOX)

  it('merges what changed into its base, in steps between which it can be read and changed', async () => {
    const store = pointStore(pointSet(buildColumns(rows)))
    const one = randomChange(rows, 1, { remove: 6000, move: 9000, add: 7000, box: BOX })
    expect(store.wantsMerge()).toBe(false)
    store.change(one.change)
    expect(store.wantsMerge()).toBe(true)
    let pauses = 0
    let now = one.after
    await store.merge(async () => {
      expect(countPoints(store.now())).toBe(now.n)
      if (pauses++ !== 1) return
      const two = randomChange(now, 2, { remove: 100, move: 100, add: 100, box: BOX })
      store.change(two.change)
      now = two.after
    })
    expect(pauses).toBeGreaterThan(3)
    // what changed meanwhile is there, and alone is not in the base yet
    expect(held(store.now())).toEqual(made(now))
    expect([store.now().added.n, store.now().removed.n]).toEqual([200, 200])
    expect(store.wantsMerge()).toBe(false)
    await store.merge(async () => {})
    expect([store.now().added.n, store.now().removed.n, store.now().gone]).toEqual([0, 0, null])
    expect(store.now().pyramid).toEqual(pointSet(buildColumns(now)).pyramid)
    expect(held(store.now())).toEqual(made(now))
  })

  it('goes on after a merge that was broken off', async () => {
    const store = pointStore(pointSet(buildColumns(rows)))
    const { change, after } = randomChange(rows, 3, { remove: 10, move: 10, add: 10, box: BOX })
    store.change(change)
    await expect(store.merge(() => Promise.reject(new Error('stopping')))).rejects.toThrow('stopping')
    await store.merge(async () => {})
    expect(held(store.now())).toEqual(made(after))
  })
})
