import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generatePilot } from '../../pilot/generate.ts'
import type { PilotManifest, PilotOptions } from '../../pilot/manifest.ts'
import { creditCheck } from '../../pilot/uscc.ts'
import { noGdal, ogr2ogr } from '../support/tools.ts'
import type { Feature } from './delivery.ts'
import { holds, readLayer, unzip } from './delivery.ts'

const root = mkdtempSync(join(tmpdir(), 'pilot-'))
afterAll(() => rmSync(root, { recursive: true }))

let made = 0
async function generate(options: PilotOptions): Promise<{ dir: string; manifest: PilotManifest }> {
  const dir = join(root, String(made++))
  return { dir, manifest: await generatePilot(dir, { components: 5000, ...options }) }
}

/** Every layer of components, by class code. */
async function components(dir: string): Promise<Map<string, Feature[]>> {
  const layers = new Map<string, Feature[]>()
  for (const zip of readdirSync(join(dir, 'components'))) {
    const entries = await unzip(join(dir, 'components', zip))
    for (const file of entries.keys()) {
      if (file.endsWith('.shp')) layers.set(file.slice(0, 4), readLayer(entries, file.slice(0, 4)))
    }
  }
  return layers
}

function csv(path: string, encoding = 'utf-8'): string[][] {
  const lines = new TextDecoder(encoding, { fatal: true }).decode(readFileSync(path)).trimEnd().split('\r\n')
  return lines.slice(1).map(line => line.split(','))
}

