/**
 * What of a delivery's findings is on the screen, and how a link holds it. Pure.
 *
 *   severity=error  code=date.invalid (code=all: one by one)  file=…  class=0118  q=…  box=w,s,e,n
 *   no=17       the chosen one          at=120.60123,31.21934,16.50      where the map looks
 */

import type { Bbox, LonLat } from '../api/districts.ts'
import type { FindingFilter } from '../api/findings.ts'

/** Instead of a code: all of them, one by one and not by groups. */
export const ALL = 'all'

export interface FindingView extends FindingFilter {
  /** Whether findings are listed; else their groups. */
  listed: boolean
  chosen: number | null
  at: { centre: LonLat; zoom: number } | null
}

const numbers = (text: unknown, count: number): number[] | null => {
  if (typeof text !== 'string') return null
  const parts = text.split(',').map(part => (part.trim() === '' ? Number.NaN : Number(part)))
  return parts.length === count && parts.every(Number.isFinite) ? parts : null
}

/** Reads a query; what makes no sense is left out. */
export function readFindingView(query: Record<string, unknown>): FindingView {
  const get = (key: string, most: number): string | null => {
    const value = query[key]
    return typeof value === 'string' && value !== '' && value.length <= most ? value : null
  }
  const severity = get('severity', 10)
  const code = get('code', 60)
  const box = numbers(query.box, 4) as Bbox | null
  const at = numbers(query.at, 3)
  const no = Number(get('no', 10) ?? Number.NaN)
  const sound = at && Math.abs(at[0]!) <= 180 && Math.abs(at[1]!) <= 85 && at[2]! >= 0 && at[2]! <= 24
  return {
    severity: severity === 'error' || severity === 'warning' ? severity : null,
    code: code === ALL ? null : code,
    listed: code !== null,
    file: get('file', 500),
    class: get('class', 40),
    text: get('q', 100) ?? '',
    box: box && box[0] <= box[2] && box[1] <= box[3] ? box : null,
    chosen: Number.isInteger(no) && no > 0 ? no : null,
    at: sound ? { centre: [at[0]!, at[1]!], zoom: at[2]! } : null,
  }
}

/** Writes a query; what is as usual is left out. Reading it again gives the same view. */
export function writeFindingView(view: FindingView): Record<string, string> {
  const query: Record<string, string> = {}
  if (view.severity) query.severity = view.severity
  if (view.listed) query.code = view.code ?? ALL
  if (view.file) query.file = view.file
  if (view.class) query.class = view.class
  if (view.text.trim()) query.q = view.text.trim()
  if (view.box) query.box = view.box.map(side => String(Number(side.toFixed(7)))).join()
  if (view.chosen !== null) query.no = String(view.chosen)
  if (view.at)
    query.at = [view.at.centre[0].toFixed(6), view.at.centre[1].toFixed(6), view.at.zoom.toFixed(2)].join()
  return query
}

export const filterOf = ({
  severity,
  code,
  file,
  class: ofClass,
  text,
  box,
}: FindingView): FindingFilter => ({
  severity,
  code,
  file,
  class: ofClass,
  text,
  box,
})

/** How many parts of the filter are set beside the code. */
export const partsSet = (view: FindingView): number =>
  [view.severity, view.file, view.class, view.text.trim(), view.box].filter(Boolean).length
