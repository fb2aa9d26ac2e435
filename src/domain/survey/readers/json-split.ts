/**
 * Cuts the text of a GeoJSON file into its features while it streams past, so that only one feature at
 * a time is parsed and held. What is around the features is kept and parsed at the end:
 *
 *   {"type":"FeatureCollection","crs":{...},"features":[ {...} , {...} ],"name":"x"}
 *   `----------------- envelope ---------------------'[  piece   piece  ]`- envelope -'
 *
 * The cutting follows brackets and strings only; JSON.parse judges each piece and the envelope.
 */
import { corrupt } from './file-bytes.ts'

/** Text of one feature and where it begins, line and column counted from 1. */
export interface Piece {
  text: string
  line: number
  column: number
}

/** Nothing longer is parsed as one: more is no survey feature, and no string of JavaScript either. */
const longest = 1 << 28

/** As far back from its bracket as the key is looked for, blanks included. */
const keyLength = 100

const quote = 0x22
const comma = 0x2c
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d
const isSpace = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

/** What may come next between features, or that one is being gathered. */
type Place = 'envelope' | 'first' | 'element' | 'after' | 'next'

/**
 * Yields the features of the top-level "features" array; returns the envelope, in which that array is empty.
 * Throws FileFault `file.corrupt` with line and column: end too early, something after the end, a
 * comma too many or missing.
 */
export async function* splitFeatures(
  chunks: AsyncIterable<string>,
  file: string,
): AsyncGenerator<Piece, string> {
  let place: Place = 'envelope'
  let envelope = ''
  let gathered = ''
  let depth = 0
  let ended = false
  let inString = false
  let escaped = false
  let line = 1
  let lineStart = 0
  let offset = 0
  let begins = { line: 1, column: 1 }
  const here = (at: number) => `line ${line}, column ${offset + at - lineStart + 1}`
  for await (const chunk of chunks) {
    let from = 0
    for (let at = 0; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at)
      if (inString) {
        if (escaped) escaped = false
        else if (code === backslash) escaped = true
        else if (code === quote) inString = false
        continue
      }
      if (code === 0x0a) {
        line++
        lineStart = offset + at + 1
      }
      if (place === 'first' || place === 'next' || place === 'after') {
        if (isSpace(code)) continue
        if (code === closeBracket && place !== 'next') {
          place = 'envelope'
          depth--
          from = at
        } else if (place === 'after') {
          if (code !== comma) throw corrupt(file, `${here(at)}: a comma is missing`)
          place = 'next'
        } else {
          if (code === comma || code === closeBracket) throw corrupt(file, `${here(at)}: a comma too many`)
          place = 'element'
          begins = { line, column: offset + at - lineStart + 1 }
          from = at
          at--
        }
        continue
      }
      if (ended && !isSpace(code)) throw corrupt(file, `${here(at)}: more text after the end`)
      if (code === quote) inString = true
      else if (code === openBrace || code === openBracket) {
        depth++
        if (code === openBracket && depth === 2 && place === 'envelope') {
          const before = at - from < keyLength ? envelope.slice(-keyLength) : ''
          if (/"features"\s*:\s*\[$/.test(before + chunk.slice(Math.max(from, at - keyLength), at + 1))) {
            envelope += chunk.slice(from, at + 1)
            from = at + 1
            place = 'first'
          }
        }
      } else if (place === 'element' && depth === 2 && (code === comma || code === closeBracket)) {
        // A bare value (null, a number) ends where the next thing begins.
        yield { text: gathered + chunk.slice(from, at), ...begins }
        gathered = ''
        place = 'after'
        at--
      } else if (code === closeBrace || code === closeBracket) {
        depth--
        if (depth < 0) throw corrupt(file, `${here(at)}: a bracket too many`)
        if (place === 'element' && depth === 2) {
          yield { text: gathered + chunk.slice(from, at + 1), ...begins }
          gathered = ''
          place = 'after'
        } else if (depth === 0) ended = true
      }
    }
    if (place === 'envelope') envelope += chunk.slice(from)
    else if (place === 'element') gathered += chunk.slice(from)
    if (envelope.length > longest || gathered.length > longest) throw corrupt(file, `${here(0)}: too long`)
    offset += chunk.length
  }
  if (!ended) throw corrupt(file, `${here(0)}: the end is missing`)
  return envelope
}

/** A number with an exponent of three digits or more, or of hundreds of digits. */
const mayOverflow = /[eE]\+?\d{3}|\d{300}/

/** JSON, with numbers beyond all numbers (1e400) as the text they are, so that nothing takes them for infinity. */
export function parseJson(text: string): unknown {
  if (!mayOverflow.test(text)) return JSON.parse(text)
  const keep = (_: string, value: unknown, { source }: { source?: string } = {}) =>
    value === Infinity || value === -Infinity ? source : value
  return JSON.parse(text, keep)
}

/** Parses one piece. Throws FileFault `file.corrupt` with the place where the piece begins. */
export function parsePiece({ text, line, column }: Piece, row: number, file: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    throw corrupt(file, `feature ${row}, from line ${line}, column ${column}: ${(error as Error).message}`)
  }
}
