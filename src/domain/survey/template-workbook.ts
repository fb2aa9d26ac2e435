/**
 * The template as a workbook: one sheet to fill in, whose cells are text and choose from lists; a sheet that says
 * how, with an example; and the lists, hidden. Read back it is one layer, and no finding.
 *
 *   0118_路灯 | 填写说明 | _选项 (hidden)
 */
import excel from 'exceljs'
import { currencies, states } from '../registry/schema.ts'
import { sheetName } from './marked-lines.ts'
import { templateSheets } from './readers/template-sheets.ts'
import {
  type Lang,
  type ListName,
  listsOf,
  type TemplateColumn,
  type TemplateDistrict,
  tableColumns,
} from './template-columns.ts'

/** Rows that are given lists to choose from; more may be filled in without. */
const LISTED_ROWS = 20_000

const words = {
  zh: {
    sheet: '部件',
    title: (where: string, what: string) => (what ? `${where}${what}普查模板` : `${where}部件普查模板`),
    lines: [
      '本页与隐藏的选项页不会被读取，不必删除。一行一件部件，填在第一张表中；线状、面状部件用 GeoPackage 模板或 Shapefile 更方便，也可用该类别的表格填 WKT。',
      '严禁填写涉密信息。',
    ],
    head: ['列', '必填', '怎么填', 'How', '示例'],
    yes: '是',
    noUnit: '不在单位目录中，请核对名称',
    choose: '请从列表中选择',
  },
  en: {
    sheet: 'components',
    title: (where: string, what: string) => `${where} ${what}survey template`,
    lines: [
      'This sheet and the hidden lists are not read; leave them. One component a row, on the first sheet. Lines and polygons are easier in the GeoPackage template or a shapefile; the table of their class takes WKT. Values of lists stay Chinese, as the registry keeps them.',
      'Nothing secret may be filled in.',
    ],
    head: ['Column', 'Needed', 'How', 'Values mean', 'Example'],
    yes: 'yes',
    noUnit: 'Not in the unit directory; check the name',
    choose: 'Choose from the list',
  },
} as const

/** exceljs takes a range, which its own types leave out. */
interface Validations {
  add(range: string, validation: excel.DataValidation): void
}

export async function templateWorkbook(district: TemplateDistrict, lang: Lang): Promise<Uint8Array> {
  const columns = tableColumns(district, lang)
  const { guide, lists: listSheet } = templateSheets[lang]
  const lists = listsOf(district)
  const book = new excel.Workbook()
  const { only } = district
  writeTable(
    book.addWorksheet(sheetName(only ? `${only.code}_${only.name}` : words[lang].sheet, new Set())),
    { columns, lists, lang },
  )
  writeGuide(book.addWorksheet(guide), columns, district, lang)
  writeLists(book.addWorksheet(listSheet, { state: 'veryHidden' }), lists)
  return new Uint8Array(await book.xlsx.writeBuffer())
}

const isNumber = ({ field }: TemplateColumn) => field === 'x' || field === 'y'

interface Table {
  columns: readonly TemplateColumn[]
  lists: Record<ListName, readonly string[]>
  lang: Lang
}

function writeTable(sheet: excel.Worksheet, { columns, lists, lang }: Table): void {
  sheet.views = [{ state: 'frozen', ySplit: 1, xSplit: 1 }]
  sheet.columns = columns.map(column => ({
    header: column.name,
    width: Math.min(36, Math.max(12, column.width + 4)),
    style: { numFmt: isNumber(column) ? '0.00000000' : '@' },
  }))
  const head = sheet.getRow(1)
  head.font = { bold: true }
  columns.forEach((column, i) => {
    head.getCell(i + 1).fill = {
      type: 'pattern',
      pattern: 'solid',
      fgColor: { argb: column.need ? 'FFCDE7E5' : 'FFF4F2EC' },
    }
    const letter = sheet.getColumn(i + 1).letter
    ;(sheet as unknown as { dataValidations: Validations }).dataValidations.add(
      `${letter}2:${letter}${LISTED_ROWS + 1}`,
      validationOf(column, lists, lang),
    )
  })
}

function validationOf(
  column: TemplateColumn,
  lists: Record<ListName, readonly string[]>,
  lang: Lang,
): excel.DataValidation {
  const how = column[lang]
  const told = { showInputMessage: true, promptTitle: column.name, prompt: how.slice(0, 250) }
  if (!column.list || lists[column.list].length === 0)
    return isNumber(column)
      ? {
          type: 'decimal',
          operator: 'between',
          formulae: column.field === 'x' ? [70, 140] : [0, 60],
          allowBlank: true,
          showErrorMessage: true,
          error: how,
          ...told,
        }
      : { type: 'custom', formulae: ['TRUE'], allowBlank: true, ...(how ? told : {}) }
  const at = Object.keys(lists).indexOf(column.list)
  const letter = String.fromCharCode(65 + at)
  return {
    type: 'list',
    formulae: [`'${templateSheets[lang].lists}'!$${letter}$2:$${letter}$${lists[column.list].length + 1}`],
    allowBlank: true,
    showErrorMessage: true,
    // a unit may be missing from the directory: that is said, and told again in the report
    errorStyle: column.list === 'units' ? 'warning' : 'stop',
    errorTitle: column.name,
    error: column.list === 'units' ? words[lang].noUnit : words[lang].choose,
    ...told,
  }
}

function writeGuide(
  sheet: excel.Worksheet,
  columns: readonly TemplateColumn[],
  { name, code, only }: TemplateDistrict,
  lang: Lang,
): void {
  const word = words[lang]
  sheet.columns = [{ width: 18 }, { width: 8 }, { width: 56 }, { width: 48 }, { width: 44 }].map(each => ({
    ...each,
    style: { numFmt: '@', alignment: { wrapText: true, vertical: 'top' } },
  }))
  const what = only ? `${only.code} ${lang === 'zh' ? only.name : only.nameEn} ` : ''
  sheet.addRow([word.title(`${name}（${code}）`, what)]).font = { bold: true, size: 14 }
  for (const line of word.lines) sheet.addRow([line])
  sheet.addRow([])
  sheet.addRow([...word.head]).font = { bold: true }
  for (const column of columns) {
    const [how, other] = lang === 'zh' ? [column.zh, column.en] : [column.en, meaningOf(column)]
    sheet.addRow([column.name, column.need ? word.yes : '', how, other, column.example])
  }
}

/** What values of a list say: they are kept as the registry has them. */
const meaningOf = ({ list }: TemplateColumn): string =>
  list === 'states' || list === 'currencies'
    ? Object.values(list === 'states' ? states : currencies)
        .map(([zh, en]) => `${zh} = ${en}`)
        .join(', ')
    : ''

function writeLists(sheet: excel.Worksheet, lists: Record<ListName, readonly string[]>): void {
  const names = Object.keys(lists) as ListName[]
  const longest = Math.max(...names.map(name => lists[name].length))
  sheet.columns = names.map(() => ({ width: 24, style: { numFmt: '@' } }))
  sheet.addRow(names)
  for (let i = 0; i < longest; i++) sheet.addRow(names.map(name => lists[name][i] ?? null))
}
