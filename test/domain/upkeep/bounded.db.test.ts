/**
 * New works as large as a street of towns, handed over after many small changes: on the embedded engine everybody waits
 * for the statement that runs, so none reads more than its share, whatever was published before.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SQUARE, squareComponents, squareGrids, squareProfile } from '../../../scripts/square.ts'
import { countCurrent, currentVersion } from '../../../src/domain/registry/store.ts'
import { approveDelivery } from '../../../src/domain/survey/deciding.ts'
import { approveChanges } from '../../../src/domain/upkeep/approving.ts'
import { proposeChange } from '../../../src/domain/upkeep/commands.ts'
import { runHandover } from '../../../src/domain/upkeep/handing-over.ts'
import { acceptHandover, announceHandover, linkDelivery } from '../../../src/domain/upkeep/handovers.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { type Intake, openIntake } from '../../support/intake.ts'
import { touching } from '../../support/touching.ts'

const ALL = 12_000
/** Small versions between the survey and the handover. */
const SMALL = 60
const SHARE = 12_500
/** Where lines are weighed: each of two hundred looks at the box of each of 81 areas, twice. */
const SHARE_OF_SHAPES = 200 * 82 * 2

onEachEngine((engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  const [clerk, reviewer] = ['account:clerk', 'account:reviewer']

  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: SQUARE })
    await intake.load('grids', { 'grids.geojson': squareGrids() }, { district: SQUARE })
    await intake.load(
      'units',
      { 'units.csv': '单位名称,单位代码\n电信公司,91320506MA00000001\n路灯所,91320506MA00000002\n' },
      { district: SQUARE },
    )
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  describe('a handover of twelve thousand components', () => {
    it('is one version, made of statements that each touch little', async () => {
      const units = await opened.db.query<{ id: string }>('SELECT id FROM unit ORDER BY name')
      const works = { name: '新城', builder: '一建', handoverOn: '2026-01-01' }
      const handover = await announceHandover(
        opened.db,
        SQUARE,
        { ...works, ownerId: units[0]!.id, maintainerId: units[1]!.id },
        clerk!,
      )
      await opened.db.query('UPDATE district SET approval = $1', ['second-person'])
      const how = { district: SQUARE, profile: squareProfile as Record<string, unknown> }
      const { delivery } = await intake.load('components', { 'a.csv': squareComponents(1, ALL) }, how)
      await approveDelivery(intake.house, delivery.id, reviewer!)
      const some = await opened.db.query<{ id: string }>(
        `SELECT id FROM component WHERE district = $1 ORDER BY id LIMIT ${SMALL}`,
        [SQUARE],
      )
      for (const { id } of some) {
        const change = { kind: 'edit' as const, componentId: id, set: { note: '核实' } }
        const wish = { proposal: { change, reason: '核实', photos: [] }, actor: clerk!, lang: 'zh' as const }
        const request = await proposeChange({ db: opened.db }, { district: SQUARE, ...wish })
        const word = { district: SQUARE, ids: [request.id], actor: reviewer!, lang: 'zh' as const }
        await approveChanges({ db: opened.db }, word)
      }
      await linkDelivery(opened.db, handover, delivery.id, { actor: clerk! })
      await acceptHandover({ db: opened.db }, handover, { actor: reviewer!, atOnce: false })
      const before = await currentVersion(opened.db, SQUARE)
      const watched = touching(opened.db)
      const done = await runHandover({ db: watched.db }, handover.id)
      const asked = watched.take()
      const over = asked.filter(({ rows, sql }) => rows > (/touch AS/.test(sql) ? SHARE_OF_SHAPES : SHARE))
      if (engine === 'embedded') expect(over).toEqual([])
      expect(asked.filter(({ sql }) => /LATERAL/.test(sql)).length).toBeGreaterThan(
        engine === 'embedded' ? 20 : 0,
      )
      expect(done).toMatchObject({ state: 'transferred', components: ALL })
      expect(await currentVersion(opened.db, SQUARE)).toBe(before + 1)
      expect(await countCurrent(opened.db, SQUARE)).toBe(ALL)
    }, 120_000)
  })
})
