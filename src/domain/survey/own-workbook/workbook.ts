/**
 * A workbook sent back as the contractor's own: every part as it came, and in those that hold tables what is wrong. Written
 * to a file first, so that one that cannot be written down to its end is made anew instead (marked-sheets.ts).
 *
 *   [package] --parts--> sheets (sheet.ts) --cells made--> styles --> sheets named, parts typed
 *                        comments, drawings, relations of each sheet behind it
 */
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { FileFault } from '../findings.ts'
import { type MarkedFinding, SHEET_ROWS, sheetName } from '../marked-lines.ts'
import { corrupt } from '../readers/file-bytes.ts'
import type { UnpackedFile } from '../readers/unzip.ts'
import { readSheets, type Sheets } from '../readers/xlsx.ts'
import { xmlText } from '../readers/xml-part.ts'
import { openZipParts, type ZipParts } from '../readers/zip-parts.ts'
import { commentsOf, drawingOf } from './comments.ts'
import { generalSheet } from './general.ts'
import { type Marks, marksOf } from './marks.ts'
import {
  isCalcChain,
  type PartKind,
  type Relation,
  relationsOf,
  relationsPart,
  runs,
  withRelations,
  withSheet,
  withTypes,
} from './package.ts'
import { drawingIn, markedSheet } from './sheet.ts'
import { plainStyles, type Styles, stylesOf } from './styles.ts'

export interface OwnInput {
  file: UnpackedFile
  found: readonly MarkedFinding[]
  lang: 'zh' | 'en'
}

const DRAWING = 'wanggeDrawing'
/** Parts that are held whole; the largest of a real workbook has a few megabytes. */
const MOST_HELD = 64 << 20
const TYPES = '[Content_Types].xml'
const generalName = { zh: '总体', en: 'General' } as const

/** Writes it to `path`. @returns false where it is better made anew: macros, links to others, a broken part */
export async function writeOwnWorkbook(input: OwnInput, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    await using parts = await openZipParts(input.file)
    const planning = await planned(parts, input)
    if (planning === null) return false
    await writeParts(writtenParts(planning), path, signal)
    return true
  } catch (error) {
    if (error instanceof FileFault) return false
    throw error
  }
}

interface Written {
  name: string
  pieces: AsyncIterable<string | Uint8Array> | Iterable<string>
}

/** One part after the other: those behind say what was met in those before. */
async function writeParts(written: AsyncIterable<Written>, path: string, signal: AbortSignal): Promise<void> {
  const zip = new ZipFile()
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const feed = async () => {
    for await (const { name, pieces } of written) {
      const stream = Readable.from(pieces, { objectMode: false })
      zip.addReadStream(stream, name)
      await finished(stream, { signal: either })
    }
    zip.end()
  }
  const feeding = feed().catch(error => {
    failed.abort(error)
    throw error
  })
  const out = zip.outputStream as unknown as Readable
  zip.on('error', error => failed.abort(error))
  const writing = pipeline(out, createWriteStream(path, { mode: 0o600 }), { signal: either }).catch(error => {
    failed.abort(error)
    throw error
  })
  await Promise.allSettled([feeding, writing])
  either.throwIfAborted()
}

interface Planning extends OwnInput {
  parts: ZipParts
  sheets: Sheets
  /** By the part of their sheet. */
  marked: ReadonlyMap<string, Marks>
  styles: Styles
  strict: boolean
  /** Of the workbook's own part, and of the types of all. */
  text: string
  types: string
  /** Names that are taken, in lower case. */
  taken: Set<string>
  added: { part: string; kind: PartKind }[]
}

/** null where it is not sent back as it is. */
async function planned(parts: ZipParts, input: OwnInput): Promise<Planning | null> {
  const { name } = input.file
  const types = await held(parts, TYPES, name)
  if (types === null || parts.names.some(runs) || !/spreadsheetml\.sheet\.main\+xml/.test(types)) return null
  const sheets = await readSheets(parts, input.file)
  const text = await held(parts, sheets.book.part, name)
  if (text === null || sheets.read.length === 0) return null
  const found = Map.groupBy(input.found, ({ file, row }) => (row === null ? null : file))
  const marked = new Map<string, Marks>()
  for (const sheet of sheets.read) {
    const marks = marksOf(sheet, found.get(`${name}/${sheet.name}`) ?? [], input.lang)
    if (marks === null) return null
    marked.set(sheet.part, marks)
  }
  const { styles } = sheets.book
  return {
    ...input,
    parts,
    sheets,
    marked,
    styles: stylesOf((styles && (await held(parts, styles, name))) ?? plainStyles, name),
    strict: text.includes('http://purl.oclc.org/ooxml/spreadsheetml/main'),
    text,
    types,
    taken: new Set(parts.names.map(each => each.toLowerCase())),
    added: [],
  }
}

async function* writtenParts(planning: Planning): AsyncGenerator<Written> {
  const { parts, sheets, marked } = planning
  const said = new Set(sheets.said.map(({ part }) => part))
  const made = new Set<string>()
  const named = function* (written: Iterable<Written>) {
    for (const each of written) {
      made.add(each.name.toLowerCase())
      yield each
    }
  }
  for (const { part } of sheets.book.sheets)
    if (!said.has(part)) yield* named(await sheetParts(planning, part, marked.get(part) ?? null))
  yield* named(await lastParts(planning))
  for (const name of parts.names)
    if (!made.has(name.toLowerCase()) && !isCalcChain(name)) yield { name, pieces: parts.bytes(name) }
}

