/** Deliveries in formats that GDAL reads, from the file to the registry. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { featureCollection, rectangle } from '../../support/ground.ts'
import { holdings, type Intake, openIntake } from '../../support/intake.ts'
import { noGdal, ogr2ogr } from '../../support/tools.ts'
import { zipBytes } from './readers/build-zip.ts'

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let home: string
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'gdal-db-'))
    opened = await open()
    intake = await openIntake(opened.db)
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
    await rm(home, { recursive: true })
  })

  describe.skipIf(!ogr2ogr)(`deliveries read through GDAL${ogr2ogr ? '' : ` (${noGdal})`}`, () => {
    const code = '320599'
    const convert = async (name: string, driver: string, content: string, ...options: string[]) => {
      const folder = await mkdtemp(join(home, 'made-'))
      await writeFile(join(folder, 'in.geojson'), content)
      const args = ['-f', driver, join(folder, name), join(folder, 'in.geojson'), ...options]
      execFileSync(ogr2ogr!, args, { stdio: 'ignore' })
      return folder
    }

    it('a File Geodatabase brings the grids, with their names', async () => {
      await intake.addDistrict({ code })
      const polygon = { type: 'Polygon', coordinates: [rectangle(120.5, 31.2, 120.7, 31.4)] } as const
      const content = featureCollection([{ properties: { code, name: '测试辖区' }, geometry: polygon }])
      const folder = await convert('g.gdb', 'OpenFileGDB', content, '-nln', 'district')
      const names = await readdir(join(folder, 'g.gdb'))
      const files = names.map(
        async name => [`g.gdb/${name}`, await readFile(join(folder, 'g.gdb', name))] as const,
      )
      const zip = await zipBytes(Object.fromEntries(await Promise.all(files)))
      const { delivery, findings } = await intake.load(
        'grids',
        { 'g.zip': zip },
        {
          district: code,
          profile: { layers: { '*': { level: 0, fields: { code: 'code', name: 'name' } } } },
        },
      )
      expect(findings).toEqual([])
      expect(delivery).toMatchObject({
        state: 'published',
        counts: { read: 1, accepted: 1, refused: 0, added: 1 },
      })
      const [grid] = await intake.db.query('SELECT code, name FROM grid WHERE district = $1', [code])
      expect(grid).toEqual({ code, name: '测试辖区' })
    })

    it('a GBK table of MapInfo brings the components, and its bad row is told', async () => {
      const rows = [
        ['3205990101000001', '0101', '宝带西路', [120.6, 31.3]],
        ['3205990101000002', '0101', null, [120.61, 31.31]],
        ['3205990101000003', '9999', '无此类', [120.62, 31.32]],
      ] as const
      const features = rows.map(([OBJCODE, CLASS, ROAD, at]) => ({
        properties: { OBJCODE, CLASS, ROAD },
        geometry: { type: 'Point' as const, coordinates: [...at] },
      }))
      const folder = await convert(
        'c.tab',
        'MapInfo File',
        featureCollection(features),
        '-lco',
        'ENCODING=CP936',
      )
      const paths = (await readdir(folder))
        .filter(name => name.startsWith('c.'))
        .map(name => join(folder, name))
      const { delivery, findings } = await intake.load('components', paths, {
        district: code,
        profile: { crs: 'EPSG:4326', fields: { code: 'OBJCODE', classCode: 'CLASS' } },
      })
      expect(delivery.counts).toMatchObject({ read: 3, accepted: 2, refused: 1, added: 2 })
      const unknown = findings.filter(found => found.code === 'class.unknown')
      expect(unknown).toMatchObject([{ file: 'c.tab', row: 3, value: expect.stringContaining('9999') }])
      const held = await intake.db.query<{ attributes: Record<string, unknown> | null }>(
        'SELECT attributes FROM component WHERE district = $1 ORDER BY code',
        [code],
      )
      expect(held.map(({ attributes }) => attributes?.ROAD ?? null)).toEqual(['宝带西路', null])
      expect(await holdings(intake.db, code)).toMatchObject({ components: 2, grids: 1 })
    })
  })
})
