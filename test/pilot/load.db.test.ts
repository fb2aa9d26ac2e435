/** The pilot goes through the intake everyone uses: all of it is taken but what was planted to be found. */
import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { DefectKind } from '../../pilot/components/defects.ts'
import { generatePilot } from '../../pilot/generate.ts'
import type { PilotManifest } from '../../pilot/manifest.ts'
import type { FindingCode } from '../../src/domain/survey/findings.ts'
import { severityOf } from '../../src/domain/survey/findings.ts'
import { type OpenedDb, onEachEngine } from '../support/engines.ts'
import { type Intake, type LoadedDelivery, openIntake } from '../support/intake.ts'

/** What each planted defect is found as. */
const foundAs: Record<DefectKind, FindingCode> = {
  'position outside': 'position.outside',
  'unit not in directory': 'unit.unknown',
  'class name disagrees': 'class.mismatch',
  'code twice': 'code.duplicate',
  'date missing': 'date.missing',
  'dates reversed': 'date.order',
  'code missing': 'code.missing',
  'half a character': 'value.truncated-byte',
}
const addressProfile = parse(
  readFileSync(new URL('../../pilot/profiles/addresses.yaml', import.meta.url), 'utf8'),
)

let dir: string
let manifest: PilotManifest
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wangge-pilot-load-'))
  manifest = await generatePilot(dir, { components: 20_000 })
})
afterAll(() => rm(dir, { recursive: true, force: true }))

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: manifest.district.code, name: manifest.district.name })
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  const rowsOf = (start: string): number =>
    manifest.files.filter(({ file }) => file.startsWith(start)).reduce((sum, { rows }) => sum + rows, 0)

  describe('a pilot', () => {
    it('brings grids, units, classes, places and addresses of which every row is taken, with nothing to find', async () => {
      const parts = [
        ['grids', 'grids.zip'],
        ['units', 'units.csv'],
        ['classes', 'classes.csv'],
        ['places', 'places.zip'],
        ['addresses', 'addresses.csv'],
      ] as const
      for (const [kind, file] of parts) {
        const how = kind === 'addresses' ? { profile: addressProfile } : {}
        const { delivery, findings } = await intake.load(kind, [join(dir, file)], how)
        const rows = rowsOf(file)
        expect(findings).toEqual([])
        expect(delivery).toMatchObject({
          kind,
          state: 'published',
          counts: { read: rows, accepted: rows, refused: 0 },
        })
      }
    })

    describe('and its components', () => {
      let loaded: LoadedDelivery
      beforeAll(async () => {
        const names = (await readdir(join(dir, 'components'))).sort()
        loaded = await intake.load(
          'components',
          names.map(name => join(dir, 'components', name)),
        )
      })

      it('have every planted defect found, as often as the manifest says', () => {
        const counts: Partial<Record<FindingCode, number>> = {}
        for (const { code } of loaded.findings) counts[code] = (counts[code] ?? 0) + 1
        for (const [kind, code] of Object.entries(foundAs) as [DefectKind, FindingCode][]) {
          expect(manifest.defects[kind]).toBeGreaterThan(0)
          expect([code, counts[code]]).toEqual([code, manifest.defects[kind]])
        }
      })

      it('have nothing else refused, and nothing else found', () => {
        const { delivery, findings } = loaded
        const planted = Object.entries(foundAs) as [DefectKind, FindingCode][]
        const refusing = planted.filter(([, code]) => severityOf(code) === 'error')
        const refused = refusing.reduce((sum, [kind]) => sum + manifest.defects[kind], 0)
        const { total } = manifest.components
        expect(delivery).toMatchObject({
          state: 'published',
          counts: { read: total, accepted: total - refused, refused },
        })
        // the first of the rows that have one code is told too
        const firsts = findings.filter(({ code }) => code === 'code.duplicate-kept')
        const others = findings
          .filter(({ code }) => code === 'code.duplicate')
          .map(({ detail }) => detail.other)
        expect(firsts.map(({ file, row }) => `${file}:${row}`).toSorted()).toEqual(
          [...new Set(others)].sort(),
        )
        const known = new Set<string>([...planted.map(([, code]) => code), 'code.duplicate-kept'])
        expect(findings.filter(({ code }) => !known.has(code))).toEqual([])
      })
    })
  })
})
