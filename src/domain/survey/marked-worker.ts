/**
 * The thread in which a marked workbook or CSV is written, so that the server goes on answering. It is told the findings
 * and keeps them in a scratch file (marked-found.ts), unpacks and opens the files, sends its bytes, and waits when nobody takes them.
 *
 *   main --findings--> here --kept--> main           of one page after the other
 *   main --start--> here --bytes--> main          taken: one more may come          stop: nobody wants it
 */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { ZipFile } from 'yazl'
import { findCrs } from '../../../gis/crs.ts'
import { newId } from '../../core/id.ts'
import { markedCsv } from './marked-csv.ts'
import { openFound } from './marked-found.ts'
import type { MarkedFinding } from './marked-lines.ts'
import { writeMarked } from './marked-sheets.ts'
import { writeOwnWorkbook } from './own-workbook/workbook.ts'
import { openSources } from './readers/open.ts'
import type { SourceLayer } from './readers/source.ts'
import { unpack } from './readers/unpack.ts'
import type { UnpackedFile, UnpackLimits } from './readers/unzip.ts'
import type { Profile } from './schema.ts'

/** A delivered workbook by its name, or one made of all layers; the CSV of one file; a zip of those of several. */
export type MarkedForm =
  | { kind: 'xlsx'; file?: string }
  | { kind: 'csv'; file: string }
  | { kind: 'zip'; files: readonly string[] }

export interface MarkedWork {
  form: MarkedForm
  /** What was delivered, as it is stored. */
  stored: string[]
  scratch: string
  profile: Pick<Profile, 'encoding' | 'position' | 'crs'> | null
  unpackLimits: Partial<UnpackLimits>
  lang: 'zh' | 'en'
}

export type ToMarked =
  | { kind: 'findings'; findings: MarkedFinding[] }
  | { kind: 'start' }
  | { kind: 'taken' }
  | { kind: 'stop' }
export type FromMarked =
  | { kind: 'kept' }
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'done' }
  | { kind: 'fault'; message: string; stack: string }

const CHUNKS_AHEAD = 8
/** Findings that are held while a workbook is marked as it came: a cell, its note and its row are written apart. */
const MOST_MARKED = 200_000

const port = parentPort!
const work = workerData as MarkedWork
const send = (message: FromMarked) => port.postMessage(message)
const stopped = new AbortController()
const found = openFound(join(work.scratch, `${newId()}.found`))
let ahead = 0
let resume = () => {}

const started = new Promise<void>(resolve =>
  port.on('message', (message: ToMarked) => {
    switch (message.kind) {
      case 'findings':
        found.add(message.findings)
        return send({ kind: 'kept' })
      case 'start':
        return resolve()
      case 'taken':
        ahead--
        return resume()
      case 'stop':
        stopped.abort(new Error('nobody wants it'))
        return resolve()
    }
  }),
)

try {
  await started
  await write(stopped.signal)
  send({ kind: 'done' })
} catch (error) {
  send({ kind: 'fault', message: (error as Error).message, stack: String((error as Error).stack) })
}
found.close()
port.close()

async function write(signal: AbortSignal): Promise<void> {
  const { files } = await unpack(work.stored, work.scratch, work.unpackLimits, signal)
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      send({ kind: 'bytes', bytes: new Uint8Array(chunk) })
      if (++ahead < CHUNKS_AHEAD) return done()
      resume = () => {
        resume = () => {}
        done()
      }
    },
  })
  const { profile, lang, form } = work
  if (form.kind === 'xlsx') {
    const own = files.find(file => file.name === form.file)
    if (own && (await sentBack(own, files.length === 1, out, signal))) return
    const { encoding, position } = profile ?? {}
    const { layers } = await openSources(files, { encoding, position, signal })
    return writeMarked({ layers, found, lang, crsOf }, out, signal)
  }
  const csvOf = (name: string) =>
    markedCsv({
      file: files.find(file => file.name === name)!,
      encoding: profile?.encoding,
      found,
      lang,
    })
  if (form.kind === 'csv') return pipeline(Readable.from(csvOf(form.file)), out, { signal })
  const zip = new ZipFile()
  for (const name of form.files)
    zip.addReadStreamLazy(name, ready => ready(null, Readable.from(csvOf(name), { objectMode: false })))
  zip.end()
  return pipeline(zip.outputStream, out, { signal })
}

/** Whether the workbook went back as it came. Alone, it says what is wrong with all that was delivered. */
async function sentBack(
  file: UnpackedFile,
  alone: boolean,
  out: Writable,
  signal: AbortSignal,
): Promise<boolean> {
  if (found.count > MOST_MARKED) return false
  const all = [...found.all()]
  const ours = alone ? all : all.filter(each => `${each.file}/`.startsWith(`${file.name}/`))
  const path = join(work.scratch, 'marked.xlsx')
  if (!(await writeOwnWorkbook({ file, found: ours, lang: work.lang }, path, signal))) return false
  await pipeline(createReadStream(path), out, { signal })
  return true
}

/** Nothing but a known code is written down: parameters are not for taking home. */
function crsOf({ crs }: SourceLayer): string | null {
  const stated = work.profile?.crs ?? (crs.kind === 'wkt' ? crs.wkt : crs.kind === 'code' ? crs.code : null)
  const answer = stated === null ? null : findCrs(stated)
  return answer?.ok ? (answer.crs.code ?? answer.crs.offset) : null
}
