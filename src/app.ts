/**
 * The wiring: the only file that sees every room. Opens the database, the rooms and the doors in order,
 * and closes them in reverse: first nobody asks any more, then no job runs, then nothing follows the journal.
 *
 *   data directory -> database -> migrations -> recovery -> atlas, live, principals, reactions -> jobs -> doors
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from './config.ts'
import { clearSocket, type Held, holdDataDir, prepareDataDir, socketPath } from './core/data-dir.ts'
import type { Db } from './core/db.ts'
import { openPostgres } from './core/db-pg.ts'
import { openEmbedded } from './core/db-pglite.ts'
import { openFiles } from './core/files.ts'
import { type Jobs, startJobs } from './core/jobs.ts'
import type { JournalEvent } from './core/journal.ts'
import { openLive } from './core/live.ts'
import type { Log } from './core/log.ts'
import { migrate } from './core/migrate.ts'
import { problem } from './core/problem.ts'
import { openPulse } from './core/pulse.ts'
import { openReactions } from './core/reactions.ts'
import { openUploads } from './core/uploads.ts'
import { openAtlas } from './domain/atlas/atlas.ts'
import { districtBox } from './domain/atlas/model.ts'
import { atlasRoutes } from './domain/atlas/routes.ts'
import { codeProfileSchema } from './domain/catalog/codes.ts'
import { ensureStandardDictionary } from './domain/catalog/commands.ts'
import { openKeeping } from './domain/evidence/keeping.ts'
import { evidenceRoutes } from './domain/evidence/routes.ts'
import { gridRoutes } from './domain/grids/routes.ts'
import { findDistrictBox } from './domain/grids/store.ts'
import { DISTRICT_CHANGES, rememberDistricts } from './domain/orgs/districts.ts'
import { openPrincipals } from './domain/orgs/principals.ts'
import { orgsRoutes } from './domain/orgs/routes.ts'
import { rights } from './domain/orgs/rules.ts'
import { listDistricts } from './domain/orgs/store.ts'
import { seesInspection } from './domain/survey/acceptance/reaching.ts'
import { recoverLoads } from './domain/survey/interruption.ts'
import type { LoadHouse } from './domain/survey/loading.ts'
import { surveyRoutes } from './domain/survey/routes.ts'
import { openRunner, type Runner } from './domain/survey/run.ts'
import { recoverFiles } from './domain/survey/stored-files.ts'
import { openUploading } from './domain/survey/uploading.ts'
import { lookAgain } from './domain/upkeep/commands.ts'
import { evidenceOfComponents, seesChange, seesReport } from './domain/upkeep/evidence-routes.ts'
import { runHandover, transferDue } from './domain/upkeep/handing-over.ts'
import { handoverRoutes } from './domain/upkeep/handover-routes.ts'
import { plateRoutes } from './domain/upkeep/plate-routes.ts'
import { upkeepRoutes } from './domain/upkeep/routes.ts'
import { openStreet } from './domain/upkeep/street.ts'
import { metricsOf } from './figures.ts'
import type { Endpoint } from './http/endpoint.ts'
import type { Readiness } from './http/health.ts'
import { liveDoor } from './http/live.ts'
import { createServer, type HttpServer } from './http/server.ts'

export interface App {
  db: Db
  endpoints: readonly Endpoint[]
  /** Listens on TCP; @returns the address */
  listen(): Promise<string>
  /** Where the command line speaks to it. */
  socket: string
  /** Requests that came through the socket, and those under way. */
  asked: { readonly all: number; readonly open: number }
  /** Finishes what is under way and closes everything. */
  stop(): Promise<void>
}

const STALE_LOADS_MS = 60_000
const HANDOVERS_MS = 60_000
/** After these, photos may be evidence of nothing any more. */
const PICTURES_GO = ['change.refused', 'change.withdrawn', 'report.closed']

