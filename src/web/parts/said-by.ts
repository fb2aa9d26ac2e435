/** Things the server writes for machines and logs, told to people: who acted, a finding's title, a CRS. Pure. */
import type { Layer } from '../api/deliveries.ts'

/** `account:沈建国` is 沈建国; the command line on the server's own machine is told as such. */
export function actorName(actor: string | null, here: string): string {
  if (!actor) return ''
  const [kind, ...rest] = actor.split(':')
  if (rest.length === 0) return actor
  return kind === 'account' ? rest.join(':') : kind === 'local' ? `${here} ${rest.join(':')}` : actor
}
export const isOwn = (actor: string, accountName: string | undefined): boolean =>
  accountName !== undefined && actor === `account:${accountName}`

/** A finding's sentence before its places are filled, as a title for many of its kind. */
export const plainTitle = (title: string): string =>
  title
    .replace(/[（(][^（(）)]*\{\w+\}[^（(）)]*[）)]/g, '')
    .replace(/[：:][^：:]*\{\w+\}[^：:]*$/, '')
    .replace(/[“"]?\{\w+\}[”"]?/g, '…')
    .replace(/\s+/g, ' ')
    .trim()

/** The coordinate system a file states, short enough for a field; '' where it states none. */
export function crsName(crs: Layer['crs']): string {
  if (crs.kind === 'code') return crs.code
  if (crs.kind === 'none') return ''
  return /^\s*\w+\s*\[\s*"([^"]+)"/.exec(crs.wkt)?.[1] ?? crs.wkt.slice(0, 40)
}
