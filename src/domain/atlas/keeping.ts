/**
 * Keeps the model of one district: built once, then every event of the district's journal is put into it, in order
 * and one at a time. What cannot be put in, and a number that is missing, mean that it is built anew, again and
 * again until that succeeds.
 *
 *   events -> [ 17 18 19 ] -> nothing shown | a version | grids | places -> the next model
 *                  └── not 17: a hole ─────────────────────────────────> built anew
 */
import { setImmediate as others, setTimeout as sleep } from 'node:timers/promises'
import { countPoints } from '../../../gis/point-set.ts'
import { pointStore } from '../../../gis/point-store.ts'
import type { Db } from '../../core/db.ts'
import type { JournalEvent } from '../../core/journal.ts'
import type { Log } from '../../core/log.ts'
import { currentPublication } from '../places/store.ts'
import { buildModel } from './build.ts'
import { applyVersion, MOST_ROWS, NotTheSame, type Standing, stampOf } from './change.ts'
import type { Model } from './model.ts'
import { buildPlaceIndex } from './places-index.ts'
import { applyGrids } from './regrid.ts'
import { MODEL_CHANGES } from './rules.ts'
import { EVERYTHING, NOTHING, type TileChange } from './tile-change.ts'

/** What happened to all models of the process since it began. */
export interface Tally {
  built: number
  changed: number
  /** Times the journal did not tell all, or a model was not what a change spoke of. */
  holes: number
  left: number
}

export interface Keeper {
  now(): Model | null
  /** The same, for who reads it: a district that is asked for does not leave. */
  ask(): Model | null
  /** The first model, built if need be. @throws what kept it from being built */
  first(): Promise<Model>
  /** Resolves when the first model was built, or could not be and is tried again. */
  warm(): Promise<void>
  changed(event: JournalEvent): void
  anew(why: string): void
  /** Resolves when all that was told is in the model, or the keeper stops. */
  fresh(): Promise<void>
  /** Resolves when the event of that number is in the model, or the keeper stops. */
  reached(no: number): Promise<void>
  /** Which tiles a number changed; null where that is not known any more. */
  tilesOf(no: number): TileChange | null
  isBehind(): boolean
  isWarming(): boolean
  /** Whether nothing is under way, and nobody asked for so long. */
  isIdle(forMs?: number): boolean
  stopped(): Promise<void>
}

interface House {
  db: Db
  log: Log
  signal: AbortSignal
  pauseMs: number
  tally: Tally
}

/** Behind for longer than this, a district is warming. */
const LONG_MS = 2_000
/** Changes of which it is known which tiles they reached. */
const REMEMBERED = 512
/** Of the handles so many may stand for nothing, and of few components more. */
const MOST_GONE = 1 / 4
const FEW_GONE = 50_000

