/**
 * A delivery sent back marked, as a workbook (marked-sheets.ts) or as its own CSV (marked-csv.ts), as it is written. A
 * thread writes it, and waits for who takes it; whatever ends it (its end, a fault, a client that leaves), the thread and its files are gone when
 * the stream is closed.
 *
 *   database --findings--> thread --bytes--> stream
 */
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { channel } from '../../core/channel.ts'
import { startThread } from '../../core/threads.ts'
import { pagesOf } from './findings-export.ts'
import type { LoadHouse } from './loading.ts'
import type { MarkedFinding } from './marked-lines.ts'
import type { FromMarked, MarkedForm, MarkedWork, ToMarked } from './marked-worker.ts'
import type { Delivery } from './schema.ts'
import { listStored } from './stored-files.ts'

type MarkedHouse = Pick<LoadHouse, 'db' | 'files' | 'unpackLimits'>

/** How long a thread that is told to stop may take to put its things away. */
const STOPPING_MS = 2_000

/** @returns a stream that fails when the files cannot be read */
export function markedReport(
  house: MarkedHouse,
  delivery: Delivery,
  form: MarkedForm,
  lang: MarkedWork['lang'],
  signal: AbortSignal,
): Readable {
  const left = new AbortController()
  const bytes = bytesOf(house, delivery, form, lang, AbortSignal.any([signal, left.signal]))
  return new Readable({
    read() {
      bytes.next().then(
        ({ done, value }) => this.push(done ? null : value),
        error => this.destroy(error),
      )
    },
    destroy(error, closed) {
      left.abort(new Error('nobody reads it'))
      bytes.return().then(
        () => closed(error),
        other => closed(error ?? other),
      )
    },
  })
}

async function* bytesOf(
  { db, files, unpackLimits = {} }: MarkedHouse,
  delivery: Delivery,
  form: MarkedForm,
  lang: MarkedWork['lang'],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const scratch = await files.scratch()
  try {
    const stored = (await listStored({ db, files }, delivery)).map(file => file.path)
    const { encoding, position, crs } = delivery.profile ?? {}
    const profile = { encoding, position, crs }
    const thread = startWriter({ stored, scratch, profile, unpackLimits, form, lang }, signal)
    try {
      const wanted = form.kind === 'csv' ? { file: form.file } : {}
      for await (const findings of pagesOf(db, delivery, wanted)) {
        signal.throwIfAborted()
        await thread.keep(findings)
      }
      thread.tell({ kind: 'start' })
      yield* thread.bytes
    } finally {
      await thread.stop()
    }
  } finally {
    await files.removeScratch(scratch)
  }
}

function startWriter(workerData: MarkedWork, signal: AbortSignal) {
  const worker = startThread(new URL('./marked-worker.ts', import.meta.url), workerData)
  const tell = (message: ToMarked) => worker.postMessage(message)
  const bytes = channel<Uint8Array>(() => tell({ kind: 'taken' }))
  const gone = once(worker, 'exit')
  const leave = () => bytes.fail(signal.reason)
  if (signal.aborted) leave()
  signal.addEventListener('abort', leave, { once: true })
  let kept = Promise.withResolvers<void>()
  worker.on('message', (message: FromMarked) => {
    if (message.kind === 'kept') kept.resolve()
    else if (message.kind === 'bytes') bytes.push(message.bytes)
    else if (message.kind === 'done') bytes.end()
    else bytes.fail(Object.assign(new Error(message.message), { stack: message.stack }))
  })
  worker.on('error', bytes.fail)
  gone.then(
    ([code]) => code !== 0 && bytes.fail(new Error(`the writing thread stopped (${code})`)),
    () => {},
  )
  return {
    tell,
    /** Hands findings over; no more are read before the thread has put them away. */
    async keep(findings: MarkedFinding[]) {
      kept = Promise.withResolvers<void>()
      tell({ kind: 'findings', findings })
      await Promise.race([kept.promise, gone])
    },
    bytes,
    async stop() {
      signal.removeEventListener('abort', leave)
      tell({ kind: 'stop' })
      const waited = new AbortController()
      await Promise.race([gone, sleep(STOPPING_MS, null, { signal: waited.signal })]).catch(() => {})
      waited.abort()
      await worker.terminate()
    },
  }
}
