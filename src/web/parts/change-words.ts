/** What a change says to people: a field's name, a value, how far a thing moved. Pure. */
import { distanceM } from '../../../gis/measure.ts'
import type { Change, Shape } from '../api/changes.ts'
import type { LonLat } from '../api/districts.ts'

/** Fields of the registry that are called otherwise in a mapping. */
const called: Record<string, string> = {
  class: 'className',
  competent: 'competentName',
  owner: 'ownerName',
  maintainer: 'maintainerName',
}
/** The name under which a mapping knows a field; the field itself where a file brought it along. */
export const fieldKey = (field: string): string => `field.${called[field] ?? field}`

/** A value as text; '' for none. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  if (typeof value === 'object') return JSON.stringify(value)
  const text = String(value)
  return /^\d{4}-\d{2}-\d{2}T/.test(text) ? text.slice(0, 10) : text
}

/** Where a thing is pointed at: its point, or the middle vertex of its first line or ring. */
export function anchorOf({ type, coordinates }: Shape): LonLat {
  let at: unknown = coordinates
  if (type === 'Point') return at as LonLat
  while (Array.isArray(at) && Array.isArray(at[0]) && Array.isArray(at[0][0])) at = at[0]
  const line = at as LonLat[]
  return line[Math.floor(line.length / 2)]!
}

/** How far a point moved, in metres as text; null where it stayed, or where a line or area changed its shape. */
export function movedMetres(change: Pick<Change, 'geometry' | 'formerGeometry'>): string | null {
  const { geometry, formerGeometry } = change
  if (!formerGeometry || geometry.type !== 'Point' || formerGeometry.type !== 'Point') return null
  const m = distanceM(anchorOf(formerGeometry), anchorOf(geometry))
  return m < 0.01
    ? '< 0.01'
    : m < 10
      ? m.toFixed(2)
      : m < 100
        ? m.toFixed(1)
        : Math.round(m).toLocaleString('en-US')
}
