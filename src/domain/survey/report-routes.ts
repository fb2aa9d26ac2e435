/** The doors by which a contractor takes the report home: the marked workbook, their own CSV marked, and all findings as a file. */
import { z } from 'zod'
import { problem } from '../../core/problem.ts'
import { type Call, type Endpoint, endpoint, raw } from '../../http/endpoint.ts'
import { type ExportFormat, exportFindings, exportFormats } from './findings-export.ts'
import type { LoadHouse } from './loading.ts'
import type { Looks } from './looking.ts'
import { markedReport } from './marked-report.ts'
import { isTextTable, workbookOfSheet } from './readers/formats.ts'
import type { Delivery } from './schema.ts'

const CSV = 'text/csv; charset=utf-8'
const ZIP = 'application/zip'
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

export interface ReportHouse extends LoadHouse {
  /** The delivery, if it is of the caller's districts. */
  own(call: Call, id: string): Promise<Delivery>
  looks: Looks
}

export const reportRoutes = (house: ReportHouse): Endpoint[] => [
  endpoint({
    method: 'get',
    path: '/api/deliveries/:id/marked.xlsx',
    right: 'survey.read',
    summary:
      'A delivered workbook as it came, with what is wrong tinted, commented and in a last column; other deliveries, and those of several files where `file` does not say which, as a workbook of all their rows',
    params: z.strictObject({ id: z.uuid() }),
    query: z.strictObject({ file: z.string().min(1).max(500).optional() }),
    answer: { bytes: XLSX },
    async run({ params, query }, call) {
      const delivery = await house.own(call, params.id)
      const file = workbookOf(delivery, query.file)
      const leave = house.looks.enter(call.principal.actor)
      return raw({
        headers: {
          'content-type': XLSX,
          'content-disposition': attachment(delivery, 'xlsx', file && withoutMacros(file)),
        },
        body: markedReport(house, delivery, { kind: 'xlsx', file }, call.lang, call.signal).once(
          'close',
          leave,
        ),
      })
    },
  }),
  endpoint({
    method: 'get',
    path: '/api/deliveries/:id/marked.csv',
    right: 'survey.read',
    summary:
      'A delivered CSV as it came, in UTF-8, with what is wrong in a last column; `file` says which where there are several',
    params: z.strictObject({ id: z.uuid() }),
    query: z.strictObject({ file: z.string().min(1).max(500).optional() }),
    answer: { bytes: CSV },
    async run({ params, query }, call) {
      const delivery = await house.own(call, params.id)
      const file = oneOf(tablesOf(delivery), query.file)
      const leave = house.looks.enter(call.principal.actor)
      return raw({
        headers: { 'content-type': CSV, 'content-disposition': attachment(delivery, 'csv', file) },
        body: markedReport(house, delivery, { kind: 'csv', file }, call.lang, call.signal).once(
          'close',
          leave,
        ),
      })
    },
  }),
  endpoint({
    method: 'get',
    path: '/api/deliveries/:id/marked-csv.zip',
    right: 'survey.read',
    summary: 'All delivered CSVs as `marked.csv` gives them, by their own names',
    params: z.strictObject({ id: z.uuid() }),
    answer: { bytes: ZIP },
    async run({ params }, call) {
      const delivery = await house.own(call, params.id)
      const files = tablesOf(delivery)
      const leave = house.looks.enter(call.principal.actor)
      return raw({
        headers: { 'content-type': ZIP, 'content-disposition': attachment(delivery, 'zip') },
        body: markedReport(house, delivery, { kind: 'zip', files }, call.lang, call.signal).once(
          'close',
          leave,
        ),
      })
    },
  }),
  ...(Object.keys(exportFormats) as ExportFormat[]).map(format =>
    endpoint({
      method: 'get',
      path: `/api/deliveries/:id/findings.${format}`,
      right: 'survey.read',
      summary: `All findings of a delivery as ${format}`,
      params: z.strictObject({ id: z.uuid() }),
      answer: { bytes: exportFormats[format] },
      async run({ params }, call) {
        const delivery = await house.own(call, params.id)
        return raw({
          headers: {
            'content-type': exportFormats[format],
            'content-disposition': attachment(delivery, format),
          },
          body: exportFindings(house.db, delivery, format, call.lang),
        })
      },
    }),
  ),
]

/** Files of a delivery that are tables of text. @throws report.no-csv */
function tablesOf({ no, files }: Delivery): string[] {
  const tables = files.map(file => file.name).filter(isTextTable)
  if (tables.length === 0) throw problem('report.no-csv', { no })
  return tables
}

/**
 * The workbook that goes back as it came: the one asked for, or the only file that has rows.
 * @throws file.missing
 */
function workbookOf({ files }: Delivery, asked: string | undefined): string | undefined {
  const books = [...new Set(files.map(file => workbookOfSheet(file.name)))]
  if (asked !== undefined && !books.includes(asked)) throw problem('file.missing', { file: asked })
  return asked ?? (books.length === 1 ? (books[0] ?? undefined) : undefined)
}

/** What goes back runs nothing, and must not say that it does. */
const withoutMacros = (name: string): string => name.replace(/\.xlsm$/i, '.xlsx')

/** @throws file.missing, report.which-csv */
function oneOf(tables: readonly string[], asked: string | undefined): string {
  if (asked !== undefined && !tables.includes(asked)) throw problem('file.missing', { file: asked })
  if (asked === undefined && tables.length > 1)
    throw problem('report.which-csv', { files: tables.join(', ') })
  return asked ?? tables[0]!
}

/**
 * A file name by the delivery's number: what the contractor named it is not repeated in a header as it stands. Their own
 * table keeps its name, by which its rows are known again, in an encoding that nothing breaks out of.
 */
function attachment({ district, no }: Delivery, ending: string, own?: string): string {
  const named =
    own === undefined ? '' : `; filename*=UTF-8''${percented(own.slice(own.lastIndexOf('/') + 1))}`
  return `attachment; filename="${district}-${no}.${ending}"${named}`
}
/** RFC 8187: encodeURIComponent leaves marks that have a meaning there. */
const percented = (name: string): string =>
  encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    mark => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
