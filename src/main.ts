/** Serving: opens the house, listens, and stops gracefully when told to. What an operator set wrong is a problem that says so. */
import { type App, openApp } from './app.ts'
import type { Config } from './config.ts'
import { type Log, openLog } from './core/log.ts'
import { Problem, problem } from './core/problem.ts'

/** @throws Problem database.unreachable, where nobody answers at DATABASE_URL */
export async function openHouse(config: Config, log: Log): Promise<App> {
  try {
    return await openApp(config, log)
  } catch (error) {
    if (config.databaseUrl === null) throw error
    const gone = error instanceof Problem && error.code === 'database.gone'
    const noSocket = (error as NodeJS.ErrnoException).syscall === 'connect'
    if (!gone && !noSocket) throw error
    const what = gone ? error.detail.what : (error as Error).message
    throw problem('database.unreachable', { address: new URL(config.databaseUrl).host, what })
  }
}

/** Runs until SIGINT or SIGTERM. `serving` is told the address once it listens. */
export async function serve(
  config: Config,
  serving: (address: string, app: App) => Promise<void> | void,
): Promise<void> {
  const log = openLog(config.logLevel)
  const app = await openHouse(config, log)
  const { promise: told, resolve: tell } = Promise.withResolvers<string>()
  process.once('SIGINT', () => tell('SIGINT'))
  process.once('SIGTERM', () => tell('SIGTERM'))
  try {
    const address = await app.listen().catch(error => {
      throw listening(error, config)
    })
    log.info({ address, engine: app.db.engine.name }, 'serving')
    await serving(address, app)
    log.info({ signal: await told }, 'stopping')
  } finally {
    await app.stop()
  }
}

/** An address that cannot be listened at, as the setting that named it. */
function listening(error: unknown, { host, port }: Config): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EACCES') return problem('port.forbidden', { port })
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EINVAL')
    return problem('host.unusable', { host })
  return error
}
