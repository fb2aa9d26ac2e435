/**
 * From a commit to the changed tile on another process, while that process answers tiles and changes go on: each
 * change adds one lamp, and the tile around it is asked for again and again until its ETag is another.
 *
 *   decide (commit) ─> clock ... tile, tile, tile with another ETag ─> clock
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { tileAt } from '../../gis/mercator.ts'
import type { Measurement } from '../measurement.ts'
import { randomFrom } from '../partition.ts'
import { SQUARE } from '../square.ts'
import { type Houses, openHouses, quantile } from '../two-houses.ts'

/** Between two looks at a tile. */
const LOOK_MS = 5

export const measurement: Measurement = {
  about: 'commit to changed tile on a second process, while it answers tiles and changes go on',
  options: { components: 231_000, seconds: 60, writesPerS: 20, tilesPerS: 200 },
  async run({ components = 0, seconds = 0, writesPerS = 0, tilesPerS = 0 }, say) {
    const houses = await openHouses(components, say)
    try {
      const random = randomFrom(5)
      const spots = Array.from({ length: seconds * writesPerS }, (_, i): [number, number] => [
        120.601 + ((i * 0.754877666) % 1) * 0.085,
        31.301 + ((i * 0.569840296) % 1) * 0.085,
      ])
      const requests: string[] = []
      for (const [lon, lat] of spots) requests.push(await houses.propose(lon, lat))
      say(`${requests.length} changes wait to be decided`)
      const waited: number[] = []
      const decided: number[] = []
      const asked: number[] = []
      const open: Promise<unknown>[] = []
      const started = performance.now()
      let done = false
      const others = everyMs(
        1000 / tilesPerS,
        () => done,
        () => {
          const z = 13 + Math.floor(random() * 5)
          const [x, y] = tileAt(120.601 + random() * 0.085, 31.301 + random() * 0.085, z)
          const began = performance.now()
          open.push(houses.server.ask(path(z, x, y)).then(() => void asked.push(performance.now() - began)))
        },
      )
      let next = 0
      let turn: Promise<unknown> = Promise.resolve()
      await everyMs(
        1000 / writesPerS,
        () => next === requests.length,
        () => {
          const [id, spot] = [requests[next]!, spots[next]!]
          next++
          // one after the other: versions of a district are
          turn = turn.then(async () => {
            const before = await houses.server.ask(path(...tileOf(spot)))
            const began = performance.now()
            await houses.decide([id])
            const committed = performance.now()
            decided.push(committed - began)
            open.push(seen(houses, spot, before.etag, committed).then(ms => waited.push(ms)))
          })
        },
      )
      await turn
      done = true
      await others
      await Promise.all(open)
      const tookS = (performance.now() - started) / 1000
      return {
        changes: waited.length,
        p50Ms: quantile(waited, 0.5),
        p95Ms: quantile(waited, 0.95),
        p99Ms: quantile(waited, 0.99),
        maxMs: Math.max(...waited),
        changesPerS: waited.length / tookS,
        tilesPerSAnswered: asked.length / tookS,
        tileP50Ms: quantile(asked, 0.5),
        tileP99Ms: quantile(asked, 0.99),
        decideP50Ms: quantile(decided, 0.5),
      }
    } finally {
      await houses.stop()
    }
  },
}

const ZOOM = 17
const tileOf = ([lon, lat]: readonly [number, number]): [number, number, number] => [
  ZOOM,
  ...tileAt(lon, lat, ZOOM),
]
const path = (z: number, x: number, y: number): string =>
  `/tiles/components/${z}/${x}/${y}.mvt?district=${SQUARE}`

/** Milliseconds since the commit until the tile is another. */
async function seen(houses: Houses, spot: [number, number], etag: string | undefined, committed: number) {
  for (;;) {
    const answer = await houses.server.ask(path(...tileOf(spot)), { 'if-none-match': etag ?? '' })
    if (answer.status !== 304 && answer.etag !== etag) return performance.now() - committed
    await sleep(LOOK_MS)
  }
}

/** Begins something at even times, however long it takes. */
async function everyMs(ms: number, over: () => boolean, begin: () => void): Promise<void> {
  const started = performance.now()
  for (let n = 1; !over(); n++) {
    begin()
    const wait = started + n * ms - performance.now()
    await sleep(Math.max(0, wait))
  }
}
