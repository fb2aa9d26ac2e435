/**
 * Threads of our own. Each compiles its modules anew, which takes longer than a small delivery does; what one
 * compiled is kept (compiled.ts), so that the next finds it.
 */
import { flushCompileCache } from 'node:module'
import { Worker } from 'node:worker_threads'

const before = new URL('./compiled.ts', import.meta.url).href

/**
 * @param module the thread's module, as an address
 * @param workerData what it begins with
 * @param youngMb what it may make before what is of no use any more is collected; by default a few dozen
 */
export const startThread = (module: URL, workerData?: unknown, youngMb?: number): Worker =>
  new Worker(module, {
    workerData,
    execArgv: ['--import', before],
    ...(youngMb && { resourceLimits: { maxYoungGenerationSizeMb: youngMb } }),
  })

/** Called by a thread that is ended from outside and would take what it compiled with it. */
export const keepCompiled = (): void => flushCompileCache()
