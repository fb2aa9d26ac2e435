/**
 * Good files with a few bytes changed, cut or doubled: whatever comes, reading ends in rows that fit
 * their fields or in a named finding. FUZZ_RUNS sets how many, FUZZ_SEED repeats a run.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FileFault } from '../../../../src/domain/survey/findings.ts'
import { openSources } from '../../../../src/domain/survey/readers/open.ts'
import { unpack } from '../../../../src/domain/survey/readers/unpack.ts'
import {
  dbfBytes,
  multipointRecord,
  nullRecord,
  partsRecord,
  pointRecord,
  shpBytes,
} from './build-shapefile.ts'
import { zipBytes } from './build-zip.ts'

const runs = Number(process.env.FUZZ_RUNS ?? 120)
const seed = Number(process.env.FUZZ_SEED ?? 1)

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'fuzz-'))
})
afterAll(() => rm(home, { recursive: true }))

/** Mulberry32: small, seedable, good enough to choose bytes. */
function randomOf(start: number): (below: number) => number {
  let state = start >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

const interesting = [0, 1, 0x20, 0x22, 0x2a, 0x5b, 0x7b, 0x7d, 0x7f, 0x80, 0x81, 0xb0, 0xfe, 0xff]

function mutated(bytes: Buffer, random: (below: number) => number): Buffer {
  let copy = Buffer.from(bytes)
  for (let n = random(4) + 1; n > 0; n--) {
    const at = random(copy.length)
    const kind = random(6)
    if (kind === 0) copy = copy.subarray(0, at)
    else if (kind === 1) copy = Buffer.concat([copy.subarray(0, at), copy.subarray(random(at + 1))])
    else if (kind === 2 && at + 4 <= copy.length) copy.writeInt32LE([-1, 0, 1 << 30, 65_536][random(4)]!, at)
    else if (kind === 3 && at + 4 <= copy.length) copy.writeInt32BE([-1, 0, 1 << 30, 65_536][random(4)]!, at)
    else if (kind === 4) copy[at] = interesting[random(interesting.length)]!
    else copy[at] = random(256)
    if (copy.length === 0) return copy
  }
  return copy
}

const box = [
  [0, 0],
  [0, 4],
  [4, 4],
  [4, 0],
  [0, 0],
]
const hole = [
  [1, 1],
  [2, 1],
  [2, 2],
  [1, 2],
  [1, 1],
]
const texts = ['雨水箅子', '木渎镇宝带西路', 'abc', '', '电力井盖']

function shapefile(type: number, records: Buffer[]): Record<string, Buffer> {
  const columns = [
    { name: 'T', type: 'C', width: 14 },
    { name: 'N', type: 'N', width: 8 },
    { name: 'D', type: 'D', width: 8 },
    { name: 'L', type: 'L', width: 1 },
  ]
  const rows = records.map((_, n) => [iconv.encode(texts[n % 5]!, 'gbk'), String(n * 1.5), '20170807', 'T'])
  return {
    ...shpBytes(type, records),
    dbf: dbfBytes(columns, rows),
    cpg: Buffer.from('GBK'),
    prj: Buffer.from('PROJCS["x"]'),
  }
}

const feature = (n: number) => ({
  type: 'Feature',
  properties: { t: texts[n % 5], n, l: [n] },
  geometry: { type: 'Polygon', coordinates: [box, hole] },
})
const features = Array.from({ length: 6 }, (_, n) => feature(n))

/** Each kind of file: its parts, of which one is changed. */
async function kinds(): Promise<Record<string, Record<string, Buffer>>> {
  const points = shapefile(
    1,
    Array.from({ length: 20 }, (_, n) => pointRecord(n, n)),
  )
  return {
    points,
    areas: shapefile(5, [
      partsRecord(5, [box, hole]),
      partsRecord(5, [box]),
      nullRecord(),
      partsRecord(5, [hole, box, box]),
    ]),
    lines: shapefile(13, [
      partsRecord(13, [box, hole], Buffer.alloc(96)),
      partsRecord(13, [box], Buffer.alloc(56)),
    ]),
    multipoints: shapefile(8, [multipointRecord(box), multipointRecord(hole)]),
    geojson: { geojson: Buffer.from(JSON.stringify({ type: 'FeatureCollection', features }, null, 1)) },
    sequence: { geojsonl: Buffer.from(features.map(one => JSON.stringify(one)).join('\n')) },
    topology: {
      topojson: Buffer.from(
        JSON.stringify({
          type: 'Topology',
          arcs: [box, hole],
          objects: {
            a: {
              type: 'GeometryCollection',
              geometries: [
                { type: 'Polygon', arcs: [[0], [1]] },
                { type: 'Polygon', arcs: [[-1]] },
              ],
            },
          },
        }),
      ),
    },
    table: {
      csv: iconv.encode(
        `编码,x,y,名称\n${texts.map((text, n) => `${n},1.5,2.5,"${text}"`).join('\n')}`,
        'gbk',
      ),
    },
    zip: {
      zip: await zipBytes(
        Object.fromEntries(Object.entries(points).map(([part, bytes]) => [`部件/0101.${part}`, bytes])),
      ),
    },
  }
}

async function read(parts: Record<string, Buffer>, folder: string): Promise<'rows' | 'findings'> {
  const paths = []
  for (const [part, bytes] of Object.entries(parts)) {
    paths.push(join(folder, `a.${part}`))
    await writeFile(paths.at(-1)!, bytes)
  }
  const unpacked = await unpack(paths, await mkdtemp(join(folder, 'out-')))
  const { layers, findings } = await openSources(unpacked.files, {})
  for (const layer of layers) {
    try {
      for await (const rows of layer.rows()) {
        for (const row of rows) expect(row.values.length).toBe(layer.fields.length)
      }
    } catch (error) {
      if (!(error instanceof FileFault)) throw error
      return 'findings'
    }
  }
  if (layers.length === 0) expect(unpacked.findings.length + findings.length).toBeGreaterThan(0)
  return layers.length > 0 ? 'rows' : 'findings'
}

test(`${runs} damaged files of each kind end in rows or findings`, {
  timeout: 30_000 + runs * 300,
}, async () => {
  for (const [kind, parts] of Object.entries(await kinds())) {
    const folder = await mkdtemp(join(home, `${kind}-`))
    expect(await read(parts, folder)).toBe('rows')
    const ends = { rows: 0, findings: 0 }
    const names = Object.keys(parts)
    for (let run = 0; run < runs; run++) {
      const random = randomOf(seed * 1_000_003 + run)
      const part = names[random(names.length)]!
      const damaged = { ...parts, [part]: mutated(parts[part]!, random) }
      try {
        ends[await read(damaged, folder)]++
      } catch (error) {
        throw new Error(`${kind}, ${part}, run ${run} of seed ${seed}: ${(error as Error).stack}`)
      }
    }
    expect(ends.findings).toBeGreaterThan(0)
    await rm(folder, { recursive: true })
  }
})
