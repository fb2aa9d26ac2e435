/** What is said of formats that are not read: the finding, and for those that a program can export, what to export. */
import { FileFault, type Finding } from '../findings.ts'
import { endingOf, formatName } from './formats.ts'

/** Formats of drawing and office programs that GDAL reads badly or not at all. */
const exported = new Set(['mdb', 'accdb', 'dwg'])
const exportedNames = new Set(['Personal Geodatabase (.mdb)', 'AutoCAD (.dwg)'])

/** A finding for a file whose format another reader would be needed for; `known` by its first bytes. */
export function notRead(file: string, known?: string): FileFault {
  const name = known ?? formatName(file)
  if (exported.has(endingOf(file)) || exportedNames.has(name)) return exportInstead(file, name)
  return new FileFault('file.format', file, { detail: { reason: name } })
}

export const unsupported = (file: string): Finding => notRead(file).finding

export const exportInstead = (file: string, format: string): FileFault =>
  new FileFault('file.export', file, { detail: { format } })
