import { describe, expect, test } from 'vitest'
import { type SheetDraft, table } from './build-xlsx.ts'
import { allRows } from './collect.ts'
import { xlsxDesk } from './xlsx-desk.ts'

const { open, layerOf, rowsOf } = xlsxDesk()

describe('a sheet', () => {
  test('is a layer with the names of its header; numbers stay numbers, text stays text', async () => {
    const layer = await layerOf(
      table([
        ['标识码', '名称', '数量', '在用'],
        ['0101', '井盖', 1.5, true],
        ['007', '雨水 & <箅子>', -2e-7, false],
      ]),
    )
    expect(layer).toMatchObject({
      file: 'a.xlsx/部件',
      name: '部件',
      geometryKind: 'none',
      rowCount: null,
      crs: { kind: 'none' },
      encoding: { name: 'utf-8', decidedBy: 'format' },
      sheet: { name: '部件', columns: ['A', 'B', 'C', 'D'] },
    })
    expect(layer.fields).toEqual(['标识码', '名称', '数量', '在用'].map(name => ({ name, stored: 'any' })))
    const rows = [
      { row: 2, values: ['0101', '井盖', 1.5, true], geometry: null },
      { row: 3, values: ['007', '雨水 & <箅子>', -2e-7, false], geometry: null },
    ]
    expect(layer.sample).toEqual(rows)
    expect(await allRows(layer)).toEqual(rows)
    expect(await allRows(layer)).toEqual(rows)
  })

  test('blank rows are passed over, the others keep the numbers Excel shows', async () => {
    const rows = [['a', 'b'], null, ['1', '2'], [], [' ', null], null, ['3', null]] as SheetDraft['rows']
    expect(await rowsOf(table(rows))).toEqual([
      [3, '1', '2'],
      [7, '3', null],
    ])
  })

  test('a title and a line of particulars above the header are not the header', async () => {
    const titled = table(
      [
        ['城市管理部件普查表'],
        ['填报单位：柳桥镇', null, null, null, '日期：2024-05-01'],
        ['大类代码', '大类名称', '小类代码', '小类名称', '处置单位', '备注'],
        ['01', '公用设施', '01', '上水井盖', '水务公司'],
      ],
      ['A1:F1'],
    )
    const layer = await layerOf(titled)
    expect(layer.fields.map(field => field.name)).toEqual([
      '大类代码', '大类名称', '小类代码', '小类名称', '处置单位', '备注',
    ]) // biome-ignore format: a header
    expect(await rowsOf(titled)).toEqual([[4, '01', '公用设施', '01', '上水井盖', '水务公司', null]])
  })

  test.each([
    ['merged down around it', ['A1:A2', 'C1:D1', 'E1:E2', 'B1:B2']],
    ['merged across only', ['C1:D1']],
  ])('a header of two rows, %s, gives the lower names', async (_how, merges) => {
    const layer = await layerOf(
      table(
        [
          ['标识码', '名称', '坐标', null, '备注'],
          [null, null, 'X', 'Y'],
          ['a', '路灯', 120.5, 31.25, 'n'],
        ],
        merges,
      ),
    )
    expect(layer.fields.map(field => field.name)).toEqual(['标识码', '名称', 'X', 'Y', '备注'])
    expect(await allRows(layer)).toEqual([
      {
        row: 3,
        values: ['a', '路灯', 120.5, 31.25, 'n'],
        geometry: { type: 'Point', coordinates: [120.5, 31.25] },
      },
    ])
  })

  test('merged cells give their value to the rows below, in the first column only, to the range’s end only', async () => {
    const merged = table(
      [
        ['大类', '中类', '名称', '备注'],
        ['公用', '井盖', '上水', 'x'],
        [null, null, '污水', null],
        [null, null, '雨水', null],
        [null, null, '电力', null],
      ],
      ['A2:B4', 'C1:C1', 'D2:D2'],
    )
    expect(await rowsOf(merged)).toEqual([
      [2, '公用', '井盖', '上水', 'x'],
      [3, '公用', null, '污水', null],
      [4, '公用', null, '雨水', null],
      [5, null, null, '电力', null],
    ])
  })

  test('a merged range makes no rows where nothing else stands', async () => {
    expect(await rowsOf(table([['a', 'b'], ['1', '2'], [null, null], null, ['3']], ['B2:B9']))).toEqual([
      [2, '1', '2'],
      [5, '3', '2'],
    ])
  })

  test('names that are blank, alike or broken over lines can be told apart; the table may begin anywhere', async () => {
    const layer = await layerOf(table([null, [null, '名\n称', null, 'a', 'a'], [null, 1, 2, 3, 4]]))
    expect(layer.fields.map(field => field.name)).toEqual(['名称', 'column_C', 'a', 'a_2'])
    expect(layer.sheet!.columns).toEqual(['B', 'C', 'D', 'E'])
    expect(layer.sample).toMatchObject([{ row: 3, values: [1, 2, 3, 4] }])
  })

  test('what stands beside the table is not read, and that is said with its cell', async () => {
    const [row] = await allRows(
      await layerOf(
        table([
          ['a', 'b'],
          ['1', '2', null, '已核对'],
        ]),
      ),
    )
    expect(row!.values).toEqual(['1', '2'])
    expect(row!.findings).toMatchObject([
      { code: 'cell.unnamed', row: 2, value: '已核对', detail: { sheet: '部件', cell: 'D2' } },
    ])
  })

  test('columns of the usual names hold the position, as in other tables; so do those a profile names', async () => {
    const rows = [
      ['n', '经度', '纬度', 'e'],
      ['a', 120.5, '31.25', 7],
      ['b', 'west', 31, 8],
      ['c', null, null, 9],
    ]
    const layer = await layerOf(table(rows))
    expect(layer.geometryKind).toBe('point')
    const placed = await allRows(layer)
    expect(placed.map(row => row.geometry)).toEqual([
      { type: 'Point', coordinates: [120.5, 31.25] },
      null,
      null,
    ])
    expect(placed.map(row => row.findings)).toMatchObject([
      undefined,
      [{ code: 'position.not-finite', row: 3, field: '经度', value: 'west' }],
      undefined,
    ])
    const asked = await layerOf(table(rows), {}, { position: { x: '纬度', y: 'e' } })
    expect(asked.sample[0]!.geometry).toEqual({ type: 'Point', coordinates: [31.25, 7] })
    const lines = await layerOf(
      table([
        ['WKT', 'n'],
        ['LINESTRING (0 0, 1 1)', 1],
        ['LINE', 2],
      ]),
    )
    expect(lines.geometryKind).toBe('line')
    expect((await allRows(lines)).map(row => row.findings?.[0]?.code)).toEqual([
      undefined,
      'geometry.invalid',
    ])
    expect(await open([table(rows)], {}, { position: { x: 'no', y: 'e' } })).toMatchObject({
      layers: [],
      findings: [{ code: 'profile.column', field: 'no' }],
    })
  })
})
