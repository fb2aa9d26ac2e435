import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import excel from 'exceljs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Problem } from '../../../src/core/problem.ts'
import { addCrew, addFirm } from '../../../src/domain/orgs/firm-changes.ts'
import {
  getAllotment,
  listAllotments,
  listForeignCodes,
  spaceOf,
  tellAllotments,
} from '../../../src/domain/survey/allotments.ts'
import { allotCodes, returnCodes } from '../../../src/domain/survey/allotting.ts'
import { codesAsCsv, codesAsWorkbook } from '../../../src/domain/survey/code-list.ts'
import { createDelivery, folderOf } from '../../../src/domain/survey/commands.ts'
import { commissionPackage } from '../../../src/domain/survey/commissioning.ts'
import { rejectDelivery } from '../../../src/domain/survey/deciding.ts'
import { Profile } from '../../../src/domain/survey/schema.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { areaCode, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'

const OTHER = '320588'
const where = { district: HOME, actor: 'account:office' }

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  const crews: Record<string, { id: string }> = {}
  const firms: Record<string, string> = {}
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.addDistrict({ code: OTHER, componentCodeProfile: 'new16' })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    for (const [firm, crew] of [
      ['甲', '甲一组'],
      ['甲', '甲二组'],
      ['乙', '乙一组'],
    ] as const) {
      // biome-ignore format: a table
      firms[firm] ??= await addFirm(opened.db, where, { name: firm, unit: null })
      crews[crew] = { id: await addCrew(opened.db, where, firms[firm], crew) }
    }
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  const allot = async (crew: string, wish: object, district = HOME) => {
    const id = await allotCodes(opened.db, { ...where, district }, crews[crew]!, {
      crew: crews[crew]!.id,
      class: '0118',
      ...wish,
    } as Parameters<typeof allotCodes>[3])
    return tell(id, district)
  }
  const tell = async (id: string, district = HOME) => {
    const held = await getAllotment(opened.db, district, id, 'all')
    return (await tellAllotments(opened.db, district, [held]))[0]!
  }
  const refused = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => null,
      caught => caught,
    )
    expect(error).toBeInstanceOf(Problem)
    return [error.code, error.detail]
  }
  const deliver = async (rows: readonly string[], more: { firmId?: string; packageId?: string } = {}) => {
    const delivery = await createDelivery(intake.db, {
      district: HOME,
      kind: 'components',
      name: 'codes',
      contractor: null,
      profile: Profile.parse({
        kind: 'components',
        crs: 'EPSG:4490',
        fields: { code: 'OBJCODE', className: 'OBJNAME' },
        position: { x: 'X', y: 'Y' },
      }),
      actor: 'account:crew',
      ...more,
    })
    const csv = ['OBJCODE,OBJNAME,X,Y', ...rows].join('\n')
    await intake.house.files.put(folderOf(delivery), 'codes.csv', Readable.from([csv]), 1e6)
    const { findings, delivery: ended } = await intake.run(delivery)
    expect(ended.state).toBe('published')
    return findings.map(({ code, row, value }) => [code, row, value])
  }
  const lamp = (serial: number, x = 120.61) => `${HOME}0118${String(serial).padStart(6, '0')},路灯,${x},31.31`

  describe('codes for a crew', () => {
    it('follow one another and never meet another crew’s or a thing’s that bears one', async () => {
      expect(await allot('甲一组', { count: 100 })).toMatchObject({
        firstCode: `${HOME}0118000001`,
        lastCode: `${HOME}0118000100`,
        count: 100,
        class: { code: '0118', name: '路灯' },
        crew: { name: '甲一组' },
      })
      await deliver([lamp(150), lamp(160, 120.612)])
      expect((await allot('乙一组', { count: 50 })).firstCode).toBe(`${HOME}0118000161`)
      expect(await refused(allot('甲二组', { first: 90, last: 110 }))).toEqual([
        'codes.allotted',
        { from: `${HOME}0118000090`, to: `${HOME}0118000110`, crew: '甲一组' },
      ])
      expect(await refused(allot('甲二组', { first: 140, last: 155 }))).toEqual([
        'codes.in-use',
        { from: `${HOME}0118000140`, to: `${HOME}0118000155`, code: `${HOME}0118000150` },
      ])
      expect((await allot('甲二组', { first: 101, last: 149 })).count).toBe(49)
      expect((await allot('甲二组', { class: '0101', count: 3 })).firstCode).toBe(`${HOME}0101000001`)
    })

    it('are known of every batch that landed, also of one that waits, and no longer of one that was dropped', async () => {
      await intake.db.query(`UPDATE district SET approval = 'second-person' WHERE code = $1`, [HOME])
      const profile = { crs: 'EPSG:4490', fields: { code: 'OBJCODE', className: 'OBJNAME' } }
      const rows = [500, 501, 502, 700].map(
        serial => `${HOME}0107${String(serial).padStart(6, '0')},通讯井盖,120.6${serial % 97},31.31`,
      )
      const csv = ['OBJCODE,OBJNAME,X,Y', ...rows].join('\n')
      const { delivery } = await intake.load('components', { 'w.csv': csv }, { profile })
      expect(delivery.state).toBe('checked')
      const used = async (first: number, last: number) =>
        (await refused(allot('甲一组', { class: '0107', first, last })))[1]
      expect(await used(490, 600)).toMatchObject({ code: `${HOME}0107000500` })
      expect(await used(502, 502)).toMatchObject({ code: `${HOME}0107000502` })
      expect((await allot('甲一组', { class: '0107', first: 503, last: 699 })).count).toBe(197)
      // read once, and kept with the batch
      const kept = () =>
        opened.db.query(
          'SELECT firsts, lasts FROM batch_serial WHERE district = $1 AND batch = $2 AND prefix = $3',
          [HOME, delivery.batchNo, `${HOME}0107`],
        )
      expect(await kept()).toEqual([{ firsts: [500, 700], lasts: [502, 700] }])
      await rejectDelivery(intake.house, delivery.id, 'account:second', '退回')
      expect(await kept()).toEqual([])
      expect((await allot('甲一组', { class: '0107', first: 490, last: 502 })).count).toBe(13)
      await intake.db.query(`UPDATE district SET approval = 'none' WHERE code = $1`, [HOME])
    })

    it('end where the serial has no more digits, and say how many are left', async () => {
      await allot('甲一组', { class: '0102', first: 999_950, last: 999_990 })
      await allot('甲一组', { class: '0102', first: 1, last: 20_000 })
      expect(await refused(allot('甲一组', { class: '0102', first: 999_991, last: 1_000_000 }))).toEqual([
        'codes.exhausted',
        { class: '0102', limit: `${HOME}0102999999`, free: 979_949, wanted: 10 },
      ])
      const crew = await addCrew(
        opened.db,
        { ...where, district: OTHER },
        await addFirm(opened.db, { ...where, district: OTHER }, { name: '丙', unit: null }),
        '丙一组',
      )
      crews.丙一组 = { id: crew }
      expect((await allot('丙一组', { first: 1, last: 5 }, OTHER)).lastCode).toBe(`${OTHER}0101800005`)
      expect((await refused(allot('丙一组', { first: 99_999, last: 100_000 }, OTHER)))[0]).toBe(
        'codes.exhausted',
      )
      for (let n = 0; n < 4; n++) await allot('丙一组', { count: 20_000 }, OTHER)
      expect(await refused(allot('丙一组', { count: 20_000 }, OTHER))).toEqual([
        'codes.exhausted',
        { class: '0118', limit: `${OTHER}0101899999`, free: 19_994, wanted: 20_000 },
      ])
      expect((await refused(allot('丙一组', { class: '9999', count: 1 }, OTHER)))[0]).toBe('codes.class')
    })

    it('asked for by two at once are given once', async () => {
      const both = await Promise.allSettled([
        allot('甲一组', { class: '0103', first: 1, last: 10 }),
        allot('乙一组', { class: '0103', first: 5, last: 15 }),
      ])
      expect(both.map(each => each.status).sort()).toEqual(['fulfilled', 'rejected'])
      const counted = await Promise.all([1, 2, 3].map(() => allot('甲二组', { class: '0104', count: 10 })))
      expect(new Set(counted.map(each => each.firstCode)).size).toBe(3)
    })

    it('that were not used are given back and given out again', async () => {
      const held = await allot('甲一组', { class: '0105', first: 1, last: 100 })
      await deliver([`${HOME}0105000030,电力井盖,120.613,31.31`], { firmId: firms.甲! })
      const give = async (from: number | null) =>
        returnCodes(opened.db, where, await getAllotment(opened.db, HOME, held.id, 'all'), from)
      expect(await refused(give(30))).toEqual(['codes.used', { code: `${HOME}0105000030` }])
      await give(81)
      expect(await tell(held.id)).toMatchObject({ lastCode: `${HOME}0105000080`, count: 80, returned: 20 })
      await give(null)
      expect(await tell(held.id)).toMatchObject({ lastCode: `${HOME}0105000030`, count: 30, returned: 70 })
      expect((await refused(give(null)))[0]).toBe('codes.used')
      expect((await allot('乙一组', { class: '0105', count: 5 })).firstCode).toBe(`${HOME}0105000031`)
    })

    it('are listed to the firm that holds them and to no other', async () => {
      const firm = { firm: firms.乙!, actor: 'x' }
      const names = (await listAllotments(opened.db, HOME, firm)).map(each => each.crew.name)
      expect(new Set(names)).toEqual(new Set(['乙一组']))
      const [foreign] = await listAllotments(opened.db, HOME, { firm: firms.甲!, actor: 'x' })
      await expect(getAllotment(opened.db, HOME, foreign!.id, firm)).rejects.toMatchObject({
        code: 'codes.unknown',
      })
      expect(await listForeignCodes(opened.db, HOME, firms.乙!)).toContainEqual([
        `${HOME}0118000001`,
        `${HOME}0118000100`,
      ])
    })

    it('are printed as text, one a row', async () => {
      const space = await spaceOf(opened.db, HOME, '0118')
      const list = { space, first: 1, last: 4100, className: '路灯', crew: '=甲', firm: '乙' }
      const book = new excel.Workbook()
      await book.xlsx.load((await buffer(codesAsWorkbook(list, 'zh'))) as unknown as ArrayBuffer)
      const sheet = book.worksheets[0]!
      expect(sheet.rowCount).toBe(4101)
      const cell = sheet.getCell('B4101')
      expect([cell.value, cell.type, cell.numFmt]).toEqual([`${HOME}0118004100`, excel.ValueType.String, '@'])
      const lines = (await text(codesAsCsv(list, 'zh'))).trim().split('\r\n')
      expect(lines).toHaveLength(4101)
      expect(lines[4100]).toBe(`4100,\t${HOME}0118004100,路灯,'=甲,乙,`)
    })
  })

  describe('a delivered row is held to what its firm was asked for', () => {
    it('names a new code that another firm holds, and no other', async () => {
      const rows = [lamp(2, 120.62), lamp(162, 120.63), lamp(150, 120.6101), lamp(5000, 120.64)]
      expect(await deliver(rows, { firmId: firms.甲! })).toEqual([['code.range', 3, `${HOME}0118000162`]])
      expect(await deliver([lamp(3, 120.621), lamp(163, 120.631)])).toEqual([])
    })

    it('names classes and areas outside its package, as warnings at their rows', async () => {
      const packageId = await commissionPackage(opened.db, where, firms.甲!, {
        name: '东片路灯',
        kinds: ['components'],
        classes: ['0118'],
        areas: [areaCode(1)],
        dueOn: null,
        note: null,
      })
      const rows = [lamp(7, 120.605), lamp(8, 120.645), `${HOME}0101000900,上水井盖,120.606,31.31`]
      expect(await deliver(rows, { firmId: firms.甲!, packageId })).toEqual([
        ['package.area', 3, expect.stringContaining(areaCode(3))],
        ['package.class', 4, '0101 上水井盖'],
      ])
      const wide = await commissionPackage(opened.db, where, firms.甲!, {
        name: '全区',
        kinds: ['components'],
        classes: [],
        areas: [HOME],
        dueOn: null,
        note: null,
      })
      expect(await deliver([lamp(9, 120.646)], { firmId: firms.甲!, packageId: wide })).toEqual([])
    })
  })
})
