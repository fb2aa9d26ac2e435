/**
 * Threads of our own. Each compiles its modules anew, which takes longer than a small delivery does; what one
 * compiled is kept beside the packages, so that the next finds it.
 */
import { flushCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

const KEPT = fileURLToPath(new URL('../../node_modules/.cache/wangge-compiled', import.meta.url))

/**
 * @param module the thread's module, as an address
 * @param workerData what it begins with
 */
export function startThread(module: URL, workerData?: unknown): Worker {
  // where the folder cannot be written the thread compiles as it would without
  const env = { ...process.env, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? KEPT }
  return new Worker(module, { workerData, env })
}

/** Called by a thread that is ended from outside and would take what it compiled with it. */
export const keepCompiled = (): void => flushCompileCache()
