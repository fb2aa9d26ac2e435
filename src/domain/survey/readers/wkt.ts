/**
 * Well-known text into a geometry and back: POINT to MULTIPOLYGON, any case, Z and M dropped, an SRID= in front
 * passed over. `POINT EMPTY` is no geometry.
 */
import type { Position } from 'geojson'
import type { Geometry } from '../../../../gis/geometry.ts'

/** How deep lists of positions are nested, and the GeoJSON name. */
const types: Record<string, [name: Geometry['type'], depth: number]> = {
  POINT: ['Point', 0],
  LINESTRING: ['LineString', 1],
  POLYGON: ['Polygon', 2],
  MULTIPOINT: ['MultiPoint', 1],
  MULTILINESTRING: ['MultiLineString', 2],
  MULTIPOLYGON: ['MultiPolygon', 3],
}

type Nested = Position | Nested[]

/** The geometry, null when it is empty, undefined when the text is no WKT of ours. */
export function parseWkt(text: string): Geometry | null | undefined {
  const head = /^\s*(?:SRID\s*=\s*\d+\s*;)?\s*([A-Z]+?)\s*(?:ZM|Z|M)?\s*(EMPTY\s*$|\()/i.exec(text)
  const type = types[head?.[1]?.toUpperCase() ?? '']
  if (!head || !type) return undefined
  if (head[2] !== '(') return null
  const [name, depth] = type
  const cursor = { text, at: head[0].length - 1 }
  const coordinates = depth === 0 ? inBrackets(cursor, position) : list(cursor, depth, name === 'MultiPoint')
  if (coordinates === undefined || cursor.text.slice(cursor.at).trim() !== '') return undefined
  return { type: name, coordinates } as Geometry
}

/** A geometry as text, its numbers as they are. */
export function wktText({ type, coordinates }: Geometry): string {
  const nested = (node: unknown[]): string =>
    typeof node[0] === 'number' ? `${node[0]} ${node[1]}` : `(${(node as unknown[][]).map(nested).join(',')})`
  const text = nested(coordinates)
  return `${type.toUpperCase()}${text.startsWith('(') ? text : `(${text})`}`
}

interface Cursor {
  text: string
  at: number
}

/** A bracketed list; at depth 1 of positions, of which a MULTIPOINT may bracket each. */
function list(cursor: Cursor, depth: number, bracketed: boolean): Nested[] | undefined {
  return inBrackets(cursor, () => {
    const items: Nested[] = []
    do {
      const item = depth > 1 ? list(cursor, depth - 1, false) : member(cursor, bracketed)
      if (item === undefined) return undefined
      items.push(item)
    } while (take(cursor, ','))
    return items
  })
}

function member(cursor: Cursor, bracketed: boolean): Position | undefined {
  return bracketed && peek(cursor) === '(' ? inBrackets(cursor, position) : position(cursor)
}

function inBrackets<T>(cursor: Cursor, read: (cursor: Cursor) => T | undefined): T | undefined {
  if (!take(cursor, '(')) return undefined
  const inside = read(cursor)
  return inside !== undefined && take(cursor, ')') ? inside : undefined
}

const numbers = /\s*([^\s,()]+)\s+([^\s,()]+)((?:\s+[^\s,()]+){0,2})/y

function position(cursor: Cursor): Position | undefined {
  numbers.lastIndex = cursor.at
  const found = numbers.exec(cursor.text)
  if (!found) return undefined
  const [x, y] = [Number(found[1]), Number(found[2])]
  if (Number.isNaN(x) || Number.isNaN(y)) return undefined
  cursor.at = numbers.lastIndex
  return [x, y]
}

function peek(cursor: Cursor): string | undefined {
  while (/\s/.test(cursor.text[cursor.at] ?? '')) cursor.at++
  return cursor.text[cursor.at]
}

function take(cursor: Cursor, mark: string): boolean {
  if (peek(cursor) !== mark) return false
  cursor.at++
  return true
}
