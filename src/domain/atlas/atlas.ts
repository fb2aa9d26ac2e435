/**
 * The atlas: the read models of the districts this process is asked for, kept fresh by what happened. Readers of a
 * former model finish with it. A change that cannot be put into the model that stands, and a hole in the journal,
 * mean that it is made anew: meanwhile the former one answers, and its district is said to be behind.
 *
 *   event -> keeper of its district (keeping.ts) -> changed | made anew -> fresh, and who waits is told which tiles
 */
import type { Db } from '../../core/db.ts'
import type { JournalEvent } from '../../core/journal.ts'
import type { Log } from '../../core/log.ts'
import type { Reactions } from '../../core/reactions.ts'
import { currentGeneration, generationBefore } from '../grids/store.ts'
import { versionBefore } from '../registry/store.ts'
import { buildModel } from './build.ts'
import { type Keeper, openKeeper, type Tally } from './keeping.ts'
import type { Model } from './model.ts'
import { MODEL_CHANGES } from './rules.ts'
import { NOTHING, type TileChange } from './tile-change.ts'
import { bytesOf } from './weight.ts'

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
  /** Those of them that are so for longer than a change takes. */
  warming(): string[]
  /** Resolves when every change of the district (of all without one) committed before the call is in its model, however often that had to be tried. */
  caughtUp(district?: string): Promise<void>
  /** The reaction to every event: begins to put it into the district's model, if that is held here. */
  changed(event: JournalEvent): void
  /** Resolves when the event is in the model: which tiles it changed, null where nobody here knows. */
  shown(event: JournalEvent): Promise<TileChange | null>
  /** The journal was not whole: what it did not tell is read anew. */
  missed(district: string): void
  /** Districts held now, with what they hold in memory. */
  held(): ReadonlyMap<string, { points: number; bytes: number }>
  readonly tally: Readonly<Tally>
  stop(): Promise<void>
}

/** Models of earlier days that are kept, of all districts together. */
const PAST_MODELS = 2
const DAY_MS = 86_400_000

export interface AtlasOptions {
  reactions: Pick<Reactions, 'caughtUp'>
  /** Before a failed build is tried again; it doubles up to 64 times. */
  pauseMs?: number
  /** A district nobody asked for so long is forgotten; null for never. */
  idleMs?: number | null
}

export function openAtlas(
  db: Db,
  log: Log,
  { reactions, pauseMs = 500, idleMs = null }: AtlasOptions,
): Atlas {
  const keepers = new Map<string, Keeper>()
  const stopping = new AbortController()
  const { signal } = stopping
  const tally: Tally = { built: 0, changed: 0, holes: 0, left: 0 }

  const keeperOf = (district: string): Keeper => {
    const known = keepers.get(district)
    if (known) return known
    const keeper = openKeeper(district, { db, log, signal, pauseMs, tally })
    keepers.set(district, keeper)
    return keeper
  }
  const get = async (district: string): Promise<Model> => {
    const keeper = keeperOf(district)
    try {
      return keeper.ask() ?? (await keeper.first())
    } catch (error) {
      // what is not there is not held either
      if (keeper.isIdle() && keepers.get(district) === keeper) keepers.delete(district)
      throw error
    }
  }

  const pasts = new Map<string, Promise<Model>>()
  const asOf = async (district: string, day: string): Promise<Model> => {
    const today = await get(district)
    const moment = new Date(new Date(`${day}T00:00:00+08:00`).getTime() + DAY_MS)
    const version = await versionBefore(db, district, moment)
    const generation = await generationBefore(db, district, moment)
    const isToday =
      version === today.registryVersion && generation === (await currentGeneration(db, district))
    if (isToday) return today
    const key = `${district} ${version} ${generation}`
    const known = pasts.get(key)
    pasts.delete(key)
    const make = async () =>
      (await buildModel(db, district, { former: today, past: { version, generation, moment }, log })).model
    const model = known ?? make()
    // the last asked for is the last to go; one that failed goes at once
    pasts.set(key, model)
    model.catch(() => pasts.get(key) === model && pasts.delete(key))
    for (const oldest of pasts.keys()) if (pasts.size > PAST_MODELS) pasts.delete(oldest)
    return model
  }

  const leave = () => {
    for (const [district, keeper] of keepers) {
      if (idleMs === null || !keeper.isIdle(idleMs)) continue
      keepers.delete(district)
      for (const key of pasts.keys()) if (key.startsWith(`${district} `)) pasts.delete(key)
      tally.left++
      log.info({ district }, 'nobody asked for the district: its model leaves')
    }
  }
  const looking = idleMs === null ? null : setInterval(leave, Math.min(60_000, Math.max(20, idleMs / 4)))
  looking?.unref()

  return {
    get,
    asOf,
    tally,
    peek: district => keepers.get(district)?.now() ?? null,
    changed(event) {
      const { district, kind } = event
      // they lean on the units and places of today
      if (MODEL_CHANGES.includes(kind))
        for (const key of pasts.keys()) if (key.startsWith(`${district} `)) pasts.delete(key)
      keepers.get(district)?.changed(event)
    },
    async shown(event) {
      const keeper = keepers.get(event.district)
      // a district that is being read for the first time will hold it
      if (!keeper?.now()) return MODEL_CHANGES.includes(event.kind) ? null : NOTHING
      await keeper.reached(event.no)
      return keeper.tilesOf(event.no)
    },
    missed(district) {
      for (const key of pasts.keys()) if (key.startsWith(`${district} `)) pasts.delete(key)
      keepers.get(district)?.anew('the journal has a hole')
    },
    async warm(districts) {
      for (const district of districts) if (!signal.aborted) await keeperOf(district).warm()
    },
    behind: () => [...keepers].filter(([, keeper]) => keeper.isBehind()).map(([district]) => district),
    warming: () => [...keepers].filter(([, keeper]) => keeper.isWarming()).map(([district]) => district),
    async caughtUp(district) {
      await reactions.caughtUp()
      const which = district === undefined ? [...keepers.values()] : [keepers.get(district)]
      await Promise.all(which.map(keeper => keeper?.fresh()))
    },
    held: () =>
      new Map(
        [...keepers].flatMap(([district, keeper]) => {
          const model = keeper.now()
          return model ? [[district, bytesOf(model)] as const] : []
        }),
      ),
    async stop() {
      stopping.abort()
      if (looking) clearInterval(looking)
      await Promise.all([...keepers.values()].map(keeper => keeper.stopped()))
    },
  }
}
