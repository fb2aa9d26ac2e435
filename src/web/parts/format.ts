/** How numbers, times and places are written. Pure; the same in both languages unless said. */
import type { LonLat } from '../api/districts.ts'

/** A sentence's first letter; Chinese has none and stays. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** 231,000 */
export const count = (n: number): string => Math.round(n).toLocaleString('en-US')

const two = (n: number): string => String(n).padStart(2, '0')
/** 12:08:31 in the time of this machine */
export function clock(at: Date): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}
/** 2026-11-23 in the time of this machine */
export const day = (at: Date): string => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`

/** An ISO time as 2026-11-23 12:08:31; what is no time stays as it is. */
export function moment(iso: string | null): string {
  if (!iso) return ''
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? iso : `${day(at)} ${clock(at)}`
}
/** A moment without its date where that is today. */
export function shortMoment(iso: string | null, now = new Date()): string {
  const text = moment(iso)
  return text.startsWith(day(now)) ? text.slice(11) : text.slice(0, 16)
}

/** 120.632145, 31.263871: six decimals are a decimetre. */
export const position = ([lon, lat]: LonLat): string => `${lon.toFixed(6)}, ${lat.toFixed(6)}`

/** 0.86, 12.4, 1,204 ha without the unit */
export function hectares(areaM2: number): string {
  const ha = areaM2 / 10_000
  return ha < 10 ? ha.toFixed(2) : ha < 100 ? ha.toFixed(1) : count(ha)
}

/** 812 B, 46.0 MB */
export function bytes(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let i = 0
  let size = n
  while (size >= 1000 && i < units.length - 1) {
    size /= 1000
    i++
  }
  return `${i === 0 ? size : size.toFixed(1)} ${units[i]}`
}

/** How long something still takes: the words' key and their number. */
export const timeLeft = (seconds: number): [key: string, places: { n: number }] =>
  seconds < 60
    ? ['sending.left_s', { n: Math.max(1, Math.ceil(seconds)) }]
    : seconds < 3600
      ? ['sending.left_min', { n: Math.ceil(seconds / 60) }]
      : ['sending.left_h', { n: Math.round(seconds / 360) / 10 }]

/**
 * A component code cut where its class stands, so that people can read it out: county, class, serial.
 * The groups joined are the code; one whose class is not in its place stays whole.
 */
export function codeGroups(code: string, classCode: string): string[] {
  const end = 6 + classCode.length
  if (classCode === '' || code.slice(6, end) !== classCode || end >= code.length) return [code]
  return [code.slice(0, 6), classCode, code.slice(end)]
}

/** A round length that fits into `maxPx`, and its width: for the scale bar. */
export function scaleBar(
  metresPerPixel: number,
  maxPx: number,
): { metres: number; px: number; text: string } {
  const most = metresPerPixel * maxPx
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = ([5, 2, 1].find(step => step * power <= most) ?? 1) * power
  const text =
    metres >= 1000 ? `${metres / 1000} km` : metres >= 1 ? `${metres} m` : `${Math.round(metres * 100)} cm`
  return { metres, px: metres / metresPerPixel, text }
}
