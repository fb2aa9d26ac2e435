/** Every mistake of a delivery is found, once, where it is; and in one without mistakes nothing is. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeRules } from '../../../src/domain/survey/rule-versions.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { gridsGeojson } from '../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'
import { makeDelivery } from './defect-delivery.ts'
import { gappedDistrict, profile, unitsCsv } from './defect-rows.ts'

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'wangge-defects-'))
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(gappedDistrict()) })
    await intake.load('units', { 'units.csv': unitsCsv })
    await changeRules(intake.db, HOME, {
      rules: { severity: { 'unit.same': 'warning' } },
      actor: 'account:admin',
    })
    // what is delivered waits, so that one delivery is not compared with the other
    await intake.db.query("UPDATE district SET approval = 'second-person' WHERE code = $1", [HOME])
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
    await rm(dir, { recursive: true, force: true })
  })
  const load = async (spoilt: boolean) => {
    const own = await mkdtemp(join(dir, 'files-'))
    const { paths, expected } = await makeDelivery(own, spoilt)
    return { expected, ...(await intake.load('components', paths, { profile: { ...profile } })) }
  }
  const inOrder = (list: readonly (readonly unknown[])[]) => list.map(each => each.join(' | ')).toSorted()

  describe('a delivery', () => {
    it('with more than forty kinds of mistakes is told each of them once, at its row, and nothing else', async () => {
      const { expected, findings, delivery } = await load(true)
      expect(new Set(expected.map(([code]) => code)).size).toBeGreaterThanOrEqual(40)
      expect(inOrder(findings.map(({ code, file, row }) => [code, file, row]))).toEqual(inOrder(expected))
      expect(delivery).toMatchObject({ state: 'checked', rulesVersion: 1 })
      const errors = findings.filter(each => each.severity === 'error' && each.row !== null)
      expect(delivery.counts.refused).toBe(new Set(errors.map(each => `${each.file}:${each.row}`)).size)
    })

    it('without mistakes is told nothing, clusters and all', async () => {
      const { findings, delivery } = await load(false)
      expect(findings).toEqual([])
      expect(delivery.counts.refused).toBe(0)
      expect(delivery.counts.accepted).toBeGreaterThan(50)
    })
  })
})