/** A sheet, and beside it its comments, their drawing and where it leads. */
async function sheetParts(planning: Planning, part: string, marks: Marks | null): Promise<Written[]> {
  const { parts, styles, file, strict, added } = planning
  const text = () => xmlText(parts.bytes(part), file.name, part)
  const sheet = (drawing: string | null) => ({
    name: part,
    pieces: markedSheet({ text: text(), styles, file: file.name, marks: marks && { ...marks, drawing } }),
  })
  const place = relationsPart(part)
  const relations = await held(parts, place, file.name)
  const leads = relationsOf(relations, part, file.name)
  const before = leads.find(each => each.kind === 'comments')?.target ?? null
  if (marks === null || (before === null && marks.notes.size === 0)) return [sheet(null)]
  const shown = leads.some(each => each.kind === 'vmlDrawing') ? await drawingIn(text()) : null
  const drawn = leads.find(each => each.id === shown)?.target ?? null
  const comments = before ?? fresh(planning, 'xl/comments', '.xml')
  const drawing = drawn ?? fresh(planning, 'xl/drawings/vmlDrawing', '.vml')
  const more: Relation[] = []
  if (before === null) {
    more.push({ id: 'wanggeComments', kind: 'comments', target: comments })
    added.push({ part: comments, kind: 'comments' })
  }
  if (drawn === null) {
    more.push({ id: DRAWING, kind: 'vmlDrawing', target: drawing })
    added.push({ part: drawing, kind: 'vmlDrawing' })
  }
  const said = commentsOf(before && (await held(parts, before, file.name)), marks.notes, strict)
  const theirs = drawn && (await held(parts, drawn, file.name))
  return [
    sheet(drawn === null ? DRAWING : null),
    { name: comments, pieces: said.texts },
    { name: drawing, pieces: drawingOf(theirs, said, marks.notes.keys()) },
    { name: place, pieces: [withRelations(relations, part, more, { strict, file: file.name })] },
  ]
}

/** What is written when all tables are: what is said of no row in them, styles, names, types. */
async function lastParts(planning: Planning): Promise<Written[]> {
  const { parts, sheets, styles, strict, lang, file, added, text, types } = planning
  const { part: workbook, styles: stylePart } = sheets.book
  const relations = await held(parts, relationsPart(workbook), file.name)
  const more: Relation[] = []
  const general = standingNowhere(planning)
  if (general.length >= SHEET_ROWS) throw corrupt(file.name, 'more to say than a sheet holds')
  const pages: Written[] = sheets.said.map(({ part }, n) => ({
    name: part,
    pieces: generalSheet(n === 0 ? general : [], { styles, lang, strict }),
  }))
  let page: { name: string; relation: string } | null = null
  if (pages.length === 0 && general.length > 0) {
    const names = new Set(sheets.book.sheets.map(({ name }) => name.toLowerCase()))
    const part = fresh(planning, 'xl/worksheets/sheet', '.xml')
    page = { name: sheetName(generalName[lang], names), relation: 'wanggeGeneral' }
    more.push({ id: page.relation, kind: 'worksheet', target: part })
    added.push({ part, kind: 'worksheet' })
    pages.push({ name: part, pieces: generalSheet(general, { styles, lang, strict }) })
  }
  const style = stylePart ?? fresh(planning, 'xl/styles', '.xml')
  if (stylePart === null) {
    more.push({ id: 'wanggeStyles', kind: 'styles', target: style })
    added.push({ part: style, kind: 'styles' })
  }
  return [
    ...pages,
    { name: style, pieces: later(() => styles.text()) },
    { name: workbook, pieces: [withSheet(text, page, file.name)] },
    {
      name: relationsPart(workbook),
      pieces: [withRelations(relations, workbook, more, { strict, file: file.name })],
    },
    { name: TYPES, pieces: [withTypes(types, added, file.name)] },
  ]
}

/** Findings of no row in particular, and of rows that were met in no table. */
function standingNowhere({ found, file, sheets, marked }: Planning): MarkedFinding[] {
  const rows = new Map(sheets.read.map(({ name, part }) => [`${file.name}/${name}`, marked.get(part)!.rows]))
  return found.filter(each => each.row === null || !rows.get(each.file)?.get(each.row)?.stands)
}

/** Asked for once all before it is written. */
function* later(text: () => string): Generator<string> {
  yield text()
}

/** A name that no part has. */
function fresh({ taken }: Planning, stem: string, ending: string): string {
  for (let n = 1; ; n++) {
    const name = `${stem}${n}${ending}`
    if (taken.has(name.toLowerCase())) continue
    taken.add(name.toLowerCase())
    return name
  }
}

async function held(parts: ZipParts, part: string, file: string): Promise<string | null> {
  if (!parts.has(part)) return null
  if (parts.size(part) > MOST_HELD) throw corrupt(file, `${part} is too large`)
  let text = ''
  for await (const piece of xmlText(parts.bytes(part), file, part)) text += piece
  return text
}
