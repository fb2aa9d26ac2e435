/**
 * One sheet as it came, with what is wrong marked in it: wrong cells take a tinted style, a last column says it in words.
 * All else passes through as it is written; only formulas that could do harm leave nothing but their value.
 *
 *   <row r="3"> <c r="A3" s="4"> ... <c r="F3" s="2">   ->   <row r="3"> <c r="A3" s="91"> ... <c r="F3" s="2"> <c r="G3">问题
 */
import { columnOf, lettersOf } from '../readers/sheet-cells.ts'
import { attributeOf, type Rewriter, rewritten, type Tag, withAttribute } from './pieces.ts'
import { rowRewriter, type SheetMarks } from './rows.ts'
import type { Styles } from './styles.ts'

export interface SheetInput {
  text: AsyncIterable<string>
  styles: Styles
  file: string
  /** null for a sheet in which nothing is marked. */
  marks: SheetMarks | null
}

const PROBLEM_WIDTH = 60
/** What may stand behind the drawing of comments, in the order of the format (ECMA-376 part 1 §18.3.1.99). */
const behindDrawing = new Set(
  'legacyDrawingHF drawingHF picture oleObjects controls AlternateContent webPublishItems tableParts extLst'.split(
    ' ',
  ),
)
const relations = {
  transitional: 'http://schemas.openxmlformats.org/officeDocument/2006/relationships',
  strict: 'http://purl.oclc.org/ooxml/officeDocument/relationships',
} as const

export function markedSheet({ text, styles, file, marks }: SheetInput): AsyncGenerator<string> {
  const columns = marks && columnRewriter(marks.problem.at)
  const rows = rowRewriter({ styles, marks, file, columnStyle: at => columns?.styleOf(at) ?? 0 })
  let root = ''
  let depth = 0
  let data: 'before' | 'in' | 'behind' = 'before'
  let drawn = false

  const drawing = (): string => {
    if (drawn || !marks?.drawing) return ''
    drawn = true
    const p = /^<([^\s<>/:]+:)?/.exec(root)?.[1] ?? ''
    const bound = /\sxmlns:([\w.-]+)\s*=\s*["'][^"']*\/officeDocument(?:\/2006)?\/relationships["']/.exec(
      root,
    )?.[1]
    const space = bound
      ? ''
      : ` xmlns:r="${relations[root.includes('purl.oclc.org') ? 'strict' : 'transitional']}"`
    return `<${p}legacyDrawing${space} ${bound ?? 'r'}:id="${marks.drawing}"/>`
  }
  const outside: Rewriter = (raw, tag) => {
    if (!tag) return raw
    const top = depth === 1 && tag.opens
    if (tag.opens && depth === 0) root = raw
    if (tag.opens && !tag.closes) depth++
    else if (tag.closes && !tag.opens) depth--
    if (top && tag.name === 'sheetData') {
      data = tag.closes ? 'behind' : 'in'
      return (columns?.missing(tag.prefix) ?? '') + raw
    }
    if (top && tag.name === 'dimension' && marks) return widened(raw, marks.problem.at)
    if (data === 'before') return columns?.tag(raw, tag) ?? raw
    const last = depth === 0 && tag.closes
    return (top && behindDrawing.has(tag.name)) || last ? drawing() + raw : raw
  }
  return rewritten(
    text,
    (raw, tag) => {
      if (data !== 'in') return outside(raw, tag)
      if (tag?.name !== 'sheetData') return rows(raw, tag)
      data = 'behind'
      depth--
      return raw
    },
    file,
  )
}

/** The relationship of the drawing that shows a sheet's comments. */
export async function drawingIn(text: AsyncIterable<string>): Promise<string | null> {
  let behind = ''
  for await (const chunk of text) {
    behind = behind.slice(-LONGEST_TAG) + chunk
    const found = /<(?:[\w.-]+:)?legacyDrawing\s[^<>]*?[\s:]id\s*=\s*["']([^"']*)["']/.exec(behind)
    if (found) return found[1]!
  }
  return null
}
/** No tag of a drawing is longer. */
const LONGEST_TAG = 500

const widened = (raw: string, at: number): string => {
  const found = /^([A-Za-z]+\d+)(?::([A-Za-z]+)(\d+))?$/.exec(attributeOf(raw, 'ref') ?? '')
  if (!found?.[2] || columnOf(`${found[2]}1`) >= at) return raw
  return withAttribute(raw, 'ref', `${found[1]}:${lettersOf(at)}${found[3]}`)
}

/** The widths of columns, with one for the last; a range that spans it is divided. */
function columnRewriter(at: number) {
  let seen = false
  let done = false
  const styled: { min: number; max: number; style: number }[] = []
  const own = (p: string) =>
    `<${p}col min="${at + 1}" max="${at + 1}" width="${PROBLEM_WIDTH}" customWidth="1"/>`
  const part = (raw: string, from: number, to: number) =>
    from > to ? '' : withAttribute(withAttribute(raw, 'min', from), 'max', to)
  return {
    styleOf: (column: number) =>
      styled.find(({ min, max }) => min <= column + 1 && column + 1 <= max)?.style ?? 0,
    tag(raw: string, tag: Tag): string {
      if (tag.name === 'cols') {
        seen = true
        if (!tag.opens && !done) {
          done = true
          return own(tag.prefix) + raw
        }
      }
      if (tag.name !== 'col' || !tag.opens || !tag.closes) return raw
      const [min, max] = [Number(attributeOf(raw, 'min')), Number(attributeOf(raw, 'max'))]
      styled.push({ min, max, style: Number(attributeOf(raw, 'style') ?? 0) })
      if (done || max < at + 1) return raw
      done = true
      if (min > at + 1) return own(tag.prefix) + raw
      return part(raw, min, at) + own(tag.prefix) + part(raw, at + 2, max)
    },
    missing: (p: string) => (seen ? '' : `<${p}cols>${own(p)}</${p}cols>`),
  }
}
