/** MapInfo tables made of other tables: none of those is read, wherever in the file they are named, by the intake or by its child. */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gdalOutput } from '../../../../src/domain/survey/readers/gdal-child.ts'
import { gdalProgram } from '../../../../src/domain/survey/readers/gdal-program.ts'
import { openSources } from '../../../../src/domain/survey/readers/open.ts'
import { noGdal, ogr2ogr } from '../../../support/tools.ts'

const secret = 'host-secret'
const parts = ['tab', 'dat', 'map', 'id']
let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'gdal-tables-'))
})
afterAll(() => rm(home, { recursive: true }))

const feature = (properties: Record<string, string>, geometry: object) =>
  JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', properties, geometry }] })
const square = [120, 31, 121, 31, 121, 32, 120, 32, 120, 31]
const ring = Array.from({ length: 5 }, (_, i) => square.slice(2 * i, 2 * i + 2))

async function tableOf(dir: string, name: string, geojson: string): Promise<void> {
  await mkdir(dir, { recursive: true })
  const source = join(dir, `${name}.geojson`)
  await writeFile(source, geojson)
  execFileSync('ogr2ogr', ['-f', 'MapInfo File', join(dir, `${name}.tab`), source], { stdio: 'ignore' })
}

/** A table that names another one of the machine as its part, `padding` bytes into its definition. */
async function seamless(padding: number, said = 'TRUE'): Promise<string> {
  await tableOf(
    join(home, 'secret'),
    'secret',
    feature({ SECRET: secret }, { type: 'Point', coordinates: [120.6, 31.3] }),
  )
  const dir = await mkdtemp(join(home, 'index-'))
  const out = '../'.repeat(12)
  const properties = { Table: `${out}${join(home, 'secret', 'secret.tab').slice(1)}`, Description: 'x' }
  await tableOf(dir, 'input', feature(properties, { type: 'Polygon', coordinates: [ring] }))
  const path = join(dir, 'input.tab')
  const definition = await readFile(path, 'latin1')
  const meta = `begin_metadata\n"\\IsSeamless" = "${said}"\n"\\IsSeamless\\AUTH_ID" = ""\nend_metadata\n`
  await writeFile(path, definition + `${' '.repeat(70)}\n`.repeat(Math.ceil(padding / 71)) + meta, 'latin1')
  return dir
}

const opened = (dir: string) =>
  openSources(
    parts.map(ending => ({ path: join(dir, `input.${ending}`), name: `input.${ending}`, scratch: home })),
    {},
  )

describe.skipIf(!ogr2ogr)(`a MapInfo table made of others${ogr2ogr ? '' : ` (${noGdal})`}`, () => {
  test.each([
    [0, 'file.format'],
    [1000, 'file.format'],
    [71_000, 'file.limit'],
    [1_000_000, 'file.limit'],
  ])('is refused %i bytes into its definition', async (padding, code) => {
    const { layers, findings } = await opened(await seamless(padding))
    expect(layers).toEqual([])
    expect(findings.map(found => found.code)).toEqual([code])
  })

  test('that says it is none is read as the table it is', async () => {
    const { layers, findings } = await opened(await seamless(0, 'FALSE'))
    expect(findings).toEqual([])
    expect(layers).toMatchObject([{ rowCount: 1, fields: [{ name: 'Table' }, { name: 'Description' }] }])
  })

  test('padded like a view is refused too', async () => {
    const dir = await seamless(0, 'FALSE')
    const path = join(dir, 'input.tab')
    const view = 'create view v as select * from secret\nopen table "/tmp/secret.tab"\n'
    for (const [padding, code] of [
      [0, 'file.format'],
      [71_000, 'file.limit'],
    ] as const) {
      await writeFile(path, `!table\n!version 300\n${`${' '.repeat(70)}\n`.repeat(padding / 71)}${view}`)
      const { layers, findings } = await opened(dir)
      expect(layers).toEqual([])
      expect(findings.map(found => found.code)).toEqual([code])
    }
  })

  test('leads an open GDAL to the other table, and the locked-down child nowhere', async () => {
    const gdal = (await gdalProgram())!
    const dir = await seamless(0)
    const args = ['-ro', '-al', './input.tab']
    expect(execFileSync(gdal.ogrinfo, args, { cwd: dir, encoding: 'utf8' })).toContain(secret)
    let said = ''
    const run = { gdal, program: 'ogrinfo', driver: 'MapInfo File', args, dir, file: 'input.tab' } as const
    try {
      for await (const chunk of gdalOutput(run)) said += chunk
    } catch (error) {
      said += String(error)
    }
    expect(said).not.toContain(secret)
  })
})

describe.skipIf(!ogr2ogr)(`a file of very many layers${ogr2ogr ? '' : ` (${noGdal})`}`, () => {
  const folders = (n: number) =>
    Array.from(
      { length: n },
      (_, i) =>
        `<Folder><name>f${i}</name><Placemark><name>p</name><Point><coordinates>120.6,31.3</coordinates></Point></Placemark></Folder>`,
    ).join('')
  const kml = async (n: number) => {
    const path = join(home, `${n}.kml`)
    await writeFile(
      path,
      `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>${folders(n)}</Document></kml>`,
    )
    return openSources([{ path, name: `${n}.kml`, scratch: home }], {})
  }

  test('is refused, and one of a few is read', async () => {
    const { layers, findings } = await kml(301)
    expect(layers).toEqual([])
    expect(findings).toMatchObject([{ code: 'file.limit', detail: { limit: '300 layers' } }])
    expect((await kml(3)).layers.map(layer => layer.name)).toEqual(['f0', 'f1', 'f2'])
  })

  test('stops being opened when nobody waits for it any more', async () => {
    const path = join(home, 'left.kml')
    await writeFile(
      path,
      `<kml xmlns="http://www.opengis.net/kml/2.2"><Document>${folders(250)}</Document></kml>`,
    )
    const leaving = new AbortController()
    const opening = openSources([{ path, name: 'left.kml', scratch: home }], { signal: leaving.signal })
    leaving.abort(new Error('left'))
    await expect(opening).rejects.toThrow('left')
  })
})
