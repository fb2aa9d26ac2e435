/**
 * What a workbook's package says of its parts: which lead to which, of what type they are, which sheets there are. Parts
 * that are added are written down there; what could run goes, or is a reason to send nothing of it back.
 */
import { posix } from 'node:path'
import { isHarmless } from './formulas.ts'
import { attributeOf, escaped, plainText, rewrittenText, type Tag } from './pieces.ts'

/** Parts that could do something by themselves: macros, links to programs and other files, objects of others. */
export const runs = (part: string): boolean =>
  /(^|\/)(vbaProject\.bin|externalLinks\/|activeX\/|embeddings\/|connections\.xml|macrosheets\/|dialogsheets\/|customUI|webextensions\/|queryTables\/)/i.test(
    part,
  )
/** The order in which cells are calculated: made anew by whoever opens the workbook, wrong once a formula is gone. */
export const isCalcChain = (part: string): boolean => /(^|\/)calcChain\.xml$/i.test(part)

const kinds = {
  worksheet: 'application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml',
  comments: 'application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml',
  styles: 'application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml',
  vmlDrawing: 'application/vnd.openxmlformats-officedocument.vmlDrawing',
} as const
export type PartKind = keyof typeof kinds

export interface Relation {
  id: string
  kind: string
  target: string
}

/** Name of the part that says where another one leads. */
export const relationsPart = (part: string): string => {
  const folder = part.slice(0, part.lastIndexOf('/') + 1)
  return `${folder}_rels/${part.slice(folder.length)}.rels`
}

/** Relations as they are written, targets by the names of parts. */
export function relationsOf(text: string | null, part: string, file: string): Relation[] {
  const found: Relation[] = []
  const folder = part.slice(0, part.lastIndexOf('/') + 1)
  const read = (raw: string, tag: Tag | null) => {
    if (tag?.name === 'Relationship' && tag.opens && attributeOf(raw, 'TargetMode') !== 'External') {
      const [id = '', type = '', target = ''] = ['Id', 'Type', 'Target'].map(name => attributeOf(raw, name))
      found.push({ id, kind: type.slice(type.lastIndexOf('/') + 1), target: resolved(folder, target) })
    }
    return raw
  }
  if (text !== null) rewrittenText(text, read, file)
  return found
}

function resolved(folder: string, target: string): string {
  const { pathname } = new URL(target.replaceAll('\\', '/'), `file:///${folder}`)
  return decodeURIComponent(pathname).slice(1)
}

const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships'

/** With relations added, and without that to the order of calculation. */
export function withRelations(
  text: string | null,
  part: string,
  added: readonly Relation[],
  { strict, file }: { strict: boolean; file: string },
): string {
  const space = strict
    ? 'http://purl.oclc.org/ooxml/officeDocument/relationships'
    : 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const base =
    text ??
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="${PACKAGE}"></Relationships>`
  const lines = (p: string) =>
    added
      .map(
        ({ id, kind, target }) =>
          `<${p}Relationship Id="${id}" Type="${space}/${kind}" Target="${escaped(encodeURI(posix.relative(posix.dirname(part), target)))}"/>`,
      )
      .join('')
  return rewrittenText(
    base,
    (raw, tag) => {
      if (tag?.name === 'Relationship') return isCalcChain(attributeOf(raw, 'Target') ?? '') ? '' : raw
      if (tag?.name !== 'Relationships' || added.length === 0) return raw
      if (tag.opens && tag.closes)
        return `${raw.replace(/\s*\/>$/, '>')}${lines(tag.prefix)}</${tag.prefix}Relationships>`
      return tag.opens ? raw : lines(tag.prefix) + raw
    },
    file,
  )
}

/** With the types of parts that were added, and without what is not there any more. */
export function withTypes(
  text: string,
  added: readonly { part: string; kind: PartKind }[],
  file: string,
): string {
  let hasVml = false
  return rewrittenText(
    text,
    (raw, tag) => {
      if (tag?.name === 'Default' && attributeOf(raw, 'Extension')?.toLowerCase() === 'vml') hasVml = true
      if (tag?.name === 'Override' && isCalcChain(attributeOf(raw, 'PartName') ?? '')) return ''
      if (tag?.name !== 'Types' || tag.opens) return raw
      const p = tag.prefix
      const overrides = added
        .filter(({ kind }) => kind !== 'vmlDrawing')
        .map(({ part, kind }) => `<${p}Override PartName="/${escaped(part)}" ContentType="${kinds[kind]}"/>`)
      const vml = added.some(({ kind }) => kind === 'vmlDrawing') && !hasVml
      return (
        (vml ? `<${p}Default Extension="vml" ContentType="${kinds.vmlDrawing}"/>` : '') +
        overrides.join('') +
        raw
      )
    },
    file,
  )
}

/** The list of sheets with one more, where one is given, and with names that stand for what could do harm standing for nothing. */
export function withSheet(
  text: string,
  sheet: { name: string; relation: string } | null,
  file: string,
): string {
  let root = ''
  let highest = 0
  let named: { raw: string; text: string } | null = null
  return rewrittenText(
    text,
    (raw, tag) => {
      if (named) {
        if (tag?.name !== 'definedName') {
          named.text += raw
          return ''
        }
        const { raw: open, text: body } = named
        named = null
        return open + (isHarmless(plainText(body)) ? body : '#REF!') + raw
      }
      if (!tag) return raw
      if (tag.opens && root === '') root = raw
      if (tag.name === 'definedName' && tag.opens && !tag.closes) {
        named = { raw, text: '' }
        return ''
      }
      if (tag.name === 'sheet' && tag.opens)
        highest = Math.max(highest, Number(attributeOf(raw, 'sheetId') ?? 0))
      if (tag.name !== 'sheets' || tag.opens || sheet === null) return raw
      const bound = /\sxmlns:([\w.-]+)\s*=\s*["'][^"']*\/officeDocument(?:\/2006)?\/relationships["']/.exec(
        root,
      )?.[1]
      const space = bound
        ? ''
        : ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
      return `<${tag.prefix}sheet${space} name="${escaped(sheet.name)}" sheetId="${highest + 1}" ${bound ?? 'r'}:id="${sheet.relation}"/>${raw}`
    },
    file,
  )
}
