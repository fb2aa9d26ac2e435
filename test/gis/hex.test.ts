import { cellToParent, getResolution, latLngToCell } from 'h3-js'
import { expect, it } from 'vitest'
import { buildColumns, lonLatOfRow } from '../../gis/columns.ts'
import { FINEST, hexInSteps, parentCells } from '../../gis/hex.ts'
import { atOnce } from '../../gis/merge-columns.ts'
import { randomRows } from './points.ts'

const columns = buildColumns(randomRows(20_000, 3, [120.5, 31.2, 120.7, 31.35]))
const finest = atOnce(hexInSteps(columns))

it('the cell of a point is what H3 says at the finest resolution, and above it the parent of that', () => {
  let direct = 0
  for (const resolution of [FINEST, 9, 7, 4, 0]) {
    const { cells, of } = parentCells(finest, resolution)
    expect(new Set(cells).size).toBe(cells.length)
    for (let row = 0; row < columns.n; row += 7) {
      const [lon, lat] = lonLatOfRow(columns, row)
      const own = latLngToCell(lat, lon, FINEST)
      const cell = cells[of[finest.of[row]!]!]!
      expect(finest.cells[finest.of[row]!]).toBe(own)
      expect(cell).toBe(resolution === FINEST ? own : cellToParent(own, resolution))
      expect(getResolution(cell)).toBe(resolution)
      if (cell !== latLngToCell(lat, lon, resolution)) direct++
    }
  }
  // the two definitions do differ here, so which one holds was tried
  expect(direct).toBeGreaterThan(100)
})

it('cells are found in steps, and of no points none', () => {
  expect([...hexInSteps(columns)].length).toBeGreaterThan(3)
  expect(atOnce(hexInSteps(buildColumns(randomRows(0, 1, [0, 0, 1, 1]))))).toEqual({
    cells: [],
    of: new Uint32Array(0),
  })
})