export function openKeeper(district: string, { db, log, signal, pauseMs, tally }: House): Keeper {
  let standing: Standing | null = null
  let askedAt = performance.now()
  let behindSince = 0
  let anew: string | null = null
  let rebuilt = 0
  /** The event that told of a hole: made anew once for it, a model goes on with it. */
  let holeAt = 0
  let queue: JournalEvent[] = []
  let building: Promise<Standing> | null = null
  let working: Promise<void> | null = null
  let merging: Promise<void> | null = null
  const tiles = new Map<number, TileChange>()
  let waiting: { no: number; resolve: () => void }[] = []

  /** Wakes who waits for a number that is in the model now, or all once nothing is under way. */
  const tell = () => {
    const reached = working === null ? Number.POSITIVE_INFINITY : (standing?.model.journalNo ?? -1)
    const there = waiting.filter(({ no }) => no <= reached)
    if (there.length === 0 || anew !== null || building !== null) return
    waiting = waiting.filter(({ no }) => no > reached)
    for (const { resolve } of there) resolve()
  }

  const remember = (no: number, change: TileChange) => {
    tiles.set(no, change)
    for (const oldest of tiles.keys()) if (tiles.size > REMEMBERED) tiles.delete(oldest)
  }
  const build = (): Promise<Standing> => {
    building ??= (async () => {
      const started = performance.now()
      const former = standing?.model
      const built = await buildModel(db, district, { log, rebuilt, ...(former && { former }) })
      standing = { ...built, store: pointStore(built.model.points) }
      tally.built++
      const ms = Math.round(performance.now() - started)
      log.info({ district, components: built.model.components.n, ms }, 'atlas built')
      return standing
    })().finally(() => (building = null))
    return building
  }

  /** @throws when the event cannot be put into the model */
  const take = async (now: Standing, event: JournalEvent): Promise<TileChange | 'anew'> => {
    const { no, data } = event
    switch (event.kind) {
      case 'registry.published': {
        const version = Number(data.version)
        const rows = Number(data.added) + 2 * Number(data.changed) + Number(data.removed)
        if (version <= now.model.registryVersion) return EVERYTHING
        if (rows > MOST_ROWS) return 'anew'
        const { model, change } = await applyVersion(db, now, { no, version, log })
        standing = { ...now, model }
        return change
      }
      case 'grids.published': {
        const generation = Number(data.generation)
        if (generation <= now.model.generation) return EVERYTHING
        const { standing: next, change } = await applyGrids(db, now, { no, generation })
        standing = next
        return change
      }
      case 'places.published': {
        const placesAt = await currentPublication(db, district)
        const places = await buildPlaceIndex(db, district)
        const stamp = stampOf(now.model, { no })
        standing = {
          ...now,
          model: { ...now.model, places, placesAt, stamp, journalNo: no, changedAt: no, builtAt: new Date() },
        }
        return { sets: ['addresses', 'base'], boxes: null }
      }
      default:
        return MODEL_CHANGES.includes(event.kind) ? 'anew' : NOTHING
    }
  }
  const work = async (): Promise<void> => {
    for (let tries = 0; !signal.aborted; ) {
      try {
        if (standing === null || anew !== null || building !== null) {
          const why = anew
          anew = null
          await build().catch(error => {
            anew ??= why
            throw error
          })
        } else if (queue.length === 0) return
        else await next(standing, queue[0]!)
        tries = 0
      } catch (error) {
        if (signal.aborted) return
        log.error({ err: error, district }, 'atlas could not be built; it is tried again')
        await sleep(pauseMs * 2 ** Math.min(tries++, 6), undefined, { signal, ref: false }).catch(() => {})
      }
    }
  }
  const next = async (now: Standing, event: JournalEvent): Promise<void> => {
    const at = now.model.journalNo
    if (event.no > at + 1 && holeAt !== event.no) {
      holeAt = event.no
      return hole(`event ${event.no} came after ${at}`)
    }
    if (event.no > at) {
      const change = await take(now, event).catch(error => {
        if (!(error instanceof NotTheSame || error instanceof RangeError)) throw error
        hole(error.message)
        return 'anew' as const
      })
      if (change === 'anew') {
        anew ??= 'a change as large as the model'
        // what is built from now on holds it
        remember(event.no, EVERYTHING)
      } else {
        remember(event.no, change)
        standing = { ...standing!, model: { ...standing!.model, journalNo: event.no } }
        if (change !== NOTHING) tally.changed++
      }
    }
    queue.shift()
    tell()
    if (standing) tidy(standing)
  }
  const hole = (what: string): void => {
    tally.holes++
    rebuilt++
    anew = what
    log.error({ district, what }, 'the atlas was not told all: it is built anew')
  }
  const tidy = ({ model, store }: Standing): void => {
    const { n } = model.components
    if (n - countPoints(model.points) > Math.max(FEW_GONE, n * MOST_GONE))
      anew ??= 'too many handles stand for nothing'
    else if (merging === null && store.wantsMerge())
      merging = merge(store)
        .catch(error => signal.aborted || log.warn({ err: error, district }, 'points could not be merged'))
        .then(() => void (merging = null))
  }
  const merge = async (store: Standing['store']): Promise<void> => {
    await store.merge(async () => {
      signal.throwIfAborted()
      await others()
    })
    if (standing?.store === store)
      standing = { ...standing, model: { ...standing.model, points: store.now() } }
  }
  const begin = (): void => {
    if (working) return
    behindSince = performance.now()
    working = work().finally(() => {
      working = null
      // told between the last look and now
      if (!signal.aborted && (queue.length > 0 || anew !== null)) begin()
      else tell()
    })
  }

  return {
    now: () => standing?.model ?? null,
    ask() {
      askedAt = performance.now()
      return standing?.model ?? null
    },
    first: async () => (standing ?? (await build())).model,
    async warm() {
      if (standing === null) begin()
      await building?.catch(() => {})
    },
    changed(event) {
      if (standing === null && building === null && working === null) return
      queue.push(event)
      begin()
    },
    anew(why) {
      if (standing === null && building === null) return
      queue = []
      hole(why)
      begin()
    },
    async fresh() {
      while (working) await working
    },
    reached: no =>
      new Promise(resolve => {
        waiting.push({ no, resolve })
        tell()
      }),
    tilesOf: no => tiles.get(no) ?? null,
    isBehind: () => working !== null || building !== null,
    isWarming: () =>
      (building !== null && standing === null) ||
      (working !== null && (standing === null || performance.now() - behindSince > LONG_MS)),
    isIdle: (forMs = 0) =>
      working === null && building === null && merging === null && performance.now() - askedAt >= forMs,
    async stopped() {
      await Promise.allSettled([working, building, merging])
    },
  }
}
