/** A real city through the intake: blocks of the census as areas, its street furniture as components. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Delivery } from '../../../src/domain/survey/schema.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { holdings, type Intake, openIntake } from '../../support/intake.ts'
import { type Checked, checkPlacements } from '../../support/placement-oracle.ts'
import { noData, sharedCollection, sharedData } from '../../support/shared.ts'

const fixtures = fileURLToPath(new URL('../../fixtures/in/cambridge/', import.meta.url))
const profileOf = (name: string) => parse(readFileSync(`${fixtures}${name}.yaml`, 'utf8'))
const DISTRICT = '990170'
const POINTS = 17_000

const path = (name: string) => sharedData + name

if (!sharedData)
  describe.skip(`Cambridge, Massachusetts (${noData})`, () => it('is taken as it is', () => {}))
else
  onEachEngine((_engine, open) => {
    let opened: OpenedDb
    let intake: Intake
    let checked: Checked
    const profile = profileOf('components')
    const there = readdirSync(path('cambridge/B_points'))
    const layers = Object.keys(profile.layers).filter(layer => there.includes(`${layer}.geojson`))
    const files = layers.map(layer => path(`cambridge/B_points/${layer}.geojson`))
    const gridProfile = profileOf('grids')
    const gridFiles = Object.keys(gridProfile.layers).map(layer =>
      path(`cambridge/A_hierarchy/${layer}.geojson`),
    )
    const how = { district: DISTRICT, profile }

    beforeAll(async () => {
      opened = await open()
      intake = await openIntake(opened.db)
      await intake.addDistrict({ code: DISTRICT, name: 'Cambridge' })
    })
    afterAll(async () => {
      await intake?.close()
      await opened?.close()
    })

    /** Every file adds up, the files add up to the whole, and the whole to what the files hold. */
    const addsUp = ({ counts, files: told }: Delivery, paths: readonly string[]) => {
      expect(told.map(file => [file.name, file.read])).toEqual(
        paths
          .map(file => [file.slice(file.lastIndexOf('/') + 1), sharedCollection(file).features.length])
          .sort(),
      )
      for (const file of told) expect(file.accepted + file.refused).toBe(file.read)
      const sum = (of: 'read' | 'accepted' | 'refused') => told.reduce((all, file) => all + file[of], 0)
      expect(counts).toMatchObject({ read: sum('read'), accepted: sum('accepted'), refused: sum('refused') })
      expect(counts.added + counts.changed + counts.unchanged).toBe(counts.accepted)
    }

    it('has its tracts, block groups and blocks taken as grids, each under its own', async () => {
      const { delivery, findings } = await intake.load('grids', gridFiles, {
        district: DISTRICT,
        profile: gridProfile,
      })
      expect(delivery).toMatchObject({
        state: 'published',
        counts: { read: 1 + 33 + 87 + 1044, refused: 0, added: 1165 },
      })
      addsUp(delivery, gridFiles)
      expect(new Set(findings.map(found => found.code))).toEqual(new Set(['grid.parent-geometry']))
      const wrong = await intake.db.query(
        `SELECT g.code FROM grid g LEFT JOIN grid p ON p.district = g.district AND p.id = g.parent_id
         WHERE g.district = $1 AND (g.level > 1 AND NOT starts_with(g.code, p.code) OR g.level > 0 AND p.level <> g.level - 1 OR g.level > 0 AND p.id IS NULL)`,
        [DISTRICT],
      )
      expect(wrong).toEqual([])
    })

    it('has its own classes added to the dictionary', async () => {
      const { delivery } = await intake.load('classes', [`${fixtures}classes.csv`], { district: DISTRICT })
      expect(delivery).toMatchObject({ state: 'published', counts: { read: 6, accepted: 6, added: 6 } })
    })

    it('has its street furniture taken, and counts in, out and refused add up for every file', async () => {
      const { delivery, findings } = await intake.load('components', files, how)
      expect(delivery).toMatchObject({ state: 'published', version: 1, counts: { unchanged: 0, changed: 0 } })
      addsUp(delivery, files)
      expect(findings.filter(found => found.code.startsWith('hint.'))).toEqual([])
      // each refused row has an error, and nothing else has one
      const refusedRows = new Set(
        findings.filter(found => found.severity === 'error').map(found => `${found.file}:${found.row}`),
      )
      expect(refusedRows.size).toBe(delivery.counts.refused)
      const units = findings.filter(found => found.code === 'unit.unknown')
      expect(units.some(found => found.field === 'Jurisdiction' && found.value === 'City of Cambridge')).toBe(
        true,
      )
    })

    it('has every component where PostGIS puts it: points by ST_Covers and the lowest code, lines and outlines by share', async () => {
      checked = await checkPlacements(intake.db, DISTRICT)
      expect(checked.wrong).toEqual([])
      expect(checked.points).toBeGreaterThan(POINTS)
      expect(checked.components - checked.points).toBeGreaterThan(3_000)
    })

    it('is unchanged when the same files come again', async () => {
      const before = await holdings(intake.db, DISTRICT)
      const { delivery } = await intake.load('components', files, how)
      expect(delivery).toMatchObject({ state: 'published', version: null, counts: { added: 0, changed: 0 } })
      expect(delivery.counts.unchanged).toBe(delivery.counts.accepted)
      expect(delivery.counts.accepted).toBe(checked.components)
      addsUp(delivery, files)
      expect(await holdings(intake.db, DISTRICT)).toEqual(before)
    })

    it('keeps its grids when the same grids come again', async () => {
      const { delivery } = await intake.load('grids', gridFiles, { district: DISTRICT, profile: gridProfile })
      expect(delivery).toMatchObject({
        state: 'published',
        counts: { unchanged: 1165, added: 0, changed: 0 },
      })
      expect(await checkPlacements(intake.db, DISTRICT)).toEqual(checked)
    })
  })
