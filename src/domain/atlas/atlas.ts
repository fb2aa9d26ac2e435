/**
 * The atlas: the read models of the districts this process is asked for, kept fresh from the journal.
 * A model is replaced whole; readers of the former one finish with it.
 */
import type { Db } from '../../core/db.ts'
import { follow, type JournalEvent, type Tail } from '../../core/journal.ts'
import type { Log } from '../../core/log.ts'
import { problem } from '../../core/problem.ts'
import { buildModel } from './build.ts'
import type { Model } from './model.ts'

export interface Atlas {
  /** The model of a district, built at the first question. @throws Problem district.unknown */
  get(district: string): Promise<Model>
  /** The model if it is there now. */
  peek(district: string): Model | null
  /** Builds the models of these districts, for start. */
  warm(districts: readonly string[]): Promise<void>
  warming(): string[]
  /** Resolves when every change committed before the call is in the models. */
  caughtUp(): Promise<void>
  onChange(listener: (event: JournalEvent) => void): void
  stop(): Promise<void>
}

/** Events after which a model is no longer true. */
const CHANGES = new Set([
  'registry.published',
  'grids.published',
  'places.published',
  'units.loaded',
  'dictionary.extended',
  'district.changed',
])

export async function openAtlas(db: Db, log: Log): Promise<Atlas> {
  const models = new Map<string, Model>()
  const building = new Map<string, Promise<Model>>()
  const listeners: ((event: JournalEvent) => void)[] = []
  let stopped = false

  const build = (district: string): Promise<Model> => {
    const going = building.get(district)
    if (going) return going
    const work = (async () => {
      const known = await db.query('SELECT 1 FROM district WHERE code = $1', [district])
      if (known.length === 0) throw problem('district.unknown', { code: district })
      const started = performance.now()
      const model = await buildModel(db, district)
      models.set(district, model)
      log.info(
        { district, components: model.components.n, ms: Math.round(performance.now() - started) },
        'atlas built',
      )
      return model
    })().finally(() => building.delete(district))
    building.set(district, work)
    return work
  }

  const tail: Tail = await follow(
    db,
    async event => {
      // a first model still being built may have read the tables before this change
      if (CHANGES.has(event.kind) && (models.has(event.district) || building.has(event.district))) {
        await building.get(event.district)?.catch(() => {})
        if ((models.get(event.district)?.journalNo ?? 0) < event.no) await build(event.district)
      }
      for (const listener of listeners) listener(event)
    },
    { onError: error => log.error({ err: error }, 'atlas could not follow the journal') },
  )

  return {
    get: async district => models.get(district) ?? build(district),
    peek: district => models.get(district) ?? null,
    async warm(districts) {
      for (const district of districts) if (!stopped) await build(district)
    },
    warming: () => [...building.keys()].filter(district => !models.has(district)),
    caughtUp: () => tail.caughtUp(),
    onChange: listener => void listeners.push(listener),
    async stop() {
      stopped = true
      await tail.stop()
      await Promise.allSettled(building.values())
    },
  }
}
