/**
 * Comments of a sheet: what the contractor wrote stays, what we said the last time goes, what is wrong now is added. A
 * comment is two things, its text in one part and the note that shows it in another (VML, which every Excel still wants).
 *
 *   comments1.xml  <comment ref="C4"> text        vmlDrawing1.vml  <v:shape> ... Row 3, Column 2
 */
import { columnOf, lettersOf } from '../readers/sheet-cells.ts'
import { attributeOf, escaped, plainText } from './pieces.ts'

/** Who says it: by this name our comments are known again. */
export const AUTHOR = '网格 Wangge'
/** What we add to a comment of somebody else begins with it. */
const OURS = '〔网格〕'

/** What is said of cells, by their names (`C4`). */
export type Notes = ReadonlyMap<string, string>

export interface Comments {
  /** The part of the texts. */
  texts: Iterable<string>
  /** Cells that have a note no more. */
  gone: ReadonlySet<string>
  /** Cells that have a comment of somebody else: their note is there. */
  kept: ReadonlySet<string>
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const STRICT = 'http://purl.oclc.org/ooxml/spreadsheetml/main'

/** @param part the sheet's comments as they came, null where it has none */
export function commentsOf(part: string | null, notes: Notes, strict: boolean): Comments {
  if (part === null) return { texts: newComments(notes, strict), gone: new Set(), kept: new Set() }
  const p = /<([\w.-]+:)?comments[\s>]/.exec(part)?.[1] ?? ''
  const authors = [
    ...part.matchAll(new RegExp(`<${p}author(?:\\s[^>]*)?(?:/>|>([^<]*)</${p}author>)`, 'g')),
  ].map(([, name = '']) => plainText(name))
  const gone = new Set<string>()
  const kept = new Set<string>()
  const whole = new RegExp(`<${p}comment\\s[\\s\\S]*?</${p}comment>`, 'g')
  const theirs = part.replace(whole, comment => {
    const ref = attributeOf(comment, 'ref') ?? ''
    const author = authors[Number(attributeOf(comment, 'authorId') ?? -1)] ?? ''
    if (author === AUTHOR) {
      gone.add(ref)
      return ''
    }
    kept.add(ref)
    const bare = withoutOurs(comment, p)
    const note = notes.get(ref)
    // a thread of comments is shown from a part of its own
    if (note === undefined || author.startsWith('tc=')) return bare
    return bare.replace(`</${p}text>`, `${run(p, `\n${OURS}${note}`)}</${p}text>`)
  })
  const added = [...notes].filter(([ref]) => !kept.has(ref))
  const at = authors.includes(AUTHOR) ? authors.indexOf(AUTHOR) : authors.length
  const signed = authors.includes(AUTHOR)
    ? theirs
    : theirs.replace(
        new RegExp(`</${p}authors>|<${p}authors\\s*/>`),
        end => `${end.endsWith('/>') ? `<${p}authors>` : ''}<${p}author>${AUTHOR}</${p}author></${p}authors>`,
      )
  const [head, tail] = divided(signed, p)
  return { texts: between(head, added, tail, p, at), gone, kept }
}

function* newComments(notes: Notes, strict: boolean): Generator<string> {
  const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="${strict ? STRICT : MAIN}"><authors><author>${AUTHOR}</author></authors><commentList>`
  yield* between(head, notes, '</commentList></comments>', '', 0)
}

function* between(
  head: string,
  notes: Iterable<readonly [ref: string, note: string]>,
  tail: string,
  p: string,
  author: number,
): Generator<string> {
  yield head
  for (const [ref, note] of notes)
    yield `<${p}comment ref="${ref}" authorId="${author}"><${p}text>${run(p, note)}</${p}text></${p}comment>`
  yield tail
}

/** Before and behind the place where comments are added. */
function divided(part: string, p: string): [string, string] {
  const open = part.replace(new RegExp(`<${p}commentList\\s*/>`), `<${p}commentList></${p}commentList>`)
  const at = open.lastIndexOf(`</${p}commentList>`)
  return [open.slice(0, at), open.slice(at)]
}

const run = (p: string, text: string): string =>
  `<${p}r><${p}t xml:space="preserve">${escaped(text)}</${p}t></${p}r>`

const withoutOurs = (comment: string, p: string): string =>
  comment.replace(new RegExp(`<${p}r>[\\s\\S]*?</${p}r>`, 'g'), each => {
    const text = new RegExp(`<${p}t(?:\\s[^>]*)?>([\\s\\S]*?)</${p}t>`).exec(each)?.[1] ?? ''
    return text.trimStart().startsWith(OURS) ? '' : each
  })

const SHAPES = `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>`

/** The drawing with a note for each cell that has none, and without those that are gone. */
export function* drawingOf(
  part: string | null,
  { gone, kept }: Pick<Comments, 'gone' | 'kept'>,
  cells: Iterable<string>,
): Generator<string> {
  let theirs = part ?? `${SHAPES}</xml>`
  if (gone.size > 0)
    theirs = theirs.replace(/<v:shape\s[\s\S]*?<\/v:shape>/g, shape => (gone.has(cellOf(shape)) ? '' : shape))
  let id = 1024
  for (const [, number] of theirs.matchAll(/_x0000_s(\d{1,9})/g)) id = Math.max(id, Number(number))
  const end = theirs.lastIndexOf('</xml>')
  yield theirs.slice(0, end)
  for (const cell of cells) if (!kept.has(cell)) yield shapeOf(cell, ++id)
  yield theirs.slice(end)
}

/** The cell that a note belongs to; '' for another shape. */
function cellOf(shape: string): string {
  const [row, column] = [/<x:Row>(\d+)</.exec(shape)?.[1], /<x:Column>(\d+)</.exec(shape)?.[1]]
  return row && column && shape.includes('ObjectType="Note"')
    ? `${lettersOf(Number(column))}${Number(row) + 1}`
    : ''
}

function shapeOf(cell: string, id: number): string {
  const [column, row] = [columnOf(cell), Number(/\d+$/.exec(cell)![0]) - 1]
  const anchor = [column + 1, 12, Math.max(0, row - 1), 4, column + 5, 0, row + 5, 0].join(', ')
  return `<v:shape id="_x0000_s${id}" type="#_x0000_t202" style="position:absolute;width:260pt;height:90pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>${anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>${row}</x:Row><x:Column>${column}</x:Column></x:ClientData></v:shape>`
}
