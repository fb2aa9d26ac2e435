/**
 * Files being sent, by delivery: they go on while other screens are looked at, a few at a time, and can be
 * paused and taken up again. After the page was loaded anew the same file, chosen again, goes on where it stopped.
 *
 *   waiting -> sending <-> paused, lost (tried again by itself) -> done
 *                      -> failed (tried again by hand, or when the server is back)
 */
import { reactive, watch } from 'vue'
import type { ApiProblem } from '../api/client.ts'
import { listFiles, type OpenUpload, type Sending, sendFile } from '../api/uploads.ts'
import { connection } from './connection.ts'

export type SendingState = 'waiting' | 'sending' | 'paused' | 'lost' | 'failed' | 'done'

export interface Sent {
  name: string
  size: number
  /** Bytes that are there. */
  bytes: number
  state: SendingState
  problem: ApiProblem | null
}

export interface Queue {
  files: Sent[]
  /** Bytes a second of late; 0 while nothing moves. */
  speed: number
}

/** More lines at once make one line slower, not the whole quicker. */
const AT_ONCE = 3
const queues = reactive(new Map<string, Queue>())
const lines = new Map<Sent, Sending>()

export const queueOf = (id: string): Queue | null => queues.get(id) ?? null
/** Whether something of a delivery is still to be sent. */
export const isSending = (queue: Queue | null): boolean =>
  queue?.files.some(file => file.state !== 'done') ?? false

/** Bytes that are there and bytes of all, of what is being sent. */
export const sums = (queue: Queue): { bytes: number; size: number } => ({
  bytes: queue.files.reduce((sum, file) => sum + file.bytes, 0),
  size: queue.files.reduce((sum, file) => sum + file.size, 0),
})

/** Puts files into a delivery's queue. One that was being sent before goes on where it stopped. */
export async function sendFiles(id: string, files: readonly File[]): Promise<void> {
  const { uploads } = await listFiles(id)
  const queue = queues.get(id) ?? queues.set(id, { files: [], speed: 0 }).get(id)!
  for (const file of files) {
    const former = queue.files.find(each => each.name === file.name)
    if (former && former.state !== 'done') continue
    if (former) queue.files.splice(queue.files.indexOf(former), 1)
    queue.files.push({ name: file.name, size: file.size, bytes: 0, state: 'waiting', problem: null })
    const sent = queue.files.at(-1)!
    const known = uploads.find(upload => isSame(upload, file))
    sent.bytes = known?.offset ?? 0
    lines.set(
      sent,
      sendFile(id, file, known?.id ?? null, {
        progress: bytes => Object.assign(sent, { bytes, state: 'sending' }),
        lost: () => Object.assign(sent, { state: 'lost' }),
        done: () => end(queue, sent, { state: 'done', bytes: sent.size, problem: null }),
        failed: problem => end(queue, sent, { state: 'failed', problem }),
      }),
    )
  }
  goOn(queue)
}

/** A file is known again by its name, its length and when it was changed last. */
const isSame = (upload: OpenUpload, file: File): boolean =>
  upload.mine &&
  upload.name === file.name &&
  upload.bytes === file.size &&
  upload.modified === String(file.lastModified)

function end(queue: Queue, sent: Sent, how: Partial<Sent>): void {
  Object.assign(sent, how)
  goOn(queue)
}

/** Lets the next ones begin. */
function goOn(queue: Queue): void {
  let free = AT_ONCE - queue.files.filter(({ state }) => state === 'sending' || state === 'lost').length
  for (const sent of queue.files) {
    if (free <= 0) break
    if (sent.state !== 'waiting') continue
    sent.state = 'sending'
    lines.get(sent)!.start()
    free--
  }
  measure(queue)
}

export function pause(queue: Queue, files: readonly Sent[] = queue.files): void {
  for (const sent of files) {
    if (!['waiting', 'sending', 'lost'].includes(sent.state)) continue
    lines.get(sent)!.pause()
    sent.state = 'paused'
  }
  goOn(queue)
}
export function resume(queue: Queue, files: readonly Sent[] = queue.files): void {
  for (const sent of files)
    if (sent.state === 'paused' || sent.state === 'failed')
      Object.assign(sent, { state: 'waiting', problem: null })
  goOn(queue)
}
/** Takes one out of the queue; nothing of it stays on the server. */
export async function drop(queue: Queue, sent: Sent): Promise<void> {
  const line = lines.get(sent)!
  lines.delete(sent)
  queue.files.splice(queue.files.indexOf(sent), 1)
  goOn(queue)
  await line.drop()
}
/** Stops everything of a delivery that was given up. */
export function forget(id: string): void {
  for (const sent of queues.get(id)?.files ?? []) {
    lines.get(sent)?.pause()
    lines.delete(sent)
  }
  queues.delete(id)
}
/** Somebody else may sign in here next. */
export function forgetSending(): void {
  for (const id of [...queues.keys()]) forget(id)
}

const MEASURE_MS = 1000
const timers = new WeakMap<Queue, number>()

/** Looks every second how much has come, while something moves. */
function measure(queue: Queue): void {
  if (timers.has(queue)) return
  let before = sums(queue).bytes
  const timer = window.setInterval(() => {
    const { bytes } = sums(queue)
    const now = Math.max(0, bytes - before) * (1000 / MEASURE_MS)
    before = bytes
    queue.speed = queue.speed === 0 ? now : queue.speed * 0.7 + now * 0.3
    if (queue.files.some(({ state }) => state === 'sending')) return
    queue.speed = 0
    window.clearInterval(timer)
    timers.delete(queue)
  }, MEASURE_MS)
  timers.set(queue, timer)
}

// what gave up because nobody answered goes on when somebody does
watch(
  () => connection.retries,
  () => {
    for (const queue of queues.values())
      resume(
        queue,
        queue.files.filter(({ state, problem }) => state === 'failed' && problem?.code === 'offline'),
      )
  },
)
