import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Db } from '../../../src/core/db.ts'
import { INSTALLATION, listEvents } from '../../../src/core/journal.ts'
import { STANDARD_ID, standardClasses } from '../../../src/domain/catalog/cjt214.ts'
import { ensureStandardDictionary, extendDictionary } from '../../../src/domain/catalog/commands.ts'
import type { ExtensionRow } from '../../../src/domain/catalog/schema.ts'
import {
  findDictionary,
  findDistrictDictionary,
  getDictionary,
  listClasses,
  listOwnClasses,
} from '../../../src/domain/catalog/store.ts'
import { onEachEngine } from '../../support/engines.ts'

const row = (code: string, name: string, rest: Partial<ExtensionRow> = {}): ExtensionRow => ({
  row: 2,
  code,
  name,
  ...rest,
})

onEachEngine((_, open) => {
  let db: Db
  let close: () => Promise<void>
  let district: string
  let last = 320500

  beforeAll(async () => {
    const opened = await open()
    db = opened.db
    close = opened.close
    await ensureStandardDictionary(db)
  })
  afterAll(() => close?.())
  beforeEach(async () => {
    district = String(++last)
    await db.query('INSERT INTO district (code, name) VALUES ($1, $2)', [district, '试点'])
  })

  const extend = (...rows: ExtensionRow[]) =>
    db.transaction(tx => extendDictionary(tx, district, rows, 'account:li'))

  describe('the standard dictionary', () => {
    test('is what the standard says, and is what a new district starts with', async () => {
      expect(await listClasses(db, STANDARD_ID)).toEqual(standardClasses)
      expect(await findDistrictDictionary(db, district)).toEqual({
        id: STANDARD_ID,
        name: 'CJ/T 214-2007',
        version: 1,
        district: null,
        baseId: null,
      })
    })

    test('is put in once, said once, and mended where it differs from this release', async () => {
      const installed = async () => (await listEvents(db, INSTALLATION, 0)).map(event => event.data.classes)
      await ensureStandardDictionary(db)
      expect(await installed()).toEqual([85])
      await db.query("UPDATE component_class SET aliases = '{}' WHERE dictionary_id = $1 AND code = '0104'", [
        STANDARD_ID,
      ])
      await ensureStandardDictionary(db)
      expect(await installed()).toEqual([85, 1])
      expect(await listClasses(db, STANDARD_ID)).toEqual(standardClasses)
    })
  })

  test('there is no dictionary of a district that is not there, nor by a name nobody gave', async () => {
    expect(await findDistrictDictionary(db, '999999')).toBeNull()
    expect(await findDictionary(db, 'cjt214-1999')).toBeNull()
    await expect(getDictionary(db, 'cjt214-1999')).rejects.toThrow('no dictionary cjt214-1999')
    expect(await listClasses(db, 'cjt214-1999')).toEqual([])
  })

  test('extending makes a version, turns the district to it and says so', async () => {
    const done = await extend(
      row('2101', '防蚊闸', { nameEn: 'Mosquito gate' }),
      row('2137', '线状花架花钵', { geometry: '线' }),
    )
    expect(done).toEqual({
      outcome: 'extended',
      dictionaryId: `${district}-v1`,
      version: 1,
      added: ['2101', '2137'],
      changed: [],
      refusals: [],
    })
    expect(await findDistrictDictionary(db, district)).toMatchObject({
      id: `${district}-v1`,
      version: 1,
      district,
      baseId: STANDARD_ID,
    })
    const classes = await listClasses(db, `${district}-v1`)
    expect(classes).toHaveLength(87)
    expect(classes.map(one => one.code)).toEqual(classes.map(one => one.code).toSorted())
    expect(classes.find(one => one.code === '2137')).toMatchObject({
      name: '线状花架花钵',
      geometry: ['line'],
    })
    expect(await listEvents(db, district, 0)).toMatchObject([
      {
        no: 1,
        kind: 'dictionary.extended',
        actor: 'account:li',
        data: {
          dictionary: `${district}-v1`,
          version: 1,
          base: STANDARD_ID,
          added: ['2101', '2137'],
          changed: [],
        },
      },
    ])
  })

  test('the same rows again make no version and no event', async () => {
    await extend(row('2101', '防蚊闸'))
    const again = await extend(row('２１０１', ' 防蚊闸 '))
    expect(again).toMatchObject({
      outcome: 'unchanged',
      dictionaryId: `${district}-v1`,
      added: [],
      changed: [],
    })
    expect(await listEvents(db, district, 0)).toHaveLength(1)
  })

  test('a later version holds what the earlier held, and the earlier stays as it was', async () => {
    await extend(row('2101', '防蚊闸'), row('2106', '提款机'))
    const later = await extend(row('2106', '提款机', { sensitive: '是' }), row('2115', '泵站'))
    expect(later).toMatchObject({ version: 2, added: ['2115'], changed: ['2106'] })
    expect((await listOwnClasses(db, `${district}-v2`)).map(one => [one.code, one.sensitive])).toEqual([
      ['2101', false],
      ['2106', true],
      ['2115', false],
    ])
    expect((await listOwnClasses(db, `${district}-v1`)).map(one => [one.code, one.sensitive])).toEqual([
      ['2101', false],
      ['2106', false],
    ])
  })

  test('refused rows are told and the others count', async () => {
    const done = await extend(row('0114', '园林井盖'), row('0180', '园林井盖'))
    expect(done.added).toEqual(['0180'])
    expect(done.refusals).toMatchObject([{ row: 2, code: 'dictionary.standard' }])
  })

  test('rows that are all refused change nothing', async () => {
    expect(await extend(row('0114', '园林井盖'))).toMatchObject({
      outcome: 'unchanged',
      dictionaryId: STANDARD_ID,
    })
    expect(await findDistrictDictionary(db, district)).toMatchObject({ id: STANDARD_ID })
    expect(await listEvents(db, district, 0)).toEqual([])
  })

  test('a failing transaction leaves the district with the dictionary it had', async () => {
    const failing = db.transaction(async tx => {
      await extendDictionary(tx, district, [row('2101', '防蚊闸')], 'account:li')
      throw new Error('later in the same transaction')
    })
    await expect(failing).rejects.toThrow('later')
    expect(await findDistrictDictionary(db, district)).toMatchObject({ id: STANDARD_ID })
    expect(await findDictionary(db, `${district}-v1`)).toBeNull()
  })

  test('two extensions at once become two versions, none lost', async () => {
    const done = await Promise.all([extend(row('2101', '防蚊闸')), extend(row('2106', '提款机'))])
    expect(done.map(one => one.version).toSorted()).toEqual([1, 2])
    expect((await listOwnClasses(db, `${district}-v2`)).map(one => one.code)).toEqual(['2101', '2106'])
  })

  test('an unknown district cannot be extended', async () => {
    const asked = db.transaction(tx => extendDictionary(tx, '999999', [row('2101', '防蚊闸')], 'account:li'))
    await expect(asked).rejects.toMatchObject({ code: 'district.unknown' })
  })
})
