/**
 * The ledger of findings of one delivery: numbered, counted by code, written by COPY as they come, none
 * left out.
 */
import { copyWriter } from '../../core/copy.ts'
import type { Queryable } from '../../core/db.ts'
import type { RuleSeverity } from './check-rules.ts'
import { type Finding, type FindingCode, leavesUnread, type Severity, severityOf } from './findings.ts'
import type { SourceLayer } from './readers/source.ts'
import type { FindingSummary } from './schema.ts'

const COLUMNS = [
  'district',
  'delivery_no',
  'no',
  'code',
  'severity',
  'file',
  'row_no',
  'field',
  'value',
  'detail',
  'lon',
  'lat',
  'class',
]
const AT_ONCE = 4_000

export type Sheetlike = Pick<SourceLayer, 'file' | 'fields' | 'sheet'>

export interface Ledger {
  /** Tells which layers are sheets of a workbook: what is found in them is then said by sheet and cell. */
  know(layers: readonly Sheetlike[]): void
  add(findings: readonly Finding[]): Promise<void>
  /** Whether something was found that leaves rows unread. */
  readonly unread: boolean
  /** How many are errors. */
  readonly errors: number
  /** Writes what is still held, and counts. */
  close(): Promise<FindingSummary>
}

/** @param takenAs how the district takes a finding; those it wants nothing said of are not kept */
export function openLedger(
  db: Queryable,
  delivery: { district: string; no: number },
  { after = 0, takenAs = severityOf as (code: FindingCode) => RuleSeverity } = {},
): Ledger {
  const counts = new Map<FindingCode, number>()
  const out = copyWriter()
  let no = after
  const flush = async () => {
    if (out.rows > 0) await db.copyIn('finding', COLUMNS, [out.take()])
  }
  const sheets = new Map<string, Sheetlike>()
  let unread = false
  let errors = 0
  return {
    get unread() {
      return unread
    },
    get errors() {
      return errors
    },
    know(layers) {
      for (const layer of layers) if (layer.sheet) sheets.set(layer.file, layer)
    },
    async add(findings) {
      for (const finding of findings) {
        unread ||= leavesUnread(finding)
        const severity = takenAs(finding.code)
        if (severity === 'off') continue
        if (severity === 'error') errors++
        counts.set(finding.code, (counts.get(finding.code) ?? 0) + 1)
        out.row(COLUMNS.length)
        out.text(delivery.district)
        out.int4(delivery.no)
        out.int4(++no)
        out.text(finding.code)
        out.text(severity)
        out.text(finding.file)
        out.int4(finding.row)
        out.text(storable(finding.field))
        out.text(storable(finding.value?.slice(0, 200) ?? null))
        out.jsonb(storableDetail({ ...cellOf(finding, sheets.get(finding.file)), ...finding.detail }))
        out.float8(finding.lonLat?.[0] ?? null)
        out.float8(finding.lonLat?.[1] ?? null)
        out.text(finding.class ?? null)
        if (out.rows >= AT_ONCE) await flush()
      }
    },
    async close() {
      await flush()
      const byCode = [...counts].map(([code, count]) => ({
        code,
        severity: takenAs(code) as Severity,
        count,
      }))
      byCode.sort(
        (a, b) => a.severity.localeCompare(b.severity) || b.count - a.count || a.code.localeCompare(b.code),
      )
      const sum = (severity: string) =>
        byCode.reduce((n, each) => n + (each.severity === severity ? each.count : 0), 0)
      return { errors: sum('error'), warnings: sum('warning'), byCode }
    },
  }
}

/** The sheet, and the cell where row and column are known: `C17`, or `C17, D17` where a position stands in two. */
function cellOf({ row, field }: Finding, layer: Sheetlike | undefined): Finding['detail'] {
  if (!layer?.sheet) return {}
  const { name: sheet, columns } = layer.sheet
  const columnOf = (name: string) => columns[layer.fields.findIndex(each => each.name === name)]
  if (row === null || field === null) return { sheet }
  const whole = columnOf(field)
  const named = whole === undefined ? field.split(', ').map(columnOf) : [whole]
  return named.includes(undefined)
    ? { sheet }
    : { sheet, cell: named.map(each => `${each}${row}`).join(', ') }
}

/** PostgreSQL's text holds no NUL; a delivered one is shown as its symbol. */
const storable = (text: string | null): string | null =>
  text?.replaceAll('\0', '\u2400').toWellFormed() ?? null
const storableDetail = (detail: Finding['detail']): Finding['detail'] | null => {
  const entries = Object.entries(detail)
  if (entries.length === 0) return null
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'string' ? storable(value)! : value]),
  )
}
