/** What the command line prints: plain lines for people, one JSON document with --json. */
import { words } from '../core/problem.ts'
import type { Delivery } from '../domain/survey/schema.ts'
import { word } from './words.ts'

export const figures = (n: number): string => n.toLocaleString('en-US')

/** One line that overwrites itself on a terminal, and says nothing elsewhere. */
export function progressLine(text: string | null): void {
  if (!process.stderr.isTTY) return
  process.stderr.write(
    text === null ? '\r\x1b[K' : `\r\x1b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`,
  )
}

/** `[#########---------] 48 %  112,000 of 231,000  indexing` */
export function progressText(progress: Delivery['progress'], label: string): string {
  const { phase = '', rowsRead = 0, rowsTotal = null } = progress
  if (rowsTotal === null || rowsTotal === 0) return `${label}  ${figures(rowsRead)}  ${phase}`
  const share = Math.min(1, rowsRead / rowsTotal)
  const bar = '#'.repeat(Math.round(share * 24)).padEnd(24, '-')
  return `${label}  [${bar}] ${Math.round(share * 100)} %  ${figures(rowsRead)} / ${figures(rowsTotal)}  ${phase}`
}

export interface ShownFinding {
  no: number
  code: string
  severity: string
  file: string
  row: number | null
  field: string | null
  value: string | null
  /** In a workbook the sheet, and the cell where it is one. */
  detail: { sheet?: string; cell?: string }
  message: string
  remedy: string
}

/** `sheet 部件, cell C17`; null outside a workbook. */
export function placeInBook({ detail: { sheet, cell } }: ShownFinding): string | null {
  if (sheet === undefined) return null
  const where = word(`工作表 ${sheet}`, `sheet ${sheet}`)
  return cell === undefined ? where : word(`${where} ${cell}`, `${where}, cell ${cell}`)
}

export const stateWord = (state: Delivery['state']): string =>
  word(words['delivery.state']?.state?.[state] ?? state, state)

export type ReportedDelivery = Delivery & {
  findings: { byCode: { title: string }[] }
}

export function deliveryLines(delivery: ReportedDelivery, samples: readonly ShownFinding[]): string[] {
  const { counts, files, findings, version } = delivery
  const published = version ? word(`（登记册第 ${version} 版）`, ` (registry version ${version})`) : ''
  const [added, changed, unchanged] = [counts.added, counts.changed, counts.unchanged].map(figures)
  const compared = delivery.state === 'published' && delivery.options.compare
  const state = compared
    ? word('已与现有网格比对，没有改变任何内容', 'compared with the grids that hold, nothing changed')
    : stateWord(delivery.state)
  const same = word(`（一致 ${unchanged}）`, ` (the same: ${unchanged})`)
  const lines = [
    `#${delivery.no} ${delivery.name}: ${state}${published}`,
    compared
      ? `  ${taken(counts)}${same}`
      : `  ${taken(counts)}` +
        word(
          `（新增 ${added}，变更 ${changed}，未变 ${unchanged}）`,
          ` (added ${added}, changed ${changed}, unchanged ${unchanged})`,
        ),
  ]
  if (counts.missing > 0) lines.push(missingLine(delivery, figures(counts.missing)))
  if (files.length > 1 || files.some(file => file.refused > 0))
    for (const file of files) lines.push(`  ${file.name}: ${taken(file)}`)
  const [errors, warnings] = [figures(findings.errors), figures(findings.warnings)]
  if (findings.errors + findings.warnings > 0)
    lines.push(
      word(`  问题：错误 ${errors}，提醒 ${warnings}`, `  findings: ${errors} errors, ${warnings} warnings`),
    )
  for (const { severity, count, code, title } of findings.byCode)
    lines.push(`    ${severityWord(severity)}  ${figures(count).padStart(9)}  ${code}  ${title}`)
  for (const finding of samples) lines.push(...findingLines(finding))
  if (samples.length > 0)
    lines.push(
      word(`  全部问题：wangge findings ${delivery.no}`, `  all findings: wangge findings ${delivery.no}`),
    )
  return lines
}

/** What is missing from a full delivery, and while it waits how to decide. */
function missingLine({ no, state }: ReportedDelivery, n: string): string {
  if (state !== 'checked') return word(`  缺失 ${n} 个部件`, `  ${n} components were missing`)
  return word(
    `  缺失 ${n} 个部件，未决定的保留：wangge changes ${no}，wangge removals ${no} end`,
    `  ${n} components are missing; undecided ones stay: wangge changes ${no}, wangge removals ${no} end`,
  )
}

const severityWord = (severity: string): string =>
  word(severity === 'error' ? '错误' : '提醒', severity.padEnd(7))

function taken(counts: { read: number; accepted: number; refused: number }): string {
  const [read, accepted, refused] = [counts.read, counts.accepted, counts.refused].map(figures)
  return word(
    `读取 ${read}，接收 ${accepted}，未收 ${refused}`,
    `read ${read}, accepted ${accepted}, refused ${refused}`,
  )
}

function findingLines(finding: ShownFinding): string[] {
  const { code, file, row, field, value, message, remedy } = finding
  const line = row === null ? null : word(`第 ${row} 行`, `row ${row}`)
  const at = [file, line, placeInBook(finding), field].filter(part => part !== null).join(', ')
  return [`  ${code}: ${at}${value === null ? '' : ` = ${value}`}`, `      ${message}`, `      ${remedy}`]
}
