import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { endingOf, formatOf, layerNameOf } from '../../../../src/domain/survey/readers/formats.ts'
import { unpack } from '../../../../src/domain/survey/readers/unpack.ts'
import { unpackLimits } from '../../../../src/domain/survey/readers/unzip.ts'
import { patched, writeZip, zipBytes, zipWithRawName } from './build-zip.ts'

let home: string
let out: string
const at = (name: string) => join(home, name)
const codes = (unpacked: Awaited<ReturnType<typeof unpack>>) => unpacked.findings.map(finding => finding.code)
const names = (unpacked: Awaited<ReturnType<typeof unpack>>) => unpacked.files.map(file => file.name)

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'unpack-'))
  out = join(home, 'out')
  await mkdir(out)
})
afterEach(() => rm(home, { recursive: true }))

describe('what is in a delivery', () => {
  test('files in nested folders of a zip are inflated and named by their place in it', async () => {
    await writeZip(at('部件.zip'), { 'a/b/0101.shp': 'one', 'a/0102.geojson': 'two', 'a/empty/': '' })
    const unpacked = await unpack([at('部件.zip')], out)
    expect(names(unpacked)).toEqual(['部件.zip/a/b/0101.shp', '部件.zip/a/0102.geojson'])
    expect(await readFile(unpacked.files[0]!.path, 'utf8')).toBe('one')
    expect(unpacked.findings).toEqual([])
  })

  test('loose files stay where they are and a .shp brings its parts', async () => {
    for (const name of ['P.shp', 'p.DBF', 'P.shx', 'P.prj', 'other.dbf', 'P.sbn'])
      await writeFile(at(name), name)
    const unpacked = await unpack([at('P.shp')], out)
    expect(names(unpacked).sort()).toEqual(['P.prj', 'P.shp', 'P.shx', 'p.DBF'])
    expect(unpacked.files[0]!.path).toBe(at('P.shp'))
  })

  test('what is not read is named, file by file', async () => {
    await writeZip(at('a.zip'), {
      '__MACOSX/._x.shp': '',
      '.DS_Store': '',
      '说明.pdf': '',
      'p.jpg': '',
      'x.qix': '',
      'x.geojson': '{}',
    })
    await writeFile(at('报告.pdf'), '')
    const unpacked = await unpack([at('a.zip'), at('报告.pdf')], out)
    expect(names(unpacked)).toEqual(['a.zip/x.geojson'])
    expect(unpacked.photos).toEqual([{ path: null, name: 'a.zip/p.jpg' }])
    expect(unpacked.findings.map(finding => [finding.code, finding.detail.entry])).toEqual([
      ['file.ignored', '__MACOSX/._x.shp'],
      ['file.ignored', '.DS_Store'],
      ['file.ignored', '说明.pdf'],
      ['file.ignored', '报告.pdf'],
    ])
  })

  test('thousands of papers end in a count', async () => {
    await writeZip(at('a.zip'), Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`${n}.pdf`, ''])))
    const { findings } = await unpack([at('a.zip')], out)
    expect(findings).toHaveLength(201)
    expect(findings.at(-1)!.detail.entry).toBe('… +800')
  })

  test('photos are named where columns are looked for, and inflated where they are asked for', async () => {
    await writeZip(at('a.zip'), { 'a/1.JPG': 'one', 'b/2.png': 'two', 'x.geojson': '{}' })
    await writeFile(at('3.heic'), 'three')
    const named = await unpack([at('a.zip'), at('3.heic')], out)
    expect(named.photos).toEqual([
      { path: null, name: 'a.zip/a/1.JPG' },
      { path: null, name: 'a.zip/b/2.png' },
      { path: at('3.heic'), name: '3.heic' },
    ])
    await mkdir(at('out3'))
    const inflated = await unpack([at('a.zip'), at('3.heic')], at('out3'), { photos: true })
    expect(inflated.findings).toEqual([])
    expect(inflated.photos.map(({ name }) => name)).toEqual(named.photos.map(({ name }) => name))
    expect(await Promise.all(inflated.photos.map(({ path }) => readFile(path!, 'utf8')))).toEqual([
      'one',
      'two',
      'three',
    ])
  })

  test('a format that is not read is told from a document', async () => {
    await writeZip(at('a.zip'), {
      '0101.mdb': 'x',
      'map.dwg': 'x',
    })
    const { findings } = await unpack([at('a.zip')], out)
    expect(findings.map(finding => [finding.code, finding.detail.format])).toEqual([
      ['file.export', 'Personal Geodatabase (.mdb)'],
      ['file.export', 'AutoCAD (.dwg)'],
    ])
  })

  test('an archive inside an archive is entered, to the depth allowed', async () => {
    let inner = await zipBytes({ '0101.csv': 'x' })
    for (const name of ['c.zip', 'b.zip']) inner = await zipBytes({ [name]: inner })
    await writeFile(at('a.zip'), inner)
    expect(names(await unpack([at('a.zip')], out))).toEqual(['a.zip/b.zip/c.zip/0101.csv'])
    await mkdir(at('out2'))
    const shallow = await unpack([at('a.zip')], at('out2'), { depth: 2 })
    expect(shallow.files).toEqual([])
    expect(codes(shallow)).toEqual(['file.ignored'])
  })
})

