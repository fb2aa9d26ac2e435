/** The thread that reads photos (photo-worker.ts), as promises: one after the other, in the order they are asked. */
import { startThread } from '../../../core/threads.ts'
import type { PhotoAsk, PhotoLook } from './photo-worker.ts'

export interface PhotoThread {
  look(path: string, mostBytes: number): Promise<PhotoLook>
  /** Puts a copy at `to`, which is not there yet. @returns false where it is not what it was any more */
  keep(photo: { path: string; to: string; sha256: string; own: boolean }): Promise<boolean>
  close(): Promise<unknown>
}

export function startPhotoThread(): PhotoThread {
  const worker = startThread(new URL('./photo-worker.ts', import.meta.url))
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let no = 0
  let before: Promise<unknown> = Promise.resolve()
  const fail = (error: unknown) => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.on(
    'message',
    ({ no, answer, error }: { no: number; answer?: unknown; error?: { code?: string; message: string } }) => {
      const asked = waiting.get(no)
      waiting.delete(no)
      if (error) asked?.reject(Object.assign(new Error(error.message), { code: error.code }))
      else asked?.resolve(answer)
    },
  )
  worker.on('error', fail)
  worker.on('exit', code => fail(new Error(`the photo thread stopped (${code})`)))
  const ask = async <T>(
    what: Omit<Extract<PhotoAsk, { kind: 'look' }>, 'no'> | Omit<Extract<PhotoAsk, { kind: 'keep' }>, 'no'>,
  ): Promise<T> => {
    const mine = Promise.withResolvers<unknown>()
    const last = before
    before = mine.promise.catch(() => {})
    await last
    waiting.set(++no, mine)
    worker.postMessage({ ...what, no })
    return mine.promise as Promise<T>
  }
  return {
    look: (path, mostBytes) => ask({ kind: 'look', path, mostBytes }),
    keep: photo => ask({ kind: 'keep', ...photo }),
    close: () => worker.terminate(),
  }
}
