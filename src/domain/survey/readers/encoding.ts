/**
 * Which encoding the text of a file is in. Declarations (.cpg, language id) are hints: they count
 * when every byte of the file is valid in them, and are overridden by the bytes otherwise.
 *
 *   given by a person  >  declared and valid  >  strict UTF-8  >  strict GB18030
 *
 * Windows-1252 is valid for nearly any bytes and is what writers put down when nobody chose; so that
 * declaration counts only where the bytes are neither UTF-8 nor look like Chinese.
 */
import { FileFault } from '../findings.ts'
import { decoderOf } from './decoder.ts'
import { encodingName } from './encoding-name.ts'
import { type MixedWatch, watchForMixed } from './mixed-encoding.ts'
import type { SourceLayer } from './source.ts'
import { wellFormedGb18030, wellFormedUtf8 } from './well-formed.ts'

/** Hears of one stretch of text; answers false when it has heard enough. */
export type Listen = (bytes: Buffer, start: number, end: number, row: number, field: string) => boolean

/** All text of a file, stretch by stretch. Stretches of ASCII alone may be left out. */
export interface Text {
  file: string
  each(listen: Listen): Promise<void>
  /** Whether a stretch may end in half a character: fields of fixed width do. */
  halves: boolean
}

export type DecidedEncoding = SourceLayer['encoding'] & {
  /** The declaration that the bytes disproved. */
  disproved?: string
}

/**
 * Decides by reading all text at most twice. `declared` is a name of `encodingName`.
 * Throws FileFault `encoding.unknown` for a name that is none, `encoding.mixed` for rows of two encodings where
 * none is given, `encoding.wrong` (row, field) when the given encoding, or with none given neither UTF-8 nor GB18030, fits the bytes.
 */
export async function decideEncoding(
  text: Text,
  declared?: string,
  given?: string,
): Promise<DecidedEncoding> {
  if (given !== undefined) {
    const name = encodingName(given)
    if (!name)
      throw new FileFault('encoding.unknown', text.file, { value: given, detail: { encoding: given } })
    const [candidate] = await judge(text, [name])
    if (candidate!.fault) throw wrong(text.file, candidate!)
    return { name, decidedBy: 'given' }
  }
  const names = new Set(['utf-8', 'gb18030', ...(declared ? [declared] : [])])
  const mixed = watchForMixed(text.halves)
  const candidates = await judge(text, [...names], mixed)
  const [utf8, gb18030] = candidates as [Candidate, Candidate]
  const said = candidates.find(candidate => candidate.name === declared)
  const guess = utf8.fault ? gb18030 : utf8
  if (said && !said.fault && !(said.name === 'windows-1252' && unlikely(guess))) {
    if (said.name === 'gb18030') mixed.refuse(text.file)
    return { name: said.name, decidedBy: 'declared' }
  }
  if (utf8.fault) mixed.refuse(text.file)
  if (guess.fault) throw wrong(text.file, guess)
  return { name: guess.name, decidedBy: 'guessed', ...(said ? { disproved: said.name } : {}) }
}

interface Candidate {
  name: string
  valid: (bytes: Buffer, start: number, end: number) => boolean
  /** Characters beyond ASCII in all, and those among them that are everyday Chinese (GB2312). */
  characters: number
  everyday: number
  fault: { row: number; field: string; value: string } | null
}

/** Runs every candidate over the text until all have failed; who watches hears all of it. */
async function judge(text: Text, names: readonly string[], watch?: MixedWatch): Promise<Candidate[]> {
  const candidates = names.map(
    name =>
      ({ name, valid: validity(name, text.halves), characters: 0, everyday: 0, fault: null }) as Candidate,
  )
  await text.each((bytes, start, end, row, field) => {
    let alive = watch !== undefined
    for (const candidate of candidates) {
      if (candidate.fault) continue
      if (!candidate.valid(bytes, start, end)) {
        candidate.fault = { row, field, value: bytes.toString('latin1', start, Math.min(end, start + 200)) }
        continue
      }
      if (candidate.characters < enough) countChinese(candidate, bytes, start, end)
      alive = true
    }
    // as long as UTF-8 holds, one stretch of it is enough to know
    if (watch && (candidates[0]!.fault || !watch.heardUtf8())) watch.hear(bytes, start, end, row, field)
    return alive
  })
  return candidates
}

const enough = 10_000

/** Whether Windows-1252 is unlikely, seeing what else the bytes are valid in. */
function unlikely(guess: Candidate): boolean {
  if (guess.fault || guess.characters === 0) return false
  return guess.name === 'utf-8' || guess.everyday * 2 > guess.characters
}

/** Everyday Chinese in GB2312 has both bytes high; accented Latin letters stand between plain ones. */
function countChinese(candidate: Candidate, bytes: Buffer, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    const lead = bytes[at]!
    if (lead < 0x80) continue
    candidate.characters++
    if (at + 1 < end && lead >= 0xb0 && lead <= 0xf7 && bytes[at + 1]! >= 0xa1) candidate.everyday++
    at++
  }
}

function validity(name: string, halves: boolean): Candidate['valid'] {
  const wellFormed = name === 'utf-8' ? wellFormedUtf8 : name === 'gb18030' ? wellFormedGb18030 : null
  if (wellFormed) {
    return (bytes, start, end) => {
      const reach = wellFormed(bytes, start, end)
      return reach === end || (halves && reach < 0)
    }
  }
  const decode = decoderOf(name)
  return (bytes, start, end) =>
    decode(bytes, start, end) !== undefined || (halves && decode(bytes, start, end - 1) !== undefined)
}

/** The fault of a text that is not what it was taken for. */
function wrong(file: string, { name, fault }: Candidate): FileFault {
  return encodingWrong(file, name, fault!.row, fault!.field, fault!.value)
}

export function encodingWrong(
  file: string,
  encoding: string,
  row: number,
  field: string,
  value: string,
): FileFault {
  return new FileFault('encoding.wrong', file, { row, field, value, detail: { encoding } })
}
