/** A desk at which workbooks are marked: stored, sent back, opened again as parts, rows and cells. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import excel from 'exceljs'
import type { MarkedFinding } from '../../../../src/domain/survey/marked-lines.ts'
import { writeOwnWorkbook } from '../../../../src/domain/survey/own-workbook/workbook.ts'
import { openXlsx } from '../../../../src/domain/survey/readers/xlsx.ts'
import { openZipParts } from '../../../../src/domain/survey/readers/zip-parts.ts'

const name = '部件.xlsx'

export const finding = (row: number | null, more: Partial<MarkedFinding> = {}): MarkedFinding => ({
  code: 'class.unknown',
  file: `${name}/部件`,
  row,
  field: row === null ? null : '名称',
  value: '路登',
  detail: {},
  lonLat: null,
  ...more,
})

/** What the types of a workbook's parts say at the least. */
export const types =
  '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'

export async function openDesk() {
  const dir = await mkdtemp(join(tmpdir(), 'wangge-own-'))
  let n = 0
  const stored = async (bytes: Uint8Array) => {
    const path = join(dir, `${++n}.xlsx`)
    await writeFile(path, bytes)
    return { path, name }
  }
  return {
    stored,
    async marked(bytes: Uint8Array, found: MarkedFinding[], lang: 'zh' | 'en' = 'zh') {
      const file = await stored(bytes)
      const path = join(dir, `${n}-marked.xlsx`)
      const own = await writeOwnWorkbook({ file, found, lang }, path, new AbortController().signal)
      return { file, path, own }
    },
    close: () => rm(dir, { recursive: true }),
  }
}

export async function textsOf(path: string): Promise<Record<string, string>> {
  await using parts = await openZipParts({ path, name })
  const texts: Record<string, string> = {}
  for (const part of parts.names) {
    const chunks: Buffer[] = []
    for await (const chunk of parts.bytes(part)) chunks.push(chunk)
    texts[part] = Buffer.concat(chunks).toString()
  }
  return texts
}

/** As the intake reads them, with what the reader finds. */
export async function rowsOf(path: string): Promise<unknown[]> {
  const { layers } = await openXlsx({ path, name }, {})
  const rows: unknown[] = []
  for (const layer of layers)
    for await (const batch of layer.rows())
      rows.push(
        ...batch.map(({ row, values, findings }) => [
          layer.name,
          row,
          values,
          findings?.map(({ code }) => code),
        ]),
      )
  return rows
}

export async function opened(path: string): Promise<excel.Workbook> {
  const book = new excel.Workbook()
  await book.xlsx.readFile(path)
  return book
}
