/**
 * What a workbook says of itself: its sheets in their order, and where their parts lie.
 * ECMA-376: part 1 §18.2 (workbook), part 2 §9 (relationships). Strict and transitional differ in
 * namespaces only, which are not looked at.
 *
 *   _rels/.rels --officeDocument--> xl/workbook.xml --(its .rels)--> sheets, styles, shared strings
 */
import { FileFault } from '../findings.ts'
import { corrupt } from './file-bytes.ts'
import { attribute, readXml } from './xml-part.ts'
import type { ZipParts } from './zip-parts.ts'

export interface Workbook {
  /** Its own part. */
  part: string
  sheets: { name: string; part: string; hidden: boolean }[]
  /** Days are counted from 1904 on (old Macs) instead of 1900. */
  from1904: boolean
  sharedStrings: string | null
  styles: string | null
}

/** Throws FileFault: file.save-as (.xlsb, .ods), file.format (another document), file.corrupt. */
export async function readWorkbook(parts: ZipParts, file: string): Promise<Workbook> {
  const top = await relationships(parts, '', file)
  const part = top.find(each => each.kind === 'officeDocument')?.target ?? 'xl/workbook.xml'
  if (part.endsWith('.bin')) throw saveAs(file, 'Excel (.xlsb)')
  if (!parts.has(part)) {
    if (parts.has('content.xml') && parts.has('mimetype')) throw saveAs(file, 'OpenDocument (.ods)')
    throw new FileFault('file.format', file, { detail: { reason: 'zip' } })
  }
  const related = await relationships(parts, part, file)
  const one = (kind: string) => {
    const target = related.find(each => each.kind === kind)?.target
    return target !== undefined && parts.has(target) ? target : null
  }
  const book: Workbook = {
    part,
    sheets: [],
    from1904: false,
    sharedStrings: one('sharedStrings'),
    styles: one('styles'),
  }
  let root = ''
  const open = (name: string, attributes: Record<string, string>) => {
    root ||= name
    if (name === 'workbookPr') book.from1904 = ['1', 'true', 'on'].includes(attributes.date1904 ?? '')
    if (name !== 'sheet') return
    const id = attribute(attributes, 'id')
    const sheet = related.find(each => each.id === id && id !== undefined)
    // charts and old macro sheets hold no rows
    if (sheet?.kind !== 'worksheet') return
    const { name: called = '', state = 'visible' } = attributes
    book.sheets.push({ name: called, part: sheet.target, hidden: state !== 'visible' })
  }
  await readXml(parts.bytes(part), { open, close() {} }, file, part)
  if (root !== 'workbook') throw new FileFault('file.format', file, { detail: { reason: root } })
  const lost = book.sheets.find(sheet => !parts.has(sheet.part))
  if (lost) throw corrupt(file, `no part ${lost.part}`)
  return book
}

const saveAs = (file: string, format: string) => new FileFault('file.save-as', file, { detail: { format } })

interface Relationship {
  id: string
  /** The last word of its type. */
  kind: string
  /** Name of the part it leads to. */
  target: string
}

/** What a part ('' is the package itself) leads to inside the package. */
async function relationships(parts: ZipParts, part: string, file: string): Promise<Relationship[]> {
  const folder = part.slice(0, part.lastIndexOf('/') + 1)
  const rels = `${folder}_rels/${part.slice(folder.length)}.rels`
  const found: Relationship[] = []
  if (!parts.has(rels)) return found
  const open = (name: string, { Id = '', Type = '', Target = '', TargetMode }: Record<string, string>) => {
    if (name !== 'Relationship' || TargetMode === 'External') return
    found.push({ id: Id, kind: Type.slice(Type.lastIndexOf('/') + 1), target: resolved(folder, Target) })
  }
  await readXml(parts.bytes(rels), { open, close() {} }, file, rels)
  return found
}

/** A target as the name of a part: from the root when it begins with a slash, else from the folder. */
function resolved(folder: string, target: string): string {
  const path: string[] = []
  for (const step of (target.startsWith('/') ? target : folder + target).replaceAll('\\', '/').split('/')) {
    if (step === '..') path.pop()
    else if (step !== '' && step !== '.') path.push(decoded(step))
  }
  return path.join('/')
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}
