/** Serving: opens the house, listens, and stops gracefully when told to. */
import { openApp } from './app.ts'
import type { Config } from './config.ts'
import { openLog } from './core/log.ts'

/** Runs until SIGINT or SIGTERM. `serving` is told the address once it listens. */
export async function serve(
  config: Config,
  serving: (address: string, app: Awaited<ReturnType<typeof openApp>>) => Promise<void> | void,
): Promise<void> {
  const log = openLog(config.logLevel)
  const app = await openApp(config, log)
  const { promise: told, resolve: tell } = Promise.withResolvers<string>()
  process.once('SIGINT', () => tell('SIGINT'))
  process.once('SIGTERM', () => tell('SIGTERM'))
  try {
    const address = await app.listen()
    log.info({ address, engine: app.db.engine.name }, 'serving')
    await serving(address, app)
    log.info({ signal: await told }, 'stopping')
  } finally {
    await app.stop()
  }
}
