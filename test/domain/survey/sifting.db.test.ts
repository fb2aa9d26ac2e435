/** Findings sifted, summed up and drawn: every one is counted, whatever is asked for, and none is pulled twice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bboxOf } from '../../../gis/geometry.ts'
import { cellSize, drawFindings } from '../../../src/domain/survey/store-finding-map.ts'
import { sumFindings } from '../../../src/domain/survey/store-finding-sums.ts'
import {
  countFindings,
  type FindingFilter,
  readFindings,
  type StoredFinding,
} from '../../../src/domain/survey/store-findings.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { areaCode, componentCode, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, type LoadedDelivery, openIntake } from '../../support/intake.ts'
import { touching } from '../../support/touching.ts'

const names = 'OBJCODE,OBJNAME,X,Y,DATE,BGCODE'
const lamp = (n: number, date: string, x = 120.601 + n / 10_000, grid = '') =>
  [componentCode(n), '路灯', x, 31.31, date, grid].join()
const EARTH = [-180, -90, 180, 90] as const

onEachEngine((engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let loaded: LoadedDelivery
  const all = () => loaded.findings
  const page = (filter: FindingFilter, from: { after?: number; before?: number }, limit = 1000) =>
    readFindings(intake.db, loaded.delivery, filter, { ...from, limit })
  const sums = (filter: FindingFilter = {}) => sumFindings(intake.db, loaded.delivery, filter)
  const marks = (bbox: readonly [number, number, number, number], zoom: number, filter: FindingFilter = {}) =>
    drawFindings(intake.db, loaded.delivery, filter, { bbox, zoom })

  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    loaded = await intake.load(
      'components',
      {
        'a.csv': [
          names,
          ...[1, 2, 3, 4].map(n => lamp(n, '2026年13月1日')),
          lamp(5, '20260101'),
          ...[11, 12].map(n => lamp(n, '20260101', 120.61 + n / 10_000, areaCode(2))),
        ].join('\n'),
        'b.csv': [
          names,
          lamp(6, '99999999'),
          `${componentCode(7)},没有的类,120.605,31.31,20260101,`,
          `${componentCode(8, '0101')},上水井盖,120.606,31.31,20261399,`,
          lamp(9, '20260101', 10),
          lamp(10, '20260101', 1e9),
        ].join('\n'),
      },
      {
        profile: {
          crs: 'EPSG:4490',
          position: { x: 'X', y: 'Y' },
          fields: { code: 'OBJCODE', className: 'OBJNAME', surveyedOn: 'DATE', statedGrid: 'BGCODE' },
        },
      },
    )
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  it('say of each row where it stands and of what class it is, whatever is wrong with it', () => {
    const told = all().map(({ code, file, row, lonLat, class: of }) => [
      code,
      `${file}:${row}`,
      lonLat?.[0] ?? null,
      of,
    ])
    expect(told).toEqual([
      ['date.invalid', 'a.csv:2', 120.6011, '0118'],
      ['date.invalid', 'a.csv:3', 120.6012, '0118'],
      ['date.invalid', 'a.csv:4', 120.6013, '0118'],
      ['date.invalid', 'a.csv:5', 120.6014, '0118'],
      ['grid.stated', 'a.csv:7', 120.6111, '0118'],
      ['grid.stated', 'a.csv:8', 120.6112, '0118'],
      ['date.invalid', 'b.csv:2', 120.6016, '0118'],
      ['class.mismatch', 'b.csv:3', 120.605, null],
      ['date.invalid', 'b.csv:4', 120.606, '0101'],
      ['position.outside', 'b.csv:5', 10, '0118'],
      // beyond the earth is no place
      ['position.outside', 'b.csv:6', null, '0118'],
    ])
  })

  const filters: Record<string, FindingFilter> = {
    nothing: {},
    severity: { severity: 'error' },
    code: { code: 'date.invalid' },
    file: { file: 'b.csv' },
    class: { class: '0101' },
    'text in a value': { text: '13月' },
    'text in a value, in another case': { text: '没有的类' },
    'text in a field': { text: 'bgcode' },
    'text that is a wildcard elsewhere': { text: '%' },
    'a row': { text: '3' },
    box: { box: [120.6012, 31.3, 120.6013, 31.4] },
    'all at once': { severity: 'warning', code: 'date.invalid', file: 'a.csv', class: '0118', text: '2026' },
    'what is not there': { code: 'date.invalid', class: '9999' },
  }
  const lets = (
    { severity, code, file, class: of, text, box }: FindingFilter,
    each: StoredFinding,
  ): boolean => {
    const [lon, lat] = each.lonLat ?? [Number.NaN, Number.NaN]
    const said = [each.value, each.field, each.file].map(part => part?.toLowerCase() ?? '')
    return (
      (severity === undefined || each.severity === severity) &&
      (code === undefined || each.code === code) &&
      (file === undefined || each.file === file) &&
      (of === undefined || each.class === of) &&
      (text === undefined ||
        each.row === Number(text) ||
        said.some(part => part.includes(text.toLowerCase()))) &&
      (box === undefined || (lon >= box[0] && lon <= box[2] && lat >= box[1] && lat <= box[3]))
    )
  }
  it.each(Object.entries(filters))(
    'are sifted by %s: page, count, sums and marks say the same',
    async (_name, filter) => {
      const wanted = all().filter(each => lets(filter, each))
      expect(await page(filter, {})).toEqual(wanted)
      const middle = wanted[1]?.no ?? 0
      expect(await countFindings(intake.db, loaded.delivery, filter, middle)).toEqual({
        total: wanted.length,
        earlier: wanted.filter(({ no }) => no <= middle).length,
      })
      const placed = wanted.filter(each => each.lonLat)
      const { total, placed: withPlace, bbox, severities, codes, files, classes } = await sums(filter)
      expect([total, withPlace]).toEqual([wanted.length, placed.length])
      expect(bbox).toEqual(
        placed.length === 0
          ? null
          : bboxOf({ type: 'MultiPoint', coordinates: placed.map(each => [...each.lonLat!]) }),
      )
      // each sum leaves its own part of the filter out: what choosing another would give
      const without = (part: keyof FindingFilter) =>
        all().filter(each => lets({ ...filter, [part]: undefined }, each))
      const tally = (of: StoredFinding[], key: (each: StoredFinding) => string | null) => {
        const counted: Record<string, number> = {}
        for (const each of of) {
          const name = key(each)
          if (name !== null) counted[name] = (counted[name] ?? 0) + 1
        }
        return counted
      }
      expect(severities).toEqual({
        error: 0,
        warning: 0,
        ...tally(without('severity'), each => each.severity),
      })
      expect(Object.fromEntries(codes.map(each => [each.code, each.count]))).toEqual(
        tally(without('code'), each => each.code),
      )
      for (const { code, first } of codes)
        expect(first).toEqual(
          without('code')
            .filter(each => each.code === code)
            .map(each => each.no)
            .slice(0, 3),
        )
      expect(Object.fromEntries(files.map(each => [each.file, each.count]))).toEqual(
        tally(without('file'), each => each.file),
      )
      expect(Object.fromEntries(classes.map(each => [each.class, each.count]))).toEqual(
        tally(without('class'), each => each.class),
      )
      const drawn = await marks([-1e9, -1e9, 1e9, 1e9], 22, filter)
      expect(drawn.reduce((n, mark) => n + mark.errors + mark.warnings, 0)).toBe(placed.length)
      expect(drawn.reduce((n, mark) => n + mark.errors, 0)).toBe(
        placed.filter(each => each.severity === 'error').length,
      )
    },
  )

  it('are walked forwards and backwards, without one twice or left out', async () => {
    const filter: FindingFilter = { code: 'date.invalid' }
    const wanted = (await page(filter, {})).map(each => each.no)
    const forwards: number[] = []
    for (let after = 0; ; after = forwards.at(-1)!) {
      const items = await page(filter, { after }, 2)
      forwards.push(...items.map(each => each.no))
      if (items.length < 2) break
    }
    expect(forwards).toEqual(wanted)
    const backwards: number[] = []
    for (let before = 1_000_000; ; before = backwards[0]!) {
      const items = await page(filter, { before }, 2)
      backwards.unshift(...items.map(each => each.no))
      if (items.length < 2) break
    }
    expect(backwards).toEqual(wanted)
    expect(await page(filter, { before: 1 })).toEqual([])
  })

  it('are drawn one by one from near, counted together from afar, and not at all beside the map', async () => {
    const box = [120.6, 31.3, 120.602, 31.32] as const
    const inside = all().filter(each => lets({ box }, each))
    const near = await marks(box, 20)
    expect(near.every(mark => mark.errors + mark.warnings === 1)).toBe(true)
    expect(near.map(mark => mark.no).sort((a, b) => a - b)).toEqual(inside.map(each => each.no))
    for (const { no, bbox } of near) {
      const { lonLat } = inside.find(each => each.no === no)!
      expect(bbox).toEqual([...lonLat!, ...lonLat!])
    }
    const far = await marks(box, 5)
    expect(far).toHaveLength(1)
    expect(far[0]).toMatchObject({ warnings: inside.length, errors: 0, no: inside[0]!.no })
    expect(far[0]!.bbox).toEqual(
      bboxOf({ type: 'MultiPoint', coordinates: inside.map(each => [...each.lonLat!]) }),
    )
    expect(await marks([100, 20, 101, 21], 12)).toEqual([])
    expect(await marks([100, 20, 101, 21], 12, { box })).toEqual([])
  })

  it('of which there are many are asked in shares: no statement looks at all of them', async () => {
    const MANY = 35_000
    const { delivery } = await intake.load('components', { 'c.csv': [names, lamp(1, '20260101')].join('\n') })
    await intake.db.query('DELETE FROM finding WHERE delivery_no = $1', [delivery.no])
    await intake.db.query(
      `INSERT INTO finding (district, delivery_no, no, code, severity, file, row_no, field, value, lon, lat, class)
       SELECT $1, $2, n, CASE WHEN n % 10 = 0 THEN 'code.missing' ELSE 'date.invalid' END, 'warning', 'c.csv', n, 'DATE',
         'v' || n, 120.6 + n * 1e-6, 31.31, '0118' FROM generate_series(1, $3::int) AS n`,
      [HOME, delivery.no, MANY],
    )
    const watched = touching(intake.db)
    const shared = async <T>(work: () => Promise<T>): Promise<T> => {
      watched.take()
      const done = await work()
      const most = Math.max(...watched.take().map(({ rows }) => rows))
      if (engine === 'embedded') expect(most).toBeLessThan(12_500)
      return done
    }
    const { db } = watched
    const late = await shared(() => readFindings(db, delivery, { text: 'v34999' }, { limit: 50 }))
    expect(late.map(each => each.no)).toEqual([34_999])
    const early = await shared(() => readFindings(db, delivery, { text: 'v7' }, { before: 800, limit: 3 }))
    expect(early.map(each => each.no)).toEqual([797, 798, 799])
    expect(await shared(() => countFindings(db, delivery, { code: 'code.missing' }, 30_000))).toEqual({
      total: MANY / 10,
      earlier: 3000,
    })
    const { total, codes } = await shared(() => sumFindings(db, delivery, {}))
    expect([total, codes.map(({ code, count, first }) => [code, count, first])]).toEqual([
      MANY,
      [
        ['date.invalid', MANY * 0.9, [1, 2, 3]],
        ['code.missing', MANY / 10, [10, 20, 30]],
      ],
    ])
    const drawn = await shared(() => drawFindings(db, delivery, {}, { bbox: EARTH, zoom: 18 }))
    expect(drawn.reduce((n, mark) => n + mark.warnings, 0)).toBe(MANY)
    expect(drawn.length).toBeLessThan(10)
  })

  it('count files apart: where each photo is one, those with most are told and the rest counted', async () => {
    const { delivery } = await intake.load('components', { 'd.csv': [names, lamp(2, '20260101')].join('\n') })
    await intake.db.query('DELETE FROM finding WHERE delivery_no = $1', [delivery.no])
    await intake.db.query(
      `INSERT INTO finding (district, delivery_no, no, code, severity, file)
       SELECT $1, $2, n, 'photo.surplus', 'warning', '照片/IMG_' || CASE WHEN n > 24000 THEN n % 10 ELSE n END || '.jpg'
       FROM generate_series(1, 25000) AS n`,
      [HOME, delivery.no],
    )
    const watched = touching(intake.db)
    watched.take()
    const { total, codes, files, moreFiles } = await sumFindings(watched.db, delivery, {})
    if (engine === 'embedded')
      expect(Math.max(...watched.take().map(({ rows }) => rows))).toBeLessThan(12_500)
    expect([total, codes.length, files.length, moreFiles]).toEqual([25_000, 1, 200, 24_001 - 200])
    expect(files.slice(0, 11)).toEqual([
      ...Array.from({ length: 9 }, (_, n) => ({ file: `照片/IMG_${n + 1}.jpg`, count: 101 })),
      { file: '照片/IMG_0.jpg', count: 100 },
      { file: expect.any(String), count: 1 },
    ])
    // the file that is chosen narrows everything but the choice of files
    const one = await sumFindings(intake.db, delivery, { file: '照片/IMG_7.jpg' })
    expect([one.total, one.severities.warning, one.files.length, one.moreFiles]).toEqual([
      101,
      101,
      200,
      24_001 - 200,
    ])
  })
})

describe('the cells of a map', () => {
  it('halve from zoom to zoom and are never too many for what is shown', () => {
    expect(cellSize([120, 31, 120.01, 31.01], 15)).toBe(2 * cellSize([120, 31, 120.01, 31.01], 16))
    for (const zoom of [0, 4, 9.7, 16, 24])
      for (const bbox of [EARTH, [120.5, 31.1, 120.7, 31.3], [120.6, 31.2, 120.6, 31.2]] as const) {
        const size = cellSize(bbox, zoom)
        expect(((bbox[2] - bbox[0]) / size + 1) * ((bbox[3] - bbox[1]) / size + 1)).toBeLessThanOrEqual(8000)
      }
  })
})
