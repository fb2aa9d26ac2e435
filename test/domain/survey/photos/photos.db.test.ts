/** Photos that a delivery brings: found for their rows, told where they do not fit, kept once, and gone with the delivery. */
import { existsSync, globSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ZipFile } from 'yazl'
import { scopeOf } from '../../../../src/domain/orgs/rules.ts'
import { approveDelivery, rejectDelivery } from '../../../../src/domain/survey/deciding.ts'
import { FAR_M } from '../../../../src/domain/survey/photos/matching.ts'
import { findPhoto, listPhotos, stemHashes } from '../../../../src/domain/survey/photos/store.ts'
import { contentFolder, sweepPhotos } from '../../../../src/domain/survey/photos/sweeping.ts'
import { type OpenedDb, onEachEngine } from '../../../support/engines.ts'
import { componentCode, featureCollection, gridsGeojson, squareDistrict } from '../../../support/ground.ts'
import { HOME, type Intake, type LoadedDelivery, openIntake } from '../../../support/intake.ts'
import { jpeg, png } from '../../../support/photos.ts'

const at = (n: number): [number, number] => [120.601 + n * 0.001, 31.31]
const lamp = (n: number, more: Record<string, unknown> = {}, layer = '') => ({
  properties: { OBJCODE: componentCode(n), OBJNAME: '路灯', PICTURE: null, NO: null, ...more },
  geometry: { type: 'Point', coordinates: at(n) },
  layer,
})
const profile = { fields: { code: 'OBJCODE', className: 'OBJNAME', picture: 'PICTURE', sourceId: 'NO' } }
const zipOf = (entries: Record<string, Buffer>): Promise<Buffer> => {
  const zip = new ZipFile()
  for (const [name, bytes] of Object.entries(entries)) zip.addBuffer(bytes, name)
  zip.end()
  return buffer(zip.outputStream as never)
}

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let root: string
  const scope = scopeOf(HOME)
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    root = intake.house.photoLimits!.roots[0]!
    await mkdir(root, { recursive: true })
    await intake.addDistrict({ code: HOME })
    const { delivery } = await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    expect(delivery.state).toBe('published')
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  const load = (rows: ReturnType<typeof lamp>[], photos: Record<string, Buffer>, options = {}) =>
    intake.load('components', { 'lamps.geojson': featureCollection(rows), ...photos }, { profile, options })
  const photoFindings = ({ findings }: LoadedDelivery) =>
    findings
      .filter(({ code }) => code.startsWith('photo.'))
      .map(({ code, file, row, value, detail }) => ({ code, file, row, value, ...detail }))
  const idOf = async (n: number) =>
    (
      await intake.db.query<{ id: string }>(
        'SELECT id FROM component WHERE district = $1 AND code = $2 LIMIT 1',
        [HOME, componentCode(n)],
      )
    )[0]!.id
  const namesOf = async (n: number) =>
    (await listPhotos(intake.db, scope, await idOf(n))).map(photo => photo.name)
  const keptFiles = () =>
    globSync('**/*', { cwd: join(intake.house.files.path('photos', 'x'), '..') }).filter(name =>
      /[0-9a-f]{64}$/.test(name),
    )

  describe('photos', () => {
    it('are found for their rows by code, by the picture column and by number, loose and in folders of a zip', async () => {
      const archive = await zipOf({
        '05_照片/三街道/IMG_20260301_001.JPG': jpeg('three'),
        '05_照片/三街道/A-4_2.jpg': jpeg('four, second'),
        '05_照片/说明.txt': Buffer.from('x'),
      })
      const result = await load(
        [lamp(1), lamp(2), lamp(3, { PICTURE: 'IMG_20260301_001.jpg' }), lamp(4, { NO: 'A-4' })],
        {
          [`${componentCode(1)}.JPG`]: jpeg('one', at(1)),
          [`${componentCode(1)}_近景.jpg`]: jpeg('one, near'),
          [`${componentCode(2)}(1).png`]: png('two'),
          'photos.zip': archive,
        },
      )
      expect(result.delivery).toMatchObject({ state: 'published', counts: { added: 4 } })
      expect(photoFindings(result)).toEqual([])
      expect((await namesOf(1)).sort()).toEqual(
        [`${componentCode(1)}.JPG`, `${componentCode(1)}_近景.jpg`].sort(),
      )
      expect(await namesOf(2)).toEqual([`${componentCode(2)}(1).png`])
      expect(await namesOf(3)).toEqual(['photos.zip/05_照片/三街道/IMG_20260301_001.JPG'])
      expect(await namesOf(4)).toEqual(['photos.zip/05_照片/三街道/A-4_2.jpg'])
      const hashes = await stemHashes(intake.db, result.delivery)
      expect(hashes.size).toBe(5)
      expect(await findPhoto(intake.db, scope, hashes.get('img_20260301_001')!)).toMatchObject({
        kind: 'image/jpeg',
      })
    })

    it('that are missing, of nothing, of two things, taken elsewhere or broken are told, each once and all of them', async () => {
      const far: [number, number] = [at(14)[0], at(14)[1] + (FAR_M + 30) / 111_000]
      const near: [number, number] = [at(15)[0], at(15)[1] + (FAR_M - 30) / 111_000]
      const result = await load(
        [
          lamp(11, { PICTURE: 'lost.jpg' }),
          lamp(12),
          lamp(13),
          lamp(14),
          lamp(15),
          lamp(16, { PICTURE: 'broken.jpg' }),
          { ...lamp(17), properties: { ...lamp(17).properties, OBJNAME: '没有这种' } } as ReturnType<
            typeof lamp
          >,
        ],
        {
          [`${componentCode(12)}.jpg`]: jpeg('the same'),
          [`${componentCode(13)}.jpg`]: jpeg('the same'),
          [`${componentCode(14)}.jpg`]: jpeg('fourteen', far),
          [`${componentCode(15)}.jpg`]: jpeg('fifteen', near),
          [`${componentCode(17)}.jpg`]: jpeg('of a refused row'),
          'broken.jpg': jpeg('broken').subarray(0, -5),
          'nobody.jpg': jpeg('nobody'),
        },
      )
      const found = photoFindings(result).sort((a, b) => a.code.localeCompare(b.code))
      expect(found).toEqual([
        {
          code: 'photo.duplicate',
          file: 'lamps.geojson',
          row: expect.any(Number),
          value: `${componentCode(13)}.jpg`,
          photo: `${componentCode(13)}.jpg`,
          other: expect.stringMatching(/^lamps\.geojson:\d+$/),
          otherPhoto: `${componentCode(12)}.jpg`,
        },
        {
          code: 'photo.far',
          file: 'lamps.geojson',
          row: expect.any(Number),
          value: `${componentCode(14)}.jpg`,
          photo: `${componentCode(14)}.jpg`,
          distance: expect.any(Number),
          limit: FAR_M,
        },
        { code: 'photo.missing', file: 'lamps.geojson', row: expect.any(Number), value: 'lost' },
        { code: 'photo.surplus', file: 'nobody.jpg', row: null, value: null },
        {
          code: 'photo.unreadable',
          file: 'broken.jpg',
          row: null,
          value: null,
          reason: 'the picture is cut short',
        },
      ])
      const [duplicate, distant] = found as unknown as [{ row: number; other: string }, { distance: number }]
      expect(duplicate.other).not.toBe(`lamps.geojson:${duplicate.row}`)
      expect(Math.abs(distant.distance - FAR_M - 30)).toBeLessThan(3)
      expect(
        result.delivery.findings.byCode
          .filter(({ code }) => code.startsWith('photo.'))
          .map(({ count }) => count),
      ).toEqual([1, 1, 1, 1, 1])
    })

    it('are not missed where a delivery brings none, and come later for things that are there already', async () => {
      const rows = [lamp(21, { PICTURE: 'later.jpg' }), lamp(22)]
      expect(photoFindings(await load(rows, {}))).toEqual([])
      expect(await namesOf(21)).toEqual([])
      const again = await load(rows, {
        'later.jpg': jpeg('later'),
        [`${componentCode(1)}_9.jpg`]: jpeg('of another delivery'),
      })
      expect(again.delivery).toMatchObject({ state: 'published', counts: { unchanged: 2 } })
      expect(photoFindings(again)).toEqual([])
      expect(await namesOf(21)).toEqual(['later.jpg'])
      expect(await namesOf(1)).toContain(`${componentCode(1)}_9.jpg`)
    })

    it('of a running number that two layers have are nobody’s', async () => {
      const layer = (n: number) =>
        featureCollection([{ ...lamp(n), properties: { ...lamp(n).properties, NO: '7' } }])
      const result = await intake.load(
        'components',
        { 'a.geojson': layer(31), 'b.geojson': layer(32), '7.jpg': jpeg('seven') },
        { profile },
      )
      expect(result.delivery.state).toBe('published')
      expect(photoFindings(result)).toMatchObject([{ code: 'photo.surplus', file: '7.jpg' }])
      expect([...(await namesOf(31)), ...(await namesOf(32))]).toEqual([])
    })

    it('come from a folder of the server too, below its roots alone and through no link', async () => {
      const outside = join(root, '..', 'outside')
      await mkdir(join(root, '三街道', '苑北'), { recursive: true })
      await mkdir(outside, { recursive: true })
      await writeFile(join(root, '三街道', '苑北', `${componentCode(41)}.jpg`), jpeg('forty-one'))
      await writeFile(join(outside, `${componentCode(42)}.jpg`), jpeg('secret'))
      await symlink(outside, join(root, '三街道', 'way-out'))
      await symlink(
        join(outside, `${componentCode(42)}.jpg`),
        join(root, '三街道', `${componentCode(42)}.jpg`),
      )
      const result = await load([lamp(41), lamp(42)], {}, { photos: join(root, '三街道') })
      expect(result.delivery.state).toBe('published')
      expect(await namesOf(41)).toEqual([`苑北/${componentCode(41)}.jpg`])
      expect(await namesOf(42)).toEqual([])
      for (const folder of [
        outside,
        join(root, '三街道', 'way-out'),
        `${root}/三街道/../../outside`,
        '三街道',
        `${root}-beside`,
        join(root, 'none'),
      ]) {
        const refused = await load([lamp(43)], {}, { photos: folder })
        expect([folder, refused.delivery.state]).toEqual([folder, 'failed'])
      }
    })

    it('are kept once by their content, and go when the last delivery that brought them comes to nothing', async () => {
      await intake.db.query("UPDATE district SET approval = 'second-person' WHERE code = $1", [HOME])
      const before = keptFiles().length
      const shared = jpeg('shared')
      const photos = (n: number) => ({
        [`${componentCode(n)}.jpg`]: shared,
        [`${componentCode(n)}_2.jpg`]: jpeg(`own of ${n}`),
      })
      const first = await load([lamp(51)], photos(51))
      const second = await load([lamp(52)], photos(52))
      expect([first.delivery.state, second.delivery.state]).toEqual(['checked', 'checked'])
      expect(keptFiles().length).toBe(before + 3)
      const sha = (await stemHashes(intake.db, first.delivery)).get(componentCode(51))!
      // nobody sees a photo of what does not count yet
      expect(await findPhoto(intake.db, scope, sha)).toBeNull()
      await rejectDelivery(intake.house, first.delivery.id, 'account:second', '重拍')
      expect(keptFiles().length).toBe(before + 2)
      expect(existsSync(intake.house.files.path(contentFolder(HOME, sha), sha))).toBe(true)
      await approveDelivery(intake.house, second.delivery.id, 'account:second')
      expect(await findPhoto(intake.db, scope, sha)).toMatchObject({ kind: 'image/jpeg' })
      expect((await namesOf(52)).length).toBe(2)
      // photos alone are something to decide on as well
      const third = await load([lamp(52)], { [`${componentCode(52)}_3.jpg`]: jpeg('third') })
      expect(third.delivery).toMatchObject({ state: 'checked', counts: { unchanged: 1 } })
      expect((await namesOf(52)).length).toBe(2)
      await approveDelivery(intake.house, third.delivery.id, 'account:second')
      expect((await namesOf(52)).length).toBe(3)
      await intake.db.query("UPDATE district SET approval = 'none' WHERE code = $1", [HOME])
    })

    it('of a great folder are looked at to the last, in pieces, and none is left untold', async () => {
      const great = join(root, 'great')
      await mkdir(great, { recursive: true })
      const n = 2150
      for (let i = 0; i < n; i++)
        await writeFile(
          join(great, i === 2049 ? `${componentCode(46)}.jpg` : `none-${i}x.jpg`),
          jpeg(`great ${i % 7}`),
        )
      const result = await load([lamp(46)], {}, { photos: great })
      expect(result.findings.filter(({ code }) => !code.startsWith('photo.s'))).toEqual([])
      expect(result.delivery.state).toBe('published')
      expect(result.delivery.findings.byCode.find(({ code }) => code === 'photo.surplus')?.count).toBe(n - 1)
      expect(await namesOf(46)).toEqual([`${componentCode(46)}.jpg`])
    })

    it('beyond the limit of the installation end the load, and leave nothing', async () => {
      const before = keptFiles().length
      const { house } = intake
      house.photoLimits = { ...house.photoLimits!, bytes: 1 }
      const result = await load([lamp(47)], { [`${componentCode(47)}.jpg`]: jpeg('one too many') })
      house.photoLimits = { roots: house.photoLimits.roots }
      expect(result.delivery).toMatchObject({ state: 'failed' })
      expect(photoFindings(result)).toMatchObject([{ code: 'photo.limit' }])
      expect(keptFiles().length).toBe(before)
      await sweepPhotos(house)
      const left = await intake.db.query('SELECT 1 FROM photo_file WHERE delivery_id = $1::uuid', [
        result.delivery.id,
      ])
      expect(left).toEqual([])
    })
  })
})