/** @throws Problem data-dir.taken when another process holds the data directory */
export async function openApp(config: Config, log: Log): Promise<App> {
  const dir = prepareDataDir(config.dataDir)
  const embedded = config.databaseUrl === null
  const closers: (() => unknown)[] = []
  try {
    // on PostgreSQL too: files under way and the socket are this process's alone
    const held: Held = holdDataDir(dir)
    closers.push(() => held.release())
    const db = embedded
      ? await openEmbedded(join(dir, 'database'))
      : openPostgres({
          url: config.databaseUrl!,
          onError: error => log.warn({ err: error }, 'database connection'),
        })
    closers.push(() => db.close())
    await migrate(db)
    await ensureStandardDictionary(db)

    const files = openFiles(dir)
    await files.sweep()
    const house = {
      db,
      files,
      log,
      unpackLimits: { unpackedBytes: config.unpackLimitBytes },
      intakeLimits: { files: config.deliveryFiles, open: config.openDeliveries },
      photoLimits: { bytes: config.photoLimitBytes, roots: config.photoRoots },
    }
    await recoverLoads(house)
    const uploads = await openUploads(dir)
    const uploadBytes = config.uploadLimitBytes
    const uploading = openUploading({ ...house, uploads, uploadBytes })
    await recoverFiles(house)
    await uploading.sweep()
    closers.push(uploading.watch())
    const keeping = openKeeping({ ...house, uploads })
    await keeping.recover()
    closers.push(keeping.watch())

    const reactions = await openReactions(db, log)
    closers.push(() => reactions.stop())
    const atlas = openAtlas(db, log, { reactions, idleMs: config.districtIdleMs })
    closers.push(() => atlas.stop())
    const ready = async (event: JournalEvent) => {
      const tiles = await atlas.shown(event)
      return tiles && { tiles }
    }
    const live = await openLive(db, { log, reactions, ready })
    closers.push(() => live.stop())
    const principals = await openPrincipals(db, { bootstrapToken: config.bootstrapToken, log, reactions })
    reactions.begin([
      {
        name: 'orgs: the districts are read anew',
        to: DISTRICT_CHANGES,
        react: async () => void (await rememberDistricts(db)),
        missed: () => void rememberDistricts(db).catch(error => log.error({ err: error }, 'districts')),
      },
      { name: 'orgs: revoked sessions are forgotten', to: 'every', react: principals.happened },
      { name: 'atlas: it is put into the model', to: 'every', react: atlas.changed, missed: atlas.missed },
      {
        name: 'upkeep: requests on what has changed are to be looked at again',
        to: ['registry.published'],
        react: ({ district }) => lookAgain(house, district),
      },
      {
        name: 'evidence: pictures of what came to nothing go',
        to: PICTURES_GO,
        react: () => keeping.sweep(),
      },
      { name: 'live: watchers hear of it', to: 'every', react: live.happened, missed: live.missed },
    ])
    const runner = openRunner(house)
    if (!embedded) closers.push(watchLoads(house, runner))
    const jobs: Jobs = await startJobs(
      db,
      {
        'survey.load': (data, signal) => runner.run(String(data.delivery), signal),
        'upkeep.handover': async (data, signal) =>
          void (await runHandover(house, String(data.handover), signal)),
      },
      log,
    )
    closers.push(() => jobs.stop())
    closers.push(watchHandovers(house))

    const street = openStreet({ db })
    const endpoints: Endpoint[] = [
      ...orgsRoutes({
        db,
        principals,
        bboxOf(district) {
          const model = atlas.peek(district)
          return model ? districtBox(model) : findDistrictBox(db, district)
        },
        isCodeProfile: text => codeProfileSchema.safeParse(text).success,
      }),
      ...gridRoutes(db),
      ...atlasRoutes({ db, atlas }),
      ...surveyRoutes({ ...house, jobs: () => jobs, runner, uploads, uploading, uploadBytes }),
      ...upkeepRoutes({ db }),
      ...plateRoutes({ db, street }),
      ...evidenceOfComponents({ db }),
      ...evidenceRoutes({
        ...{ ...house, uploads, keeping },
        sees: { change: seesChange(house), report: seesReport, inspection: seesInspection(house) },
        street: (call, token, opening) => street.enter(call, token, opening ? 'photo' : null),
      }),
      ...handoverRoutes({ db, begin: handover => jobs.send('upkeep.handover', { handover }) }),
      liveDoor(live, { mostStreams: config.liveStreams }),
    ]
    const pulse = openPulse(db)
    const shared = {
      endpoints,
      log,
      metrics: metricsOf({ reactions, atlas, live }),
      rightNames: rights,
      limits: { uploadBytes },
      staticDir: fileURLToPath(new URL('../dist/web/', import.meta.url)),
      ready: async (): Promise<Readiness> => {
        const warming = [
          ...((await pulse()) ? [] : (['database'] as const)),
          ...(atlas.warming().length === 0 ? [] : (['atlas'] as const)),
        ]
        return { ready: warming.length === 0, warming }
      },
      publicOrigin: config.publicOrigin ?? undefined,
      trustProxy: config.trustProxy,
    }
    const servers: HttpServer[] = []
    closers.push(() => Promise.all(servers.map(server => server.stop())))
    const local = createServer({ ...shared, principalOf: principals.ofLocal, local: true })
    const socket = socketPath(dir)
    await clearSocket(socket)
    const asked = { all: 0, open: 0 }
    local.server.on('request', (_request, answer) => {
      asked.all++
      asked.open++
      answer.once('close', () => asked.open--)
    })
    await local.listen({ socket })
    servers.push(local)

    const districts = (await listDistricts(db)).map(district => district.code)
    const { warmDistricts: warm } = config
    // the rest when it is asked for
    void atlas.warm(
      districts.filter(
        code => warm === 'all' || (warm === 'only' ? districts.length === 1 : warm.includes(code)),
      ),
    )

    return {
      db,
      endpoints,
      socket,
      asked,
      async listen() {
        const server = createServer({ ...shared, principalOf: principals.of, tls: config.tls ?? undefined })
        const address = await server.listen({ host: config.host, port: config.port }).catch(error => {
          const taken = (error as { code?: string }).code === 'EADDRINUSE'
          throw taken ? problem('port.taken', { address: `${config.host}:${config.port}` }) : error
        })
        servers.push(server)
        if (!existsSync(shared.staticDir)) log.warn('the console is not built: npm run build')
        return address
      },
      stop: () => closeAll(closers, log),
    }
  } catch (error) {
    await closeAll(closers, log)
    throw error
  }
}

