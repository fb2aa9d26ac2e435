/** Workbooks laid on the desk and read back. */
import { afterAll, beforeAll } from 'vitest'
import { type Cell, type Freedoms, type SheetDraft, xlsxBytes } from './build-xlsx.ts'
import { allRows } from './collect.ts'
import { type Desk, desk } from './delivery.ts'

/** A desk for the tests of one file, cleared after them. */
export function xlsxDesk() {
  let at: Desk
  beforeAll(async () => {
    at = await desk()
  })
  afterAll(() => at.clear())
  const open = async (sheets: SheetDraft[], how: Freedoms = {}, options = {}) =>
    at.open({ 'a.xlsx': await xlsxBytes(sheets, how) }, options)
  const layerOf = async (sheet: SheetDraft, how: Freedoms = {}, options = {}) =>
    at.layer('a.xlsx', await xlsxBytes([sheet], how), options)
  /** Row number and values. */
  const rowsOf = async (sheet: SheetDraft, how: Freedoms = {}) =>
    (await allRows(await layerOf(sheet, how))).map(row => [row.row, ...row.values])
  return { desk: () => at, open, layerOf, rowsOf }
}

export const date = (serial: number, s = 1): Cell => ({ is: `<v>${serial}</v>`, s })
