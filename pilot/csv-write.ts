/** Writes small tables as CSV, in UTF-8 or GB18030. */
import { writeFileSync } from 'node:fs'
import iconv from 'iconv-lite'

export function writeCsv(
  path: string,
  header: readonly string[],
  rows: Iterable<readonly (string | number)[]>,
  encoding: 'utf8' | 'gb18030' = 'utf8',
): number {
  const lines = [header.join(',')]
  for (const row of rows) lines.push(row.map(field).join(','))
  writeFileSync(path, iconv.encode(`${lines.join('\r\n')}\r\n`, encoding))
  return lines.length - 1
}

const field = (value: string | number): string => {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