describe('names of entries', () => {
  test.each([
    ['GBK', 'gbk'],
    ['UTF-8', 'utf8'],
  ])('are read as %s when the UTF-8 bit is not set', async (_, encoding) => {
    await writeFile(at('a.zip'), zipWithRawName(iconv.encode('木渎镇\\井盖.shp', encoding), Buffer.from('x')))
    expect(names(await unpack([at('a.zip')], out))).toEqual(['a.zip/木渎镇/井盖.shp'])
  })

  test('the ending is found in any case and only at the end', () => {
    expect(['A.SHP', 'x/y.z/P.shp.xml', 'plain', '.shp', 'a.b/c'].map(endingOf)).toEqual([
      'shp',
      'shp.xml',
      '',
      '',
      '',
    ])
    expect(['a.zip/x/0101.SHP', 'plain', '1.2.csv'].map(layerNameOf)).toEqual(['0101', 'plain', '1.2'])
    expect(['a.constructor', 'a.__proto__', 'a.Shp'].map(formatOf)).toEqual(['unread', 'unread', 'shapefile'])
  })
})

describe('archives that are refused', () => {
  const refused = async (bytes: Buffer | string, limits = {}) => {
    await rm(out, { recursive: true })
    await mkdir(out)
    await writeFile(at('bad.zip'), bytes)
    await writeZip(at('good.zip'), { 'x.csv': 'x' })
    const unpacked = await unpack([at('bad.zip'), at('good.zip')], out, limits)
    expect(names(unpacked)).toEqual(['good.zip/x.csv'])
    expect(await readdir(home)).toHaveLength(3)
    return unpacked.findings
  }

  test.each([
    '../evil.shp',
    '/tmp/evil.shp',
    'C:/evil.shp',
    'c:\\evil.shp',
    'a/../../e.shp',
    '..\\..\\e.shp',
    'a\0b.shp',
  ])('a name that leads outside: %j', async name => {
    const stand = 'x'.repeat(name.length)
    const bytes = patched(await zipBytes({ [stand]: 'x' }), Buffer.from(stand), Buffer.from(name))
    const [finding] = await refused(bytes)
    expect(finding).toMatchObject({
      code: 'file.zip-path',
      file: 'bad.zip',
      detail: { entry: name.replaceAll('\\', '/') },
    })
  })

  test('a name with dots that stays inside is not refused', async () => {
    await writeZip(at('a.zip'), { 'a..b/..c.shp': 'x', '...csv': 'x' })
    expect(names(await unpack([at('a.zip')], out))).toEqual(['a.zip/a..b/..c.shp', 'a.zip/...csv'])
  })

  test('a symbolic link', async () => {
    const [finding] = await refused(await zipBytes({ 'link.shp': '/etc/passwd' }, 0o120777))
    expect(finding).toMatchObject({ code: 'file.zip-path', detail: { entry: 'link.shp' } })
  })

  test('no zip, nothing, half a zip', async () => {
    const good = await zipBytes({ 'a.csv': 'x'.repeat(1000), 'b.csv': 'y' })
    expect((await refused('I am no archive'))[0]!.code).toBe('file.not-zip')
    expect((await refused(''))[0]!.code).toBe('file.empty')
    for (const share of [0.2, 0.5, 0.9]) {
      expect((await refused(good.subarray(0, good.length * share)))[0]!.code).toBe('file.truncated')
    }
  })

  test('damaged content is seen by its checksum or by inflating', async () => {
    const content = Buffer.from('abcdefgh'.repeat(100))
    const [finding] = await refused(zipWithRawName(Buffer.from('a.csv'), content, { crc: 1 }))
    expect(finding).toMatchObject({ code: 'file.corrupt', detail: { reason: 'CRC (a.csv)' } })
    const bytes = zipWithRawName(Buffer.from('a.csv'), content)
    bytes.fill(0xff, 36, 40)
    expect((await refused(bytes))[0]!.code).toBe('file.corrupt')
  })

  test('a password and a way of compressing that is not read', async () => {
    expect(
      (await refused(zipWithRawName(Buffer.from('a.csv'), Buffer.from('x'), { flags: 1 })))[0],
    ).toMatchObject({ code: 'file.encrypted' })
    const [finding] = await refused(zipWithRawName(Buffer.from('a.csv'), Buffer.from('x'), { method: 9 }))
    expect(finding).toMatchObject({ code: 'file.format', detail: { reason: 'zip method 9 (a.csv)' } })
  })

  test('bytes are counted while they are inflated, over all archives together', async () => {
    await writeZip(at('a.zip'), { 'a.csv': Buffer.alloc(100_000), 'b.csv': Buffer.alloc(100_000) })
    await writeZip(at('b.zip'), { 'c.csv': Buffer.alloc(1) })
    const alone = await unpack([at('a.zip')], out, { unpackedBytes: 200_000 })
    expect(alone).toMatchObject({ findings: [], files: [{}, {}] })
    await rm(out, { recursive: true })
    await mkdir(out)
    const both = await unpack([at('a.zip'), at('b.zip')], out, { unpackedBytes: 200_000 })
    expect(both.findings).toMatchObject([
      { code: 'file.zip-bomb', file: 'b.zip', detail: { limit: '200000 bytes' } },
    ])
    expect(names(both)).toEqual(['a.zip/a.csv', 'a.zip/b.csv'])
  })

  test('a header that claims too few bytes does not help', async () => {
    const bytes = zipWithRawName(Buffer.from('a.csv'), Buffer.alloc(5_000_000), { size: 10 })
    const [finding] = await refused(bytes, { unpackedBytes: 150_000 })
    expect(['file.zip-bomb', 'file.corrupt']).toContain(finding!.code)
  })

  test('too many entries', async () => {
    const bytes = await zipBytes(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`${n}.jpg`, ''])))
    expect((await refused(bytes, { entries: 49 }))[0]).toMatchObject({
      code: 'file.zip-bomb',
      detail: { limit: '49 entries' },
    })
  })

  test('content out of all proportion to its archive, once it is large', async () => {
    const bytes = await zipBytes({ 'a.dbf': Buffer.alloc(2_000_000) })
    const [finding] = await refused(bytes, { ratioFromBytes: 1_000_000 })
    expect(finding).toMatchObject({ code: 'file.zip-bomb', detail: { limit: '300 : 1' } })
    await rm(out, { recursive: true })
    await mkdir(out)
    expect(codes(await unpack([at('bad.zip')], out))).toEqual([])
  })

  test('archives inside archives are held against what was uploaded, which is refused whole and said once', async () => {
    // each of them is in proportion; all of them together are not
    const inner = await zipBytes({ 'a.csv': Buffer.alloc(200_000) })
    const bytes = await zipBytes(
      Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`${n}.zip`, inner])),
    )
    const limits = { ratioFromBytes: 1_000_000 }
    expect(inner.length * unpackLimits.ratio).toBeLessThan(200_000)
    expect(await refused(bytes, limits)).toMatchObject([
      { code: 'file.zip-bomb', file: 'bad.zip', detail: { limit: '300 : 1' } },
    ])
    expect(await readdir(out)).toHaveLength(1)
  })

  test('a bomb inside an archive takes what stands beside it with it, and other uploads stay', async () => {
    const bomb = await zipBytes({ 'a.csv': Buffer.alloc(2_000_000) })
    const stored = randomBytes(400_000)
    const bytes = await zipBytes({ 'ok.csv': stored, 'deep.zip': bomb, 'also.csv': 'x' })
    expect(await refused(bytes, { ratioFromBytes: 1_000_000 })).toMatchObject([
      { code: 'file.zip-bomb', file: 'bad.zip/deep.zip', detail: { limit: '300 : 1' } },
    ])
    expect(await readdir(out)).toHaveLength(1)
  })

  test('many archives in one are taken where together they are in proportion', async () => {
    const inner = await zipBytes({ 'a.csv': randomBytes(50_000) })
    await writeFile(
      at('a.zip'),
      await zipBytes(Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`${n}.zip`, inner]))),
    )
    const unpacked = await unpack([at('a.zip')], out, { ratioFromBytes: 1_000_000 })
    expect(unpacked.findings).toEqual([])
    expect(unpacked.files).toHaveLength(40)
  })

  test('it stops at once when it is asked to', async () => {
    await writeZip(at('a.zip'), { 'a.csv': 'x' })
    await expect(unpack([at('a.zip')], out, {}, AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    )
  })
})
