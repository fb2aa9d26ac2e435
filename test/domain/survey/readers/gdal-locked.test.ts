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
