/** The codes of an allotment as a list to print: a workbook or CSV, each code as text. */
import { PassThrough, Readable } from 'node:stream'
import excel from 'exceljs'
import { codeAt, type SerialSpace } from './code-ranges.ts'
import { CSV_BEGINS, type CsvCell, csvLines } from './csv-text.ts'

export interface CodeList {
  space: SerialSpace
  first: number
  last: number
  className: string
  crew: string
  firm: string
}

const words = {
  zh: ['序号', '标识码', '部件名称', '作业组', '普查单位', '现场备注'],
  en: ['No', 'Code', 'Class', 'Crew', 'Firm', 'Note'],
} as const
type Lang = keyof typeof words
/** Rows between two breaths. */
const AT_ONCE = 2_000

const rowOf = ({ space, className, crew, firm }: CodeList, serial: number, n: number) => [
  n,
  codeAt(space, serial),
  className,
  crew,
  firm,
  '',
]

export function codesAsCsv(list: CodeList, lang: Lang): Readable {
  return Readable.from(
    (function* () {
      yield CSV_BEGINS + csvLines([words[lang]])
      for (let serial = list.first; serial <= list.last; serial += AT_ONCE) {
        const rows: CsvCell[][] = []
        for (let at = serial; at <= Math.min(list.last, serial + AT_ONCE - 1); at++)
          rows.push(rowOf(list, at, at - list.first + 1))
        yield csvLines(rows, [1])
      }
    })(),
  )
}

export function codesAsWorkbook(list: CodeList, lang: Lang): Readable {
  const out = new PassThrough()
  write(list, lang, out).catch(error => out.destroy(error))
  return out
}

async function write(list: CodeList, lang: Lang, out: PassThrough): Promise<void> {
  const workbook = new excel.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true })
  const sheet = workbook.addWorksheet(lang === 'zh' ? '码段' : 'Codes', {
    views: [{ state: 'frozen', ySplit: 1 }],
    pageSetup: { paperSize: 9, printTitlesRow: '1:1' },
  })
  const widths = [8, 22, 16, 16, 30, 24]
  sheet.columns = widths.map((width, i) => ({ width, style: i === 0 ? {} : { numFmt: '@' } }))
  const head = sheet.addRow([...words[lang]])
  head.font = { bold: true }
  head.commit()
  for (let serial = list.first; serial <= list.last; serial++) {
    sheet.addRow(rowOf(list, serial, serial - list.first + 1)).commit()
    if (serial % AT_ONCE === 0) await new Promise(resolve => setImmediate(resolve))
  }
  sheet.commit()
  await workbook.commit()
}
