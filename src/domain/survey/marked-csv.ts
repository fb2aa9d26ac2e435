/**
 * A delivered CSV sent back as it came, in UTF-8 with a byte order mark: the same columns in the same order between the
 * same marks, and behind them what is wrong with each row. Where lines are no longer counted as in the file (it had blank
 * ones), also the line a row stood on. Mended, it is read again as what was delivered (readers/marked-columns.ts).
 *
 *   标识码,部件名称,经度,纬度              标识码,部件名称,经度,纬度,问题〔网格〕
 *   3205…0001,路登,120.6,31.3       ->     3205…0001,路登,120.6,31.3,类别代码 0118 与名称“路登”不一致；…
 *
 * A row of too few cells gets empty ones; of one with too many the rest stands behind the problem. Streams.
 */
import { CSV_BEGINS, csvLine, guarded, unguarded } from './csv-text.ts'
import { FileFault, remedy, sentence } from './findings.ts'
import type { Found } from './marked-found.ts'
import type { MarkedFinding } from './marked-lines.ts'
import type { MarkedInput } from './marked-sheets.ts'
import { breaksIn, type Line, openRecords } from './readers/csv.ts'
import { markedName, markedTable } from './readers/marked-columns.ts'
import { openText } from './readers/text-file.ts'
import type { UnpackedFile } from './readers/unzip.ts'

const words = {
  zh: { whole: '整个文件：', between: '；' },
  en: { whole: 'The whole file: ', between: '; ' },
} as const

interface MarkedCsv {
  file: UnpackedFile
  encoding: string | undefined
  found: Found
  lang: MarkedInput['lang']
}

export async function* markedCsv({ file, encoding, found, lang }: MarkedCsv): AsyncGenerator<string> {
  const foundAt = (row: number | null) => said(found.take(file.name, row), lang)
  yield CSV_BEGINS
  try {
    const { delimiter, records } = await openRecords(await openText(file, encoding))
    const numbered = await isRenumbered(records())
    let toLine: ((line: Line, problem: string) => string) | null = null
    let rowless = foundAt(null)
    for await (const batch of records()) {
      let lines = ''
      for (const line of batch) {
        if (toLine === null) {
          toLine = lineMaker(line, { delimiter, numbered, lang })
          lines += toLine(line, markedName('problem', lang))
          continue
        }
        const problems = [rowless && `${words[lang].whole}${rowless}`, foundAt(line.row)]
        rowless = ''
        lines += toLine(line, problems.filter(Boolean).join(words[lang].between))
      }
      yield lines
    }
    // a table without rows has one that says so
    if (rowless && toLine) yield toLine({ values: [], row: 0 }, `${words[lang].whole}${rowless}`)
  } catch (error) {
    // the load found it too
    if (!(error instanceof FileFault)) throw error
    yield csvLine([markedName('problem', lang)], ',')
    yield csvLine([guarded(said([error.finding], lang))], ',')
  }
}

/** How lines of a table are written, by its first line. */
function lineMaker(
  header: Line,
  { delimiter, numbered, lang }: { delimiter: string; numbered: boolean; lang: MarkedInput['lang'] },
): (line: Line, problem: string) => string {
  const width = header.values.length
  const names = header.values.map(name => name.trim())
  const marked = markedTable(names)
  const own = marked?.own ?? names.map((_, n) => n)
  const cell = (text = ''): string => guarded(marked ? unguarded(text) : text)
  return (line, problem) => {
    const values = [...line.values]
    // what opened and never closed stands as it stood
    if (line.broken !== undefined) values[line.broken] = `"${values[line.broken] ?? ''}`
    const number = line === header ? markedName('row', lang) : line.row === 0 ? '' : String(line.row)
    return csvLine(
      [
        ...own.map(n => cell(values[n])),
        ...(numbered ? [number] : []),
        line === header ? problem : guarded(problem),
        ...values.slice(width).map(cell),
      ],
      delimiter,
    )
  }
}

/** Whether a line written for each record would have another number than the record. */
async function isRenumbered(records: AsyncIterable<Line[]>): Promise<boolean> {
  let at = 1
  for await (const batch of records)
    for (const { row, values } of batch) {
      if (row !== at) return true
      at += 1 + breaksIn(values)
    }
  return false
}

/** In one line: a break in a cell would number the lines below anew. */
const said = (found: readonly MarkedFinding[], lang: MarkedInput['lang']): string =>
  found
    .map(
      each =>
        `${sentence(each, lang)}${lang === 'zh' ? '（' : ' ('}${remedy(each, lang)}${lang === 'zh' ? '）' : ')'}`,
    )
    .join(words[lang].between)
    .replace(/\s*[\r\n]+\s*/g, ' ')
