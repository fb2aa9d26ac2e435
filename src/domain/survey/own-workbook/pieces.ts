/**
 * XML as the pieces it is written in, so that a few can be changed and all others leave as they came:
 *
 *   <row r="3"> <c r="A3" t="s"> <v> 12 </v> </c> ...      tags, each by itself, and what stands between them
 */
import { corrupt } from '../readers/file-bytes.ts'

/** A tag as it stands; `<a/>` both opens and closes. */
export interface Tag {
  /** Without its prefix. */
  name: string
  prefix: string
  raw: string
  opens: boolean
  closes: boolean
}

/** Told of every piece in its order; what it returns stands in its place. `tag` is null between tags. */
export type Rewriter = (raw: string, tag: Tag | null) => string

const piece =
  /<(?:!--[\s\S]*?-->|!\[CDATA\[[\s\S]*?\]\]>|\?[\s\S]*?\?>|(\/?)(?:([^\s<>/:!?]+:))?([^\s<>/:!?]+)(?:[^<>"'/]|\/(?!>)|"[^"]*"|'[^']*')*(\/?)>)/y
/** No piece is longer: Excel keeps 32,767 characters in a cell. */
const LONGEST = 16 << 20

/** Throws FileFault `file.corrupt` where what comes are no pieces. */
export async function* rewritten(
  text: AsyncIterable<string> | Iterable<string>,
  rewrite: Rewriter,
  file: string,
): AsyncGenerator<string> {
  let held = ''
  for await (const chunk of text) {
    held += chunk
    const { made, rest } = asFarAsItGoes(held, rewrite)
    if (rest.length > LONGEST) throw corrupt(file, 'text too long')
    held = rest
    if (made !== '') yield made
  }
  if (held.trim() !== '') throw corrupt(file, `cut at ${held.slice(0, 40)}`)
}

/** All at once, for parts that are small. */
export function rewrittenText(text: string, rewrite: Rewriter, file: string): string {
  const { made, rest } = asFarAsItGoes(text, rewrite)
  if (rest.trim() !== '') throw corrupt(file, `cut at ${rest.slice(0, 40)}`)
  return made
}

function asFarAsItGoes(held: string, rewrite: Rewriter): { made: string; rest: string } {
  let made = ''
  let at = 0
  while (at < held.length) {
    const open = held.indexOf('<', at)
    // what stands between two tags is one piece
    if (open < 0) break
    if (open > at) made += rewrite(held.slice(at, open), null)
    at = open
    piece.lastIndex = open
    const found = piece.exec(held)
    if (!found) break
    at = piece.lastIndex
    const [raw, ends, prefix = '', name, alone] = found
    // it leaves as UTF-8, however it came
    if (raw.startsWith('<?xml ')) made += raw.replace(/(encoding\s*=\s*["'])[^"']*/, '$1UTF-8')
    else made += rewrite(raw, name === undefined ? null : tagOf(raw, { ends, prefix, name, alone }))
  }
  return { made, rest: held.slice(at) }
}

const tagOf = (
  raw: string,
  { ends, prefix, name, alone }: { ends?: string; prefix: string; name: string; alone?: string },
): Tag => ({ name, prefix, raw, opens: ends !== '/', closes: ends === '/' || alone === '/' })

/** An attribute as it is written, references undone. */
export function attributeOf(raw: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(raw)
  const value = found?.[1] ?? found?.[2]
  return value?.includes('&') ? plainText(value) : value
}

/** The tag with an attribute set, or without it where `value` is null. */
export function withAttribute(raw: string, name: string, value: string | number | null): string {
  const bare = raw.replace(new RegExp(`\\s${name}\\s*=\\s*(?:"[^"]*"|'[^']*')`), '')
  if (value === null) return bare
  return bare.replace(/\s*(\/?)>$/, (_, alone) => ` ${name}="${escaped(String(value))}"${alone}>`)
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

export const plainText = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[name.toLowerCase()] ?? whole
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })

/** Text as it stands in a part: without what XML cannot hold, and with `_x0041_` kept as it is. */
export const escaped = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML cannot hold
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