describe('a pilot without defects', () => {
  let dir = ''
  let manifest: PilotManifest
  let layers: Map<string, Feature[]>
  let grids: Record<'district' | 'town' | 'village' | 'area', Feature[]>
  beforeAll(async () => {
    ;({ dir, manifest } = await generate({ defects: false, unclaimed: 12, legacyNets: 2 }))
    layers = await components(dir)
    const entries = await unzip(join(dir, 'grids.zip'))
    const read = (name: string) => readLayer(entries, name)
    grids = { district: read('district'), town: read('town'), village: read('village'), area: read('area') }
  })

  it('delivers exactly as many components as asked, of over 70 classes and 20 kinds of cover', () => {
    const all = [...layers.values()].flat()
    expect(all).toHaveLength(5000)
    expect(layers.size).toBeGreaterThan(70)
    const names = new Set(all.map(f => f.row.OBJNAME!))
    expect([...names].filter(name => name.endsWith('井盖')).length).toBeGreaterThan(20)
    for (const [code, features] of layers) expect(manifest.components.byClass[code]).toBe(features.length)
  })

  it('gives every component a code of its own, with its class in it', () => {
    const codes = new Set<string>()
    for (const [layer, features] of layers) {
      for (const { row } of features) {
        expect(row.OBJCODE).toMatch(new RegExp(`^320599${layer}\\d{6}$`))
        codes.add(row.OBJCODE!)
      }
    }
    expect(codes.size).toBe(5000)
  })

  it('names the area that holds each point, and none on unclaimed ground', () => {
    const areas = new Map(grids.area.map(f => [f.row.WGDM!, f.parts]))
    for (const { parts, row } of [...layers.values()].flat()) {
      const [x, y] = parts[0] as [number, number]
      if (parts[0]!.length > 2) continue
      if (row.BGCODE) expect(holds(areas.get(row.BGCODE)!, x, y)).toBe(true)
      else {
        expect(holds(grids.district[0]!.parts, x, y)).toBe(true)
        expect(grids.area.some(area => holds(area.parts, x, y))).toBe(false)
      }
    }
  })

  it('names units of the directory by code and name, with valid check digits', () => {
    const units = new Map(csv(join(dir, 'units.csv'), 'gb18030').map(([code, name]) => [code!, name!]))
    expect(units.size).toBeGreaterThan(40)
    for (const code of units.keys()) expect(creditCheck(code.slice(0, 17))).toBe(code[17])
    const used = new Set<string>()
    for (const { row } of [...layers.values()].flat()) {
      for (const role of [1, 2, 3]) {
        const code = row[`DEPTCODE${role}`]!
        if (code === '') continue
        expect(row[`DEPTNAME${role}`]).toBe(units.get(code))
        used.add(code)
      }
      if (row.OBJNAME === '无主井盖') expect(row.DEPTCODE2).toBe('')
    }
    expect(used.size).toBeGreaterThan(40)
  })

  it('has dates of the survey, changes only after them', () => {
    for (const { row } of [...layers.values()].flat()) {
      expect(row.ORDATE).toMatch(/^2024\d{4}$/)
      if (row.CHDATE) expect(row.CHDATE > row.ORDATE!).toBe(true)
    }
  })

  it('numbers grids so that each has its parent, and the code says so', () => {
    const { district, town, village, area } = grids
    expect([district, town, village, area].map(level => level.length)).toEqual([1, 3, 67, 269])
    for (const [level, parents, digits] of [
      [town, district, 9],
      [village, town, 12],
      [area, village, 14],
    ] as const) {
      const codes = new Set(parents.map(f => f.row.WGDM))
      for (const { row } of level) {
        expect(row.WGDM).toHaveLength(digits)
        expect(codes.has(row.SJDM)).toBe(true)
        expect(row.WGDM!.startsWith(row.SJDM!)).toBe(true)
        expect(row.WGZ).toMatch(/^[一-龥]{2,3}$/)
      }
      expect(new Set(level.map(f => f.row.WGDM)).size).toBe(level.length)
      expect(new Set(level.map(f => f.row.WGMC)).size).toBe(level.length)
    }
  })

  it('has some 20,000 addresses, all different, near the district', () => {
    const rows = csv(join(dir, 'addresses.csv'))
    expect(Math.abs(rows.length - 20_000)).toBeLessThan(2000)
    expect(new Set(rows.map(row => row[0])).size).toBe(rows.length)
    const villages = new Set(grids.village.map(f => f.row.WGMC))
    for (const [, , , village, lon, lat] of rows) {
      expect(villages.has(village)).toBe(true)
      expect(Math.abs(Number(lon) - 120.75)).toBeLessThan(0.1)
      expect(Math.abs(Number(lat) - 31.05)).toBeLessThan(0.1)
    }
  })

  it('has streets, waters, blocks and points of interest, with names', async () => {
    const entries = await unzip(join(dir, 'places.zip'))
    for (const name of ['streets', 'water', 'blocks', 'poi']) {
      const features = readLayer(entries, name)
      expect(features.length).toBeGreaterThan(100)
      expect(features.filter(f => f.row.NAME).length).toBeGreaterThan(50)
      expect(features.every(f => f.row.CLASS)).toBe(true)
    }
  })

  it('has departmental nets with holes and overlaps', async () => {
    const net = readLayer(await unzip(join(dir, 'legacy/net-01.zip')), 'net01')
    const probes = grids.area.map(area => area.parts[0]!.slice(0, 2).map(v => v + 7) as [number, number])
    const hits = probes.map(([x, y]) => net.filter(f => holds(f.parts, x, y)).length)
    expect(hits).toContain(0)
    expect(hits).toContain(1)
    expect(Math.max(...hits)).toBeGreaterThan(1)
  })

  it.skipIf(ogr2ogr === null)(
    `reads in GDAL, with Chinese told as GBK${ogr2ogr === null ? ` (${noGdal})` : ''}`,
    () => {
      const read = (zip: string, layer: string) => {
        const from = `/vsizip/${join(dir, zip)}`
        const args = [
          '-f',
          'GeoJSONSeq',
          '/vsistdout/',
          from,
          layer,
          '-oo',
          'ENCODING=GBK',
          '-t_srs',
          'EPSG:4490',
        ]
        const text = execFileSync(ogr2ogr!, args, { encoding: 'utf8', maxBuffer: 1 << 28 })
        return text
          .trim()
          .split('\n')
          .map(line => JSON.parse(line))
      }
      const towns = read('grids.zip', 'town')
      expect(towns.map(f => f.properties.WGMC).sort()).toEqual(grids.town.map(f => f.row.WGMC).sort())
      const covers = read('components/01.zip', '0103')
      expect(covers).toHaveLength(layers.get('0103')!.length)
      expect(new Set(covers.map(f => f.properties.OBJNAME))).toEqual(new Set(['雨水井盖']))
      for (const { geometry } of covers) {
        expect(Math.abs(geometry.coordinates[0] - 120.75)).toBeLessThan(0.1)
        expect(Math.abs(geometry.coordinates[1] - 31.05)).toBeLessThan(0.1)
      }
    },
  )

  it('lists every file with its rows and columns', () => {
    expect(
      manifest.files.filter(f => f.file.startsWith('components/')).reduce((sum, f) => sum + f.rows, 0),
    ).toBe(5000)
    for (const { file, columns } of manifest.files) {
      expect(statSync(join(dir, file.replace(/\.zip\/.*/, '.zip'))).size).toBeGreaterThan(0)
      expect(columns.length).toBeGreaterThan(1)
    }
    expect(JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'))).toEqual(manifest)
    expect(Object.values(manifest.defects).every(count => count === 0)).toBe(true)
  })
})

describe('a pilot with defects', () => {
  it('has as many of each kind as the manifest says', async () => {
    const { dir, manifest } = await generate({ components: 8000 })
    const { defects } = manifest
    expect(Object.values(defects).every(count => count > 0)).toBe(true)
    const layers = await components(dir)
    const all = [...layers.values()].flat()
    expect(all).toHaveLength(8000)
    const units = new Set(csv(join(dir, 'units.csv'), 'gb18030').map(row => row[1]))
    const outline = readLayer(await unzip(join(dir, 'grids.zip')), 'district')[0]!.parts
    const codes = all.map(f => f.row.OBJCODE).filter(Boolean)
    const count = (test: (f: Feature) => boolean) => all.filter(test).length
    const classNames = new Map(
      [...layers].map(([code, features]) => [code, mostCommon(features.map(f => f.row.OBJNAME!))]),
    )
    expect({
      'position outside': count(f => f.parts.every(part => !holds(outline, part[0]!, part[1]!) && far(part))),
      'unit not in directory': count(f =>
        [1, 2, 3].some(i => f.row[`DEPTNAME${i}`] && !units.has(f.row[`DEPTNAME${i}`]!)),
      ),
      'class name disagrees': [...layers].reduce(
        (n, [code, fs]) => n + fs.filter(f => f.row.OBJNAME !== classNames.get(code)).length,
        0,
      ),
      'code twice': codes.length - new Set(codes).size,
      'date missing': count(f => f.row.ORDATE === ''),
      'dates reversed': count(
        f => f.row.CHDATE !== '' && f.row.ORDATE !== '' && f.row.CHDATE! < f.row.ORDATE!,
      ),
      'code missing': count(f => f.row.OBJCODE === ''),
      'half a character': count(f => f.row.NOTE_!.includes('�')),
    }).toEqual(defects)
  })
})

/** Ten kilometres or more from the middle of the district. */
const far = (part: readonly number[]): boolean =>
  Math.hypot(part[0]! - 571_600, part[1]! - 3_436_800) > 10_000

function mostCommon(list: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const item of list) counts.set(item, (counts.get(item) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])[0]![0]
}

it.each([
  ['components', 499],
  ['components', 15_000_001],
  ['components', 1000.5],
  ['unclaimed', -1],
  ['legacyNets', 100],
  ['seed', -1],
])('refuses %s of %d before it writes anything', async (name, value) => {
  const dir = join(root, 'refused')
  await expect(generatePilot(dir, { [name]: value })).rejects.toThrow(new RegExp(name))
  expect(() => statSync(dir)).toThrow()
})

it('reports its progress up to the last row', async () => {
  const seen: number[] = []
  await generatePilot(join(root, 'progress'), { components: 600 }, ({ done }) => seen.push(done))
  expect(seen[0]).toBe(0)
  expect(seen.at(-1)).toBe(600)
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
})
