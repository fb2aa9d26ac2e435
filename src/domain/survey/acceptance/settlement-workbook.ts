/**
 * The settlement table as a workbook: classes with their states, and the deliveries it is made of. Codes are
 * cells of text; nothing is written as a formula.
 */
import excel from 'exceljs'
import type { Queryable } from '../../../core/db.ts'
import { findDistrictDictionary, listClasses } from '../../catalog/store.ts'
import type { Settled } from './period.ts'
import type { Quantity, SettledUnit } from './schema.ts'
import type { SettledClass, Settlement } from './settlement.ts'

type Lang = 'zh' | 'en'
const words = {
  zh: {
    classes: '结算量',
    deliveries: '批次',
    columns: ['类别代码', '类别', '新增（件）', '变更（件）', '未变（件）', '作废（件）', '检查判错（件）', '结算（件）', '结算长度（米）', '结算面积（平方米）', '单位', '单价', '金额'],
    of: ['批次号', '名称', '普查单位', '验收时间', '验收人', '未收行数', '结算（件）', '金额', '状态'],
    reversed: '已回退（版本 {no}），不计',
    total: '合计',
    piece: '件',
    metre: '米',
    m2: '平方米',
  },
  en: {
    classes: 'Settlement',
    deliveries: 'Deliveries',
    columns: ['Class code', 'Class', 'Added', 'Changed', 'Unchanged', 'Ended', 'Found wrong', 'Settled', 'Settled length (m)', 'Settled area (m2)', 'Unit', 'Unit price', 'Amount'],
    of: ['Delivery', 'Name', 'Contractor', 'Accepted at', 'Accepted by', 'Rows refused', 'Settled', 'Amount', 'State'],
    reversed: 'reversed by version {no}, not counted',
    total: 'Total',
    piece: 'piece',
    metre: 'm',
    m2: 'm2',
  },
} as const // biome-ignore format: a table of words

/** The names of a district's classes by code, as the workbooks tell them. */
export async function classNames(db: Queryable, district: string, lang: Lang): Promise<Map<string, string>> {
  const dictionary = await findDistrictDictionary(db, district)
  const classes = dictionary ? await listClasses(db, dictionary.id) : []
  return new Map(classes.map(each => [each.code, lang === 'en' && each.nameEn ? each.nameEn : each.name]))
}

export async function settlementWorkbook(
  db: Queryable,
  district: string,
  { classes, total, deliveries }: Pick<Settlement, 'classes' | 'total'> & { deliveries: readonly Settled[] },
  lang: Lang,
): Promise<Uint8Array> {
  const w = words[lang]
  const names = await classNames(db, district, lang)
  const workbook = new excel.Workbook()
  const sheet = workbook.addWorksheet(w.classes, { views: [{ state: 'frozen', ySplit: 1, xSplit: 2 }] })
  sheet.addRow([...w.columns]).font = { bold: true }
  const unit = (of: SettledUnit | null) => (of === null ? '' : w[of])
  for (const each of classes)
    sheet.addRow([
      each.class,
      names.get(each.class) ?? '',
      ...figures(each),
      unit(each.unit),
      each.price,
      each.amount,
    ])
  sheet.addRow([w.total, '', ...figures(total), '', null, total.amount]).font = { bold: true }
  shape(sheet, [1, 2])
  if (deliveries.length > 0) {
    const list = workbook.addWorksheet(w.deliveries, { views: [{ state: 'frozen', ySplit: 1 }] })
    list.addRow([...w.of]).font = { bold: true }
    for (const { delivery, acceptedAt, acceptedBy, reversedBy, settlement } of deliveries)
      list.addRow([
        String(delivery.no),
        delivery.name,
        delivery.contractor ?? '',
        acceptedAt.toISOString(),
        acceptedBy,
        settlement.refused,
        reversedBy === null ? settlement.total.settled.pieces : 0,
        reversedBy === null ? settlement.total.amount : null,
        reversedBy === null ? '' : w.reversed.replace('{no}', String(reversedBy)),
      ])
    shape(list, [1, 2, 3, 4, 5])
  }
  return new Uint8Array(await workbook.xlsx.writeBuffer())
}

const round = (n: number, digits: number): number => Number(n.toFixed(digits))
const sizes = ({ pieces, metres, m2 }: Quantity): number[] => [pieces, round(metres, 2), round(m2, 2)]
const figures = (of: Omit<SettledClass, 'class' | 'unit' | 'price'>): number[] => [
  of.added.pieces,
  of.changed.pieces,
  of.unchanged,
  of.ended,
  of.wrong.pieces,
  ...sizes(of.settled),
]

/** Columns of text as text, and all as wide as what they hold. */
export function shape(sheet: excel.Worksheet, texts: readonly number[]): void {
  sheet.columns.forEach((column, i) => {
    let width = 8
    column.eachCell?.({ includeEmpty: false }, cell => {
      const long = [...String(cell.value ?? '')].reduce((n, char) => n + (char > '\u2e7f' ? 2 : 1), 2)
      width = Math.min(48, Math.max(width, long))
      if (texts.includes(i + 1)) cell.numFmt = '@'
    })
    column.width = width
  })
}
