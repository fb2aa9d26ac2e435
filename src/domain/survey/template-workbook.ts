/**
 * The template as a workbook: one sheet to fill in, whose cells are text and choose from lists; a sheet that says
 * how, with an example; and the lists, hidden. Read back it is one layer, and no finding.
 *
 *   0118_路灯 | 填写说明 | _选项 (hidden)
 */
import excel from 'exceljs'
import { sheetName } from './marked-lines.ts'
import { templateSheets } from './readers/template-sheets.ts'
import {
  type ListName,
  listsOf,
  type TemplateColumn,
  type TemplateDistrict,
  tableColumns,
} from './template-columns.ts'

/** Rows that are given lists to choose from; more may be filled in without. */
const LISTED_ROWS = 20_000

/** exceljs takes a range, which its own types leave out. */
interface Validations {
  add(range: string, validation: excel.DataValidation): void
}

export async function templateWorkbook(district: TemplateDistrict): Promise<Uint8Array> {
  const columns = tableColumns(district)
  const lists = listsOf(district)
  const book = new excel.Workbook()
  const { only } = district
  writeTable(
    book.addWorksheet(sheetName(only ? `${only.code}_${only.name}` : '部件', new Set())),
    columns,
    lists,
  )
  writeGuide(book.addWorksheet(templateSheets.guide), columns, district)
  writeLists(book.addWorksheet(templateSheets.lists, { state: 'veryHidden' }), lists)
  return new Uint8Array(await book.xlsx.writeBuffer())
}

const isNumber = ({ field }: TemplateColumn) => field === 'x' || field === 'y'

function writeTable(
  sheet: excel.Worksheet,
  columns: readonly TemplateColumn[],
  lists: Record<ListName, readonly string[]>,
): void {
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
      validationOf(column, lists),
    )
  })
}

function validationOf(
  column: TemplateColumn,
  lists: Record<ListName, readonly string[]>,
): excel.DataValidation {
  const told = { showInputMessage: true, promptTitle: column.name, prompt: column.zh.slice(0, 250) }
  if (!column.list || lists[column.list].length === 0)
    return isNumber(column)
      ? {
          type: 'decimal',
          operator: 'between',
          formulae: column.field === 'x' ? [70, 140] : [0, 60],
          allowBlank: true,
          showErrorMessage: true,
          error: column.zh,
          ...told,
        }
      : { type: 'custom', formulae: ['TRUE'], allowBlank: true, ...(column.zh ? told : {}) }
  const at = Object.keys(lists).indexOf(column.list)
  const letter = String.fromCharCode(65 + at)
  return {
    type: 'list',
    formulae: [`'${templateSheets.lists}'!$${letter}$2:$${letter}$${lists[column.list].length + 1}`],
    allowBlank: true,
    showErrorMessage: true,
    // a unit may be missing from the directory: that is said, and told again in the report
    errorStyle: column.list === 'units' ? 'warning' : 'stop',
    errorTitle: column.name,
    error: column.list === 'units' ? '不在单位目录中，请核对名称' : '请从列表中选择',
    ...told,
  }
}

function writeGuide(
  sheet: excel.Worksheet,
  columns: readonly TemplateColumn[],
  { name, code, only }: TemplateDistrict,
): void {
  sheet.columns = [{ width: 18 }, { width: 8 }, { width: 56 }, { width: 48 }, { width: 44 }].map(each => ({
    ...each,
    style: { numFmt: '@', alignment: { wrapText: true, vertical: 'top' } },
  }))
  const title = only
    ? `${name}（${code}）${only.code} ${only.name} 普查模板`
    : `${name}（${code}）部件普查模板`
  sheet.addRow([title]).font = { bold: true, size: 14 }
  sheet.addRow([
    '本页与隐藏的选项页不会被读取，不必删除。一行一件部件，填在第一张表中；面状、线状部件请用该类别的模板或 Shapefile。',
  ])
  sheet.addRow(['严禁填写涉密信息。'])
  sheet.addRow([])
  sheet.addRow(['列', '必填', '怎么填', 'How', '示例']).font = { bold: true }
  for (const column of columns)
    sheet.addRow([column.name, column.need ? '是' : '', column.zh, column.en, column.example])
}

function writeLists(sheet: excel.Worksheet, lists: Record<ListName, readonly string[]>): void {
  const names = Object.keys(lists) as ListName[]
  const longest = Math.max(...names.map(name => lists[name].length))
  sheet.columns = names.map(() => ({ width: 24, style: { numFmt: '@' } }))
  sheet.addRow(names)
  for (let i = 0; i < longest; i++) sheet.addRow(names.map(name => lists[name][i] ?? null))
}
