/**
 * The styles of a workbook, and those made from them: a cell that is tinted keeps its format, font and border, and only its
 * ground is another. `clean` is a cell as it was before it was tinted the last time.
 *
 *   cellXfs  0 1 2 ... n | what `made` adds, each once
 */
import { corrupt } from '../readers/file-bytes.ts'
import { attributeOf, rewrittenText, withAttribute } from './pieces.ts'

export type Tint = 'error' | 'warning'
export const tintColours: Record<Tint, string> = { error: 'FFF8D7DA', warning: 'FFFFF3CD' }
/** Excel opens no workbook with more. */
const MOST_STYLES = 64_000
/** `@`: what stands there is text. */
const TEXT_FORMAT = 49

export const plainStyles = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>`

export interface Styles {
  /** The style of a cell of style `base`, tinted, or with no tint of ours. */
  made(base: number, tint: Tint | 'clean'): number
  /** Of what is said of a row. */
  said(tint: Tint | null): number
  /** The part with what was made. */
  text(): string
}

/** Throws FileFault `file.corrupt` where it is no list of styles, or holds all that Excel takes. */
export function stylesOf(text: string, file: string): Styles {
  const { xfs, fills } = read(text, file)
  if (xfs.length === 0) throw corrupt(file, 'no styles of cells')
  const ours = fills.map(fill => Object.values(tintColours).some(colour => fill.includes(`"${colour}"`)))
  const added: string[] = []
  const known = new Map<string, number>()
  const p = prefixIn(xfs[0]!)
  const add = (key: string, make: () => string): number => {
    const one = known.get(key)
    if (one !== undefined) return one
    if (xfs.length + added.length >= MOST_STYLES) throw corrupt(file, 'too many styles')
    added.push(make())
    known.set(key, xfs.length + added.length - 1)
    return xfs.length + added.length - 1
  }
  const before = fills.length || FIRST_FILLS.length
  const fillOf = (tint: Tint) => before + Object.keys(tintColours).indexOf(tint)
  const filled = (xf: string, fill: number) => {
    const end = xf.indexOf('>') + 1
    return withAttribute(withAttribute(xf.slice(0, end), 'fillId', fill), 'applyFill', 1) + xf.slice(end)
  }
  return {
    made(base, tint) {
      const xf = xfs[base] ?? xfs[0]!
      if (tint !== 'clean') return add(`${tint} ${base}`, () => filled(xf, fillOf(tint)))
      return ours[Number(attributeOf(xf, 'fillId') ?? 0)] ? add(`clean ${base}`, () => filled(xf, 0)) : base
    },
    said: tint =>
      add(`said ${tint}`, () => {
        const ground = tint === null ? '' : ` applyFill="1"`
        return `<${p}xf numFmtId="${TEXT_FORMAT}" fontId="0" fillId="${tint === null ? 0 : fillOf(tint)}" borderId="0" xfId="0" applyNumberFormat="1"${ground}/>`
      }),
    text: () =>
      added.length === 0 ? text : written(text, { added, fills: fills.length, xfs: xfs.length }, file),
  }
}

function read(text: string, file: string): { xfs: string[]; fills: string[] } {
  const lists: Record<string, string[]> = { cellXfs: [], fills: [] }
  const of: Record<string, string> = { cellXfs: 'xf', fills: 'fill' }
  let list = ''
  rewrittenText(
    text,
    (raw, tag) => {
      if (tag && list === '' && tag.opens && !tag.closes && tag.name in lists) list = tag.name
      else if (tag && tag.name === list) list = ''
      else if (list !== '') {
        const into = lists[list]!
        if (tag?.opens && tag.name === of[list]) into.push(raw)
        else if (into.length > 0) into[into.length - 1] += raw
      }
      return ''
    },
    file,
  )
  return { xfs: lists.cellXfs!, fills: lists.fills! }
}

/** What every list of fills begins with, whatever it says (ECMA-376 part 1 §18.8.21). */
const FIRST_FILLS = ['none', 'gray125']
/** What stands before the list of styles may have no list of fills before it. */
const behindFills = new Set(['borders', 'cellStyleXfs', 'cellXfs'])

interface Longer {
  added: readonly string[]
  fills: number
  xfs: number
}

/** Both lists longer by what was made. */
function written(text: string, { added, fills, xfs }: Longer, file: string): string {
  const colours = Object.values(tintColours)
  const fill = (p: string, inside: string) => `<${p}fill>${inside}</${p}fill>`
  const ours = (p: string) =>
    colours.map(colour =>
      fill(
        p,
        `<${p}patternFill patternType="solid"><${p}fgColor rgb="${colour}"/><${p}bgColor indexed="64"/></${p}patternFill>`,
      ),
    )
  const first = (p: string) => FIRST_FILLS.map(type => fill(p, `<${p}patternFill patternType="${type}"/>`))
  const list = (p: string, all: string[]) => `<${p}fills count="${all.length}">${all.join('')}</${p}fills>`
  let hasFills = fills > 0
  return rewrittenText(
    text,
    (raw, tag) => {
      if (!tag) return raw
      if (!hasFills && tag.opens && behindFills.has(tag.name)) {
        hasFills = true
        return list(tag.prefix, [...first(tag.prefix), ...ours(tag.prefix)]) + raw
      }
      if (tag.name === 'fills' && fills > 0)
        return tag.opens
          ? withAttribute(raw, 'count', fills + colours.length)
          : ours(tag.prefix).join('') + raw
      if (tag.name !== 'cellXfs') return raw
      return tag.opens ? withAttribute(raw, 'count', xfs + added.length) : added.join('') + raw
    },
    file,
  )
}

const prefixIn = (xf: string): string => /^<([^\s<>/:]+:)?/.exec(xf)?.[1] ?? ''
