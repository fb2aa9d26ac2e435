/** A load that is cancelled near its end: what the canceller is told is what becomes of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/core/db.ts'
import { listEvents } from '../../../src/core/journal.ts'
import { startLoad } from '../../../src/domain/survey/commands.ts'
import { openRunner, type Runner } from '../../../src/domain/survey/run.ts'
import type { DeliveryKind } from '../../../src/domain/survey/schema.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, featureCollection, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { endOf, HOME, holdings, type Intake, openIntake } from '../../support/intake.ts'

/** The second row has no position: a finding, so that findings are written at the end. */
const lamps = (note: string) =>
  featureCollection(
    [0, 1].map(i => ({
      properties: { OBJCODE: componentCode(i + 1), OBJNAME: '路灯', NOTE: note },
      geometry: i === 0 ? { type: 'Point', coordinates: [120.61, 31.31] } : null,
    })) as never,
  )

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    const { delivery } = await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    expect(delivery.state).toBe('published')
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  /** Runs a load and cancels it when the database is first asked, with its parameters, what matches. */
  const cancelledAt = async (kind: DeliveryKind, files: Record<string, string>, moment: RegExp) => {
    const sent = await intake.send(kind, files)
    await startLoad(intake.db, sent.id, { options: {}, actor: 'sender' })
    let answer: boolean | null = null
    let runner: Runner | null = null
    const heard = (what: string) => {
      if (moment.test(what)) answer ??= runner!.cancel(sent.id, 'account:other')
    }
    const hooked = <T extends Pick<Db, 'query' | 'copyIn' | 'script'>>(on: T) => ({
      query: (sql: string, params?: readonly unknown[]) => {
        heard(`${sql} ${JSON.stringify(params)}`)
        return on.query(sql, params)
      },
      script: (sql: string) => on.script(sql),
      copyIn: (...given: Parameters<Db['copyIn']>) => {
        heard(`COPY ${given[0]}`)
        return on.copyIn(...given)
      },
    })
    const db = {
      ...intake.db,
      ...hooked(intake.db),
      transaction: (work: Parameters<Db['transaction']>[0]) =>
        intake.db.transaction(tx => work(hooked(tx) as never)),
    } as Db
    runner = openRunner({ ...intake.house, db })
    await runner.run(sent.id, new AbortController().signal)
    const last = (await listEvents(intake.db, HOME, 0)).at(-1)!
    return { answer, ...(await endOf(intake.db, sent.id)), last }
  }

  describe('a load that is cancelled when all its rows are in', () => {
    it('is cancelled, counts nothing, and leaves nothing behind', async () => {
      const before = await holdings(intake.db)
      const { answer, delivery, findings, last } = await cancelledAt(
        'components',
        { 'a.geojson': lamps('in') },
        /^COPY finding/,
      )
      expect(answer).toBe(true)
      expect(delivery).toMatchObject({ state: 'cancelled', version: null })
      expect(findings.map(found => found.code)).toEqual(['geometry.missing', 'load.cancelled'])
      expect(last).toMatchObject({ kind: 'delivery.cancelled', actor: 'account:other' })
      expect(await holdings(intake.db)).toEqual(before)
    })
  })

  describe('a load that counts already, or is about to', () => {
    it('is not cancelled, and says so', async () => {
      const { answer, delivery } = await cancelledAt(
        'components',
        { 'a.geojson': lamps('published') },
        /UPDATE batch SET version/,
      )
      expect(answer).toBe(false)
      expect(delivery).toMatchObject({ state: 'published', version: 1 })
    })

    it.each([
      ['is cancelled before its end is written', /grids\.published/, true],
      ['is not cancelled from then on', /delivery\.published/, false],
    ])('of grids %s', async (_when, moment, cancelled) => {
      const moved = { 'grids.geojson': gridsGeojson(squareDistrict([120.61, 120.64])) }
      const before = await holdings(intake.db)
      const { answer, delivery } = await cancelledAt('grids', moved, moment)
      expect(answer).toBe(cancelled)
      expect(delivery.state).toBe(cancelled ? 'cancelled' : 'published')
      if (cancelled) expect(await holdings(intake.db)).toEqual(before)
    })
  })
})
