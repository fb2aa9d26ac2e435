/**
 * Whether a text holds UTF-8 and GB18030 both, as files do that were put together from several. Bytes of Chinese
 * in UTF-8 are often valid GB18030 too (and then read as 涓枃), so a stretch counts as UTF-8 when it is everyday
 * Chinese as such and nothing of the kind as GB18030.
 */
import { FileFault } from '../findings.ts'
import { wellFormedGb18030, wellFormedUtf8 } from './well-formed.ts'

interface Place {
  row: number
  field: string
  value: string
}

export interface MixedWatch {
  /** A stretch that is not ASCII alone. */
  hear(bytes: Buffer, start: number, end: number, row: number, field: string): void
  heardUtf8(): boolean
  /** Throws FileFault `encoding.mixed` at the first row that is not like the rows before it. */
  refuse(file: string): void
}

export function watchForMixed(halves: boolean): MixedWatch {
  let utf8: Place | null = null
  let gb: Place | null = null
  const well = (reach: number, end: number) => reach === end || (halves && reach < 0)
  return {
    hear(bytes, start, end, row, field) {
      if (utf8 && gb) return
      const asUtf8 = well(wellFormedUtf8(bytes, start, end), end)
      if (asUtf8 ? utf8 : gb) return
      const asGb = well(wellFormedGb18030(bytes, start, end), end)
      const place = () => ({
        row,
        field,
        value: bytes.toString('utf8', start, Math.min(end, start + 200)).trimEnd(),
      })
      if (!asUtf8) gb ??= asGb ? place() : null
      else if (isChinese(bytes, start, end) && !(asGb && looksGb(bytes, start, end))) utf8 = place()
    },
    heardUtf8: () => utf8 !== null,
    refuse(file) {
      if (!utf8 || !gb) return
      const utf8First = utf8.row < gb.row
      const [first, second] = utf8First ? [utf8, gb] : [gb, utf8]
      const [other, encoding] = utf8First ? ['utf-8', 'gb18030'] : ['gb18030', 'utf-8']
      // what is not UTF-8 cannot be shown as it stands
      const value = second === utf8 ? utf8.value : null
      const detail = { encoding, other, otherRow: first.row }
      throw new FileFault('encoding.mixed', file, { row: second.row, field: second.field, value, detail })
    },
  }
}

/** The 3,755 characters of everyday Chinese: the first level of GB 2312. */
const everyday = new Set(
  Array.from({ length: 40 }, (_, n) =>
    new TextDecoder('gb18030').decode(
      Uint8Array.from({ length: 188 }, (_, at) => (at % 2 ? 0xa1 + (at >> 1) : 0xb0 + n)),
    ),
  ).join(''),
)

/** Two characters or more, nearly all of them everyday. */
function isChinese(bytes: Buffer, start: number, end: number): boolean {
  const text = bytes.toString('utf8', start, end)
  const chinese = text.match(/[\u4e00-\u9fff]/g) ?? []
  return chinese.length >= 2 && chinese.filter(each => everyday.has(each)).length * 5 >= chinese.length * 4
}

/** Whether nearly all pairs of high bytes are everyday Chinese as GB 2312 has it. */
function looksGb(bytes: Buffer, start: number, end: number): boolean {
  let pairs = 0
  let known = 0
  for (let at = start; at + 1 < end; at++) {
    const lead = bytes[at]!
    if (lead < 0x80) continue
    const trail = bytes[++at]!
    pairs++
    if (lead >= 0xb0 && lead <= 0xd7 && trail >= 0xa1) known++
  }
  return known * 5 >= pairs * 4
}
