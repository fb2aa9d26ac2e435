/** Virtual tables that call themselves what GDAL reads: they read nothing else and connect nowhere. */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gdalOutput } from '../../../../src/domain/survey/readers/gdal-child.ts'
import { gdalKinds } from '../../../../src/domain/survey/readers/gdal-kinds.ts'
import { gdalProgram } from '../../../../src/domain/survey/readers/gdal-program.ts'
import { openSources } from '../../../../src/domain/survey/readers/open.ts'
import { unpack } from '../../../../src/domain/survey/readers/unpack.ts'
import { noGdal, ogr2ogr } from '../../../support/tools.ts'
import { zipBytes } from './build-zip.ts'

const skipped = ogr2ogr ? '' : ` (${noGdal})`
const canary = 'canary-of-another-file'
let home: string
let scratch: string
let server: Server
let connections = 0
let port: number

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'gdal-test-'))
  scratch = join(home, 'scratch')
  await mkdir(scratch)
  await writeFile(join(home, 'canary.csv'), `name,x,y\n${canary},120,31\n`)
  server = createServer(socket => {
    connections++
    socket.destroy()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(async () => {
  server.close()
  await rm(home, { recursive: true })
})

async function opened(path: string, encoding?: string) {
  const { files, findings } = await unpack([path], scratch)
  const opened = await openSources(files, encoding === undefined ? {} : { encoding })
  return { layers: opened.layers, findings: [...findings, ...opened.findings] }
}

describe.skipIf(!ogr2ogr)(`a virtual table dressed up as what GDAL reads${skipped}`, () => {
  const sources = () => [
    `${home}/canary.csv`,
    `PG:host=127.0.0.1 port=${port} dbname=x`,
    `/vsicurl/http://127.0.0.1:${port}/a.csv`,
  ]
  const vrt = (source: string) =>
    `<OGRVRTDataSource><!-- <kml --><OGRVRTLayer name="canary"><SrcDataSource>${source}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>`

  test.each(['x.tab', 'x.mif', 'x.kml', 'x.dxf', 'x.gdb/a00000001.gdbtable', 'x.gdb/gdb'])(
    '%s is refused by the intake',
    async name => {
      const before = connections
      for (const source of sources()) {
        const path = join(await mkdtemp(join(home, 'vrt-')), name)
        await mkdir(join(path, '..'), { recursive: true })
        await writeFile(path, vrt(source))
        const { layers, findings } = await opened(name.includes('/') ? join(path, '..') : path)
        expect(layers).toEqual([])
        expect(findings.map(found => found.code)).toEqual(['file.corrupt'])
        expect(JSON.stringify(findings)).not.toContain(canary)
      }
      expect(connections).toBe(before)
    },
  )

  const dressed = [
    'x.kmz',
    'x.gpkg',
    'x.shp',
    'x.dbf',
    'x.zip',
    'x.xlsx',
    'x.geojson',
    'x.csv',
    'x.vrt',
    'x.xml',
  ]
  test.each(dressed)('%s, which no GDAL is shown, is refused or passed over too', async name => {
    const before = connections
    for (const source of sources()) {
      const path = join(await mkdtemp(join(home, 'vrt-')), name)
      await writeFile(path, vrt(source))
      await nothingRead(path)
    }
    expect(connections).toBe(before)
  })

  const inside = [
    'x.tab',
    'x.mif',
    'x.kml',
    'x.dxf',
    'a.gdb/a00000001.gdbtable',
    'x.gpkg',
    'x.shp',
    'x.vrt',
    'doc.kml',
  ]
  test.each(inside)('%s inside archives, and archives in those, is refused or passed over', async name => {
    const before = connections
    for (const source of sources()) {
      const folder = await mkdtemp(join(home, 'vrt-'))
      const one = await zipBytes({ [name]: vrt(source) })
      for (const [path, bytes] of [
        [join(folder, 'a.zip'), one],
        [join(folder, 'a.kmz'), one],
        [join(folder, 'b.zip'), await zipBytes({ 'deep/a.zip': one })],
      ] as const) {
        await writeFile(path, bytes)
        await nothingRead(path)
      }
    }
    expect(connections).toBe(before)
  })

  async function nothingRead(path: string): Promise<void> {
    const unpacked = await unpack([path], await mkdtemp(join(home, 'scratch-')))
    const read = await openSources(unpacked.files, {})
    const findings = [...unpacked.findings, ...read.findings]
    // as a table it is one line: a header
    expect(read.layers.filter(layer => layer.rowCount !== 0 || layer.sample.length > 0)).toEqual([])
    expect(findings.length).toBeGreaterThan(0)
    expect(findings.every(found => /^(file|encoding|row)\./.test(found.code))).toBe(true)
    expect(JSON.stringify(findings)).not.toContain(canary)
  }

  test.each(Object.values(gdalKinds))(
    '$format: the child itself reads nothing else and connects nowhere',
    async ({ drivers, ending }) => {
      const gdal = (await gdalProgram())!
      // an open GDAL follows the table: the trap is a real one
      const trap = join(home, 'trap.vrt')
      await writeFile(trap, vrt(`${home}/canary.csv`))
      expect(execFileSync(gdal.ogrinfo, ['-ro', '-al', trap], { encoding: 'utf8' })).toContain(canary)
      const before = connections
      for (const source of sources()) {
        const dir = await mkdtemp(join(home, 'child-'))
        await writeFile(join(dir, `input.${ending}`), vrt(source))
        for (const driver of drivers.filter(name => gdal.drivers.includes(name))) {
          let said = ''
          const reading = async (program: 'ogrinfo' | 'ogr2ogr', args: string[]) => {
            for await (const chunk of gdalOutput({ gdal, program, driver, args, dir, file: 'x' }))
              said += chunk
          }
          await expect(reading('ogrinfo', ['-ro', '-al', `./input.${ending}`])).rejects.toMatchObject({
            finding: { code: 'file.corrupt' },
          })
          await expect(
            reading('ogr2ogr', ['-f', 'GeoJSON', '/vsistdout/', `./input.${ending}`]),
          ).rejects.toMatchObject({ finding: { code: 'file.corrupt' } })
          await expect(reading('ogrinfo', ['-ro', '-al', source])).rejects.toMatchObject({
            finding: { code: 'file.corrupt' },
          })
          expect(said).not.toContain(canary)
        }
      }
      expect(connections).toBe(before)
    },
  )
})
