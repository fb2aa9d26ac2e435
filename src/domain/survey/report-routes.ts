/** The doors by which a contractor takes the report home: the marked workbook, and all findings as a file. */
import { z } from 'zod'
import { type Call, type Endpoint, endpoint, raw } from '../../http/endpoint.ts'
import { type ExportFormat, exportFindings, exportFormats } from './findings-export.ts'
import type { LoadHouse } from './loading.ts'
import type { Looks } from './looking.ts'
import { markedWorkbook } from './marked-workbook.ts'
import type { Delivery } from './schema.ts'

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
      'The delivery’s own rows as a workbook, with what is wrong tinted, commented and in a last column',
    params: z.strictObject({ id: z.uuid() }),
    answer: { bytes: XLSX },
    async run({ params }, call) {
      const delivery = await house.own(call, params.id)
      const leave = house.looks.enter(call.principal.actor)
      return raw({
        headers: { 'content-type': XLSX, 'content-disposition': attachment(delivery, 'xlsx') },
        body: markedWorkbook(house, delivery, call.lang, call.signal).once('close', leave),
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

/** A file name by the delivery's number: what the contractor named it is not repeated in a header. */
const attachment = ({ district, no }: Delivery, ending: string): string =>
  `attachment; filename="${district}-${no}.${ending}"`
