import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { prj4549 } from '../../pilot/prj.ts'
import type { ShapefileOptions } from '../../pilot/shapefile-write.ts'
import { openShapefile } from '../../pilot/shapefile-write.ts'
import { readLayer, signedArea } from './delivery.ts'

const dir = mkdtempSync(join(tmpdir(), 'pilot-shp-'))
afterAll(() => rmSync(dir, { recursive: true }))

const columns = [
  { name: 'NAME', type: 'C', width: 7 },
  { name: 'COUNT', type: 'N', width: 6, decimals: 1 },
] as const

function layer(name: string, options: Partial<ShapefileOptions> = {}) {
  return openShapefile({ path: join(dir, name), kind: 'point', columns, prj: prj4549, ...options })
}

function read(name: string, files: readonly string[]) {
  return readLayer(new Map(files.map(file => [file.slice(dir.length + 1), readFileSync(file)])), name)
}

describe('the shapefile writer', () => {
  it('keeps points to the last bit, and text that fits', () => {
    const writer = layer('points')
    writer.write([[571600.1234567, 3436800.7654321]], ['井盖', 12.5])
    writer.write([[1, 2]], [null, null])
    const { rows, files } = writer.close()
    expect(rows).toBe(2)
    expect(read('points', files)).toEqual([
      { parts: [[571600.1234567, 3436800.7654321]], row: { NAME: '井盖', COUNT: '12.5' } },
      { parts: [[1, 2]], row: { NAME: '', COUNT: '' } },
    ])
  })

  it('cuts long text between characters, but raw bytes where the column ends', () => {
    const writer = layer('cut')
    writer.write([[0, 0]], ['雨水井盖子', 0])
    writer.write([[0, 0]], [Buffer.from('d3eaccb4', 'hex').subarray(0, 3), 0])
    const [whole, half] = read('cut', writer.close().files)
    expect(whole!.row.NAME).toBe('雨水井')
    expect(half!.row.NAME).toContain('�')
  })

  it('turns rings clockwise and closes them, holes the other way', () => {
    const writer = layer('rings', { kind: 'polygon' })
    writer.write(
      [
        [0, 0, 10, 0, 10, 10, 0, 10],
        [2, 2, 2, 4, 4, 4, 4, 2],
      ],
      ['x', 1],
    )
    const { parts } = read('rings', writer.close().files)[0]!
    expect(parts.map(ring => signedArea(ring))).toEqual([-100, 4])
    expect(parts.map(ring => ring.length)).toEqual([10, 10])
    for (const ring of parts) expect(ring.slice(0, 2)).toEqual(ring.slice(-2))
  })

  it('says in header and index what it holds', () => {
    const writer = layer('index', { kind: 'line' })
    writer.write([[5, 6, 7, 8, 9, 1]], ['a', 1])
    writer.write([[-5, 6, 7, 18]], ['b', 2])
    writer.close()
    const shp = readFileSync(join(dir, 'index.shp'))
    const shx = readFileSync(join(dir, 'index.shx'))
    expect(shp.readInt32BE(24) * 2).toBe(shp.length)
    expect(shx.readInt32BE(24) * 2).toBe(shx.length)
    expect([36, 44, 52, 60].map(at => shp.readDoubleLE(at))).toEqual([-5, 1, 9, 18])
    for (const row of [0, 1]) {
      const offset = shx.readInt32BE(100 + row * 8) * 2
      expect(shp.readInt32BE(offset)).toBe(row + 1)
      expect(shp.readInt32BE(offset + 4)).toBe(shx.readInt32BE(104 + row * 8))
    }
  })

  it('tells the encoding by .cpg, by the language driver or not at all', () => {
    const driverOf = (tells: NonNullable<ShapefileOptions['tells']>) => {
      const { files } = layer(tells, { tells }).close()
      return [readFileSync(join(dir, `${tells}.dbf`))[29], files.some(file => file.endsWith('.cpg'))]
    }
    expect(driverOf('cpg')).toEqual([0, true])
    expect(driverOf('driver')).toEqual([0x4d, false])
    expect(driverOf('nothing')).toEqual([0, false])
  })

  it('writes more than its buffer holds', () => {
    const writer = layer('many')
    for (let i = 0; i < 30_000; i++) writer.write([[i, -i]], [`n${i}`, i % 100])
    const features = read('many', writer.close().files)
    expect(features).toHaveLength(30_000)
    expect(features.every(({ parts, row }, i) => parts[0]![0] === i && row.NAME === `n${i}`)).toBe(true)
  })

  it('refuses a column name a DBF has no room for', () => {
    expect(() => layer('name', { columns: [{ name: 'OBJUPTODATE', type: 'C', width: 8 }] })).toThrow(
      /ten bytes/,
    )
  })
})
