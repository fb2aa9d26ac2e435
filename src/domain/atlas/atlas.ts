/**
 * The atlas: the read models of the districts this process is asked for, kept fresh by what happened.
 * A model is replaced whole; readers of the former one finish with it. A model that could not be made anew
 * is tried again until it is: meanwhile the former one answers, and its district is said to be behind.
 *
 *   event -> behind -> build -> (failed: wait, build again) -> fresh
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../../core/db.ts'
import type { JournalEvent } from '../../core/journal.ts'
import type { Log } from '../../core/log.ts'
import { problem } from '../../core/problem.ts'
import type { Reactions } from '../../core/reactions.ts'
import { currentGeneration, generationBefore } from '../grids/store.ts'
import { versionBefore } from '../registry/store.ts'
import { buildModel } from './build.ts'
import type { Model } from './model.ts'

export interface Atlas {
  /** The model of a district, built at the first question. @throws Problem district.unknown */
  get(district: string): Promise<Model>
  /**
   * The district as it was at the end of a day in China; today's model where nothing has changed since.
   * @param day YYYY-MM-DD  @throws Problem district.unknown
   */
  asOf(district: string, day: string): Promise<Model>
  /** The model if it is there now. */
  peek(district: string): Model | null
  /** Builds the models of these districts, for start; one that cannot be built does not hold up the others. */
  warm(districts: readonly string[]): Promise<void>
  /** Districts whose model is not there yet, or older than what is committed. */
  behind(): string[]
  /** Resolves when every change of the district (of all without one) committed before the call is in its model, however often that had to be tried. */
  caughtUp(district?: string): Promise<void>
  /** The reaction to MODEL_CHANGES: begins to make the district's model anew, if it is held here. */
  changed(event: JournalEvent): void
  stop(): Promise<void>
}

/** Models of earlier days that are kept, of all districts together. */
const PAST_MODELS = 2
const DAY_MS = 86_400_000

/** Events after which a model is no longer true. */
export const MODEL_CHANGES = [
  'registry.published',
  'grids.published',
  'places.published',
  'units.loaded',
  'dictionary.extended',
  'district.changed',
] as const

/** A district whose model is to be made anew. */
interface Behind {
  /** The newest event the model must hold. */
  no: number
  /** When it was tried once. */
  tried: Promise<void>
  /** When it is fresh, or the atlas stops. */
  fresh: Promise<void>
}

/** @param pauseMs before a failed build is tried again; it doubles up to 64 times */
export function openAtlas(
  db: Db,
  log: Log,
  { reactions, pauseMs = 500 }: { reactions: Pick<Reactions, 'caughtUp'>; pauseMs?: number },
): Atlas {
  const models = new Map<string, Model>()
  const building = new Map<string, Promise<Model>>()
  const behind = new Map<string, Behind>()
  const stopping = new AbortController()
  const { signal } = stopping

  const build = (district: string): Promise<Model> => {
    const going = building.get(district)
    if (going) return going
    const work = (async () => {
      const known = await db.query('SELECT 1 FROM district WHERE code = $1', [district])
      if (known.length === 0) throw problem('district.unknown', { code: district })
      const started = performance.now()
      const model = await buildModel(db, district, { former: models.get(district), log })
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

  const pasts = new Map<string, Promise<Model>>()
  const asOf = async (district: string, day: string): Promise<Model> => {
    const today = models.get(district) ?? (await build(district))
    const moment = new Date(new Date(`${day}T00:00:00+08:00`).getTime() + DAY_MS)
    const version = await versionBefore(db, district, moment)
    const generation = await generationBefore(db, district, moment)
    const isToday =
      version === today.registryVersion && generation === (await currentGeneration(db, district))
    if (isToday) return today
    const key = `${district} ${version} ${generation}`
    const known = pasts.get(key)
    pasts.delete(key)
    const model =
      known ?? buildModel(db, district, { former: today, past: { version, generation, moment }, log })
    // the last asked for is the last to go; one that failed goes at once
    pasts.set(key, model)
    model.catch(() => pasts.get(key) === model && pasts.delete(key))
    for (const oldest of pasts.keys()) if (pasts.size > PAST_MODELS) pasts.delete(oldest)
    return model
  }

  const refresh = async (district: string, want: { no: number }, tried: () => void): Promise<void> => {
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        // a model still being built may have read the tables before the change
        await building.get(district)?.catch(() => {})
        const isFresh = () => (models.get(district)?.journalNo ?? -1) >= want.no
        while (!isFresh() && !signal.aborted) await build(district)
        return
      } catch (error) {
        tried()
        if (signal.aborted) return
        log.error({ err: error, district }, 'atlas could not be built; it is tried again')
        await sleep(pauseMs * 2 ** Math.min(tries, 6), undefined, { signal, ref: false }).catch(() => {})
      }
    }
  }
  const freshen = (district: string, no: number): Behind => {
    const going = behind.get(district)
    if (going) {
      going.no = Math.max(going.no, no)
      return going
    }
    const { promise: tried, resolve } = Promise.withResolvers<void>()
    const want: Behind = { no, tried, fresh: Promise.resolve() }
    behind.set(district, want)
    want.fresh = refresh(district, want, resolve).finally(() => {
      behind.delete(district)
      resolve()
    })
    return want
  }

  const allFresh = async (): Promise<void> => {
    await Promise.all([...behind.values()].map(each => each.fresh))
  }

  return {
    get: async district => models.get(district) ?? build(district),
    asOf,
    peek: district => models.get(district) ?? null,
    changed({ district, no }) {
      // they lean on the units and places of today
      for (const key of pasts.keys()) if (key.startsWith(`${district} `)) pasts.delete(key)
      if (models.has(district) || building.has(district) || behind.has(district)) freshen(district, no)
    },
    async warm(districts) {
      for (const district of districts) if (!signal.aborted) await freshen(district, 0).tried
    },
    behind: () =>
      [...new Set([...behind.keys(), ...building.keys()])].filter(
        district => behind.has(district) || !models.has(district),
      ),
    async caughtUp(district) {
      await reactions.caughtUp()
      if (district === undefined) await allFresh()
      else await behind.get(district)?.fresh
    },
    async stop() {
      stopping.abort()
      await allFresh()
      await Promise.allSettled(building.values())
    },
  }
}
