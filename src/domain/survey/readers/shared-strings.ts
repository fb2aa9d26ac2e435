/**
 * Texts of a workbook: most cells only name one of a list that all sheets share. Rich text becomes its
 * letters; readings above them (phonetic runs) are left out.
 */
import { own } from './csv.ts'
import { corrupt } from './file-bytes.ts'
import { xmlParser, xmlText } from './xml-part.ts'
import type { ZipParts } from './zip-parts.ts'

/** More would not be held in memory; a million rows with two texts of their own stay far below. */
const mostStrings = 1 << 24
const mostCharacters = 1 << 27

/**
 * The first `count` of the list, all by default.
 * Throws FileFault `file.corrupt` for what is no such list, and for a list too large to be held.
 */
export async function readSharedStrings(
  parts: ZipParts,
  part: string,
  file: string,
  count = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const strings: string[] = []
  let characters = 0
  let text = ''
  let inText = false
  let phonetic = false
  const parser = xmlParser(
    {
      open(name) {
        if (name === 'si') text = ''
        else if (name === 'rPh') phonetic = true
        else if (name === 't') inText = !phonetic
      },
      text(piece) {
        if (inText) text += piece
      },
      close(name) {
        if (name === 't') inText = false
        else if (name === 'rPh') phonetic = false
        else if (name === 'si') {
          characters += text.length
          if (strings.push(own(unescaped(text))) > mostStrings || characters > mostCharacters)
            throw corrupt(file, `${part}: too many texts to hold`)
        }
      },
    },
    file,
    part,
  )
  for await (const piece of xmlText(parts.bytes(part), file, part)) {
    parser.write(piece)
    if (strings.length >= count) return strings
  }
  parser.end()
  return strings
}

/** Characters that XML cannot hold stand as `_xHHHH_` (ECMA-376 part 1 §22.9.2.19). */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
}
