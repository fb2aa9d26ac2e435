/** All findings of a delivery as a file: CSV for spreadsheets, GeoJSON for maps, JSON for programs. Streams. */
import { Readable } from 'node:stream'
import type { Db } from '../../core/db.ts'
import { CSV_BEGINS, csvLines } from './csv-text.ts'
import { remedy, sentence } from './findings.ts'
import type { Delivery } from './schema.ts'
import { type FindingFilter, readFindings, type StoredFinding } from './store-findings.ts'

export const exportFormats = {
  csv: 'text/csv; charset=utf-8',
  geojson: 'application/geo+json',
  json: 'application/json',
} as const
export type ExportFormat = keyof typeof exportFormats

const AT_ONCE = 2000

/** @returns UTF-8 text; CSV with a byte order mark, for Excel */
export function exportFindings(
  db: Db,
  delivery: Pick<Delivery, 'district' | 'no'>,
  format: ExportFormat,
  lang: 'zh' | 'en',
): Readable {
  const pages = pagesOf(db, delivery)
  const text = { csv: asCsv, geojson: asGeojson, json: asJson }[format]
  return Readable.from(text(pages, lang))
}

/** Findings of a delivery, all where no filter is given, in portions. */
export async function* pagesOf(
  db: Db,
  delivery: Pick<Delivery, 'district' | 'no'>,
  filter: FindingFilter = {},
): AsyncGenerator<StoredFinding[]> {
  for (let after = 0, read = AT_ONCE; read === AT_ONCE; ) {
    const items = await readFindings(db, delivery, filter, { after, limit: AT_ONCE })
    if (items.length > 0) yield items
    read = items.length
    after = items.at(-1)?.no ?? after
  }
}

const told = (finding: StoredFinding, lang: 'zh' | 'en') => ({
  no: finding.no,
  severity: finding.severity,
  code: finding.code,
  file: finding.file,
  sheet: finding.detail.sheet ?? null,
  cell: finding.detail.cell ?? null,
  row: finding.row,
  field: finding.field,
  value: finding.value,
  message: sentence(finding, lang),
  remedy: remedy(finding, lang),
  class: finding.class,
  lon: finding.lonLat?.[0] ?? null,
  lat: finding.lonLat?.[1] ?? null,
})

const columns = {
  no: ['序号', 'No'],
  severity: ['程度', 'Severity'],
  code: ['代码', 'Code'],
  file: ['文件', 'File'],
  sheet: ['工作表', 'Sheet'],
  cell: ['单元格', 'Cell'],
  row: ['行', 'Row'],
  field: ['字段', 'Field'],
  value: ['值', 'Value'],
  message: ['问题', 'Problem'],
  remedy: ['处理办法', 'What to do'],
  class: ['类别', 'Class'],
  lon: ['经度', 'Longitude'],
  lat: ['纬度', 'Latitude'],
} as const satisfies Record<keyof ReturnType<typeof told>, readonly [zh: string, en: string]>

async function* asCsv(pages: AsyncIterable<StoredFinding[]>, lang: 'zh' | 'en'): AsyncGenerator<string> {
  const names = Object.values(columns).map(([zh, en]) => (lang === 'zh' ? zh : en))
  yield CSV_BEGINS + csvLines([names])
  const keys = Object.keys(columns) as (keyof typeof columns)[]
  for await (const page of pages) {
    const rows = page.map(finding => {
      const row = told(finding, lang)
      return keys.map(key => row[key])
    })
    yield csvLines(rows)
  }
}

async function* asGeojson(pages: AsyncIterable<StoredFinding[]>, lang: 'zh' | 'en'): AsyncGenerator<string> {
  let first = true
  yield '{"type":"FeatureCollection","features":['
  for await (const page of pages) {
    for (const finding of page) {
      const { lon: _lon, lat: _lat, ...properties } = told(finding, lang)
      const geometry = finding.lonLat && { type: 'Point', coordinates: finding.lonLat }
      yield `${first ? '' : ','}\n${JSON.stringify({ type: 'Feature', properties, geometry })}`
      first = false
    }
  }
  yield '\n]}\n'
}

async function* asJson(pages: AsyncIterable<StoredFinding[]>, lang: 'zh' | 'en'): AsyncGenerator<string> {
  let first = true
  yield '['
  for await (const page of pages) {
    for (const finding of page) {
      yield `${first ? '' : ','}\n${JSON.stringify({ ...told(finding, lang), detail: finding.detail })}`
      first = false
    }
  }
  yield '\n]\n'
}
