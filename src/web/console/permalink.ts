/**
 * What a link to the map holds, and how it is written. Pure.
 *
 *   at=120.60123,31.21934,16.50,1080   centre, zoom, and how wide the map was in px; absent: the district as a whole
 *   off=0101,0102 or on=0103      classes switched off, or the few that are on: whichever is shorter
 *   hide=320506001                grids switched off, as few codes as cover them
 *   unit=ID  in=CODE  sel=ID      one unit, the chosen grid, the open component
 *   lang=en                       only where it is not Chinese
 */
import type { LonLat } from '../api/districts.ts'

export interface Link {
  at: { centre: LonLat; zoom: number; width: number | null } | null
  off: string[]
  on: string[] | null
  hide: string[]
  unit: string | null
  chosen: string | null
  selected: string | null
  language: 'en' | 'zh-CN' | null
  district: string | null
}
export type LinkQuery = Record<string, string>

const list = (text: string | undefined): string[] => (text ? text.split(',').filter(Boolean) : [])

/** Reads a query; anything that makes no sense is left out, a link never breaks a page. */
export function readLink(query: Record<string, unknown>): Link {
  const get = (key: string): string | undefined => (typeof query[key] === 'string' ? query[key] : undefined)
  const [lon = Number.NaN, lat = Number.NaN, zoom = Number.NaN, width = Number.NaN] = (get('at') ?? '')
    .split(',')
    .map(part => (part === '' ? Number.NaN : Number(part)))
  const sound = Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 24
  const language = get('lang')
  return {
    at: sound ? { centre: [lon, lat], zoom, width: width >= 1 && width < 1e5 ? width : null } : null,
    off: list(get('off')),
    on: get('on') === undefined ? null : list(get('on')),
    hide: list(get('hide')),
    unit: get('unit') || null,
    chosen: get('in') || null,
    selected: get('sel') || null,
    language: language === 'en' ? 'en' : language === 'zh' ? 'zh-CN' : null,
    district: get('d') || null,
  }
}

/** Writes a query; what is as usual is left out. Reading it again gives the same link. */
export function writeLink(link: Link): LinkQuery {
  const query: LinkQuery = {}
  if (link.at) {
    const { centre, zoom, width } = link.at
    const parts = [centre[0].toFixed(6), centre[1].toFixed(6), zoom.toFixed(2)]
    query.at = [...parts, ...(width ? [width.toFixed(0)] : [])].join(',')
  }
  if (link.on) query.on = link.on.join(',')
  else if (link.off.length > 0) query.off = link.off.join(',')
  if (link.hide.length > 0) query.hide = link.hide.join(',')
  if (link.unit) query.unit = link.unit
  if (link.chosen) query.in = link.chosen
  if (link.selected) query.sel = link.selected
  if (link.language === 'en') query.lang = 'en'
  if (link.district) query.d = link.district
  return query
}

/** The shorter way to name a choice of classes. */
export function namedClasses(all: readonly string[], off: ReadonlySet<string>): Pick<Link, 'off' | 'on'> {
  const hidden = all.filter(code => off.has(code))
  const shown = all.filter(code => !off.has(code))
  return hidden.length > shown.length ? { off: [], on: shown } : { off: hidden, on: null }
}
