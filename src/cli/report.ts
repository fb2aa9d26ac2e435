/** What the command line prints: plain lines for people, one JSON document with --json. */
import type { Delivery } from '../domain/survey/schema.ts'

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
  return cell === undefined ? `sheet ${sheet}` : `sheet ${sheet}, cell ${cell}`
}

export function deliveryLines(
  delivery: Delivery & { findings: { byCode: { title: string }[] } },
  samples: readonly ShownFinding[],
): string[] {
  const { counts, findings } = delivery
  const lines = [
    `#${delivery.no} ${delivery.name}: ${delivery.state}${delivery.version ? ` (registry version ${delivery.version})` : ''}`,
    `  read ${figures(counts.read)}, accepted ${figures(counts.accepted)}, refused ${figures(counts.refused)}` +
      ` (added ${figures(counts.added)}, changed ${figures(counts.changed)}, unchanged ${figures(counts.unchanged)})`,
  ]
  if (delivery.files.length > 1 || delivery.files.some(file => file.refused > 0)) {
    for (const file of delivery.files) {
      lines.push(
        `  ${file.name}: read ${figures(file.read)}, accepted ${figures(file.accepted)}, refused ${figures(file.refused)}`,
      )
    }
  }
  if (findings.errors + findings.warnings > 0)
    lines.push(`  findings: ${figures(findings.errors)} errors, ${figures(findings.warnings)} warnings`)
  for (const each of findings.byCode)
    lines.push(`    ${each.severity.padEnd(7)} ${String(each.count).padStart(7)}  ${each.code}`)
  for (const finding of samples) {
    const { file, row, field } = finding
    const at = [file, row === null ? null : `row ${row}`, placeInBook(finding), field]
      .filter(part => part !== null)
      .join(', ')
    lines.push(
      `  ${finding.code}: ${at}${finding.value === null ? '' : ` = ${finding.value}`}`,
      `      ${finding.message}`,
      `      ${finding.remedy}`,
    )
  }
  if (samples.length > 0) lines.push(`  all findings: wangge findings ${delivery.id}`)
  return lines
}