/** Looks now and then for loads whose process is gone. @returns what ends it, when the look under way is over */
function watchLoads(house: LoadHouse, runner: Runner): () => Promise<unknown> {
  let looking: Promise<unknown> = Promise.resolve()
  const look = () => {
    looking = recoverLoads(house, runner.running()).catch(error =>
      house.log.warn({ err: error }, 'stale loads'),
    )
  }
  const watch = setInterval(look, STALE_LOADS_MS)
  watch.unref()
  return () => {
    clearInterval(watch)
    return looking
  }
}

/** Hands over new works whose day has come, at the start and now and then. @returns what ends it */
function watchHandovers({ db, log }: LoadHouse): () => Promise<unknown> {
  let looking: Promise<unknown> = Promise.resolve()
  const stopping = new AbortController()
  const look = () => {
    looking = looking
      .then(() => transferDue({ db, log }, stopping.signal))
      .catch(error => log.warn({ err: error }, 'new works could not be handed over'))
  }
  look()
  const watch = setInterval(look, HANDOVERS_MS)
  watch.unref()
  return () => {
    clearInterval(watch)
    stopping.abort(new Error('the server stops'))
    return looking
  }
}

async function closeAll(closers: (() => unknown)[], log: Log): Promise<void> {
  for (const close of closers.splice(0).reverse()) {
    try {
      await close()
    } catch (error) {
      log.warn({ err: error }, 'closing')
    }
  }
}
