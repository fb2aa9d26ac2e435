import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Geometry, LonLat } from '../../../gis/geometry.ts'
import type { Db } from '../../../src/core/db.ts'
import { listEvents } from '../../../src/core/journal.ts'
import { ensureStandardDictionary } from '../../../src/domain/catalog/commands.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import {
  dropPlaces,
  landAddresses,
  landPlaces,
  openPlaces,
  publishPlaces,
} from '../../../src/domain/places/commands.ts'
import type { Address, AddressDraft, Place, PlaceDraft } from '../../../src/domain/places/schema.ts'
import { eachAddress, eachPlace, listPublished } from '../../../src/domain/places/store.ts'
import { onEachEngine } from '../../support/engines.ts'

const at = (lon: number, lat: number): Geometry => ({ type: 'Point', coordinates: [lon, lat] })
const address = (row: number, text: string, [lon, lat]: LonLat = [120.6, 31.2]): AddressDraft => ({
  row,
  text,
  geometry: at(lon, lat),
})

/** More than one chunk of a read and several of a COPY. */
const MANY = 41_000
const many = (): AddressDraft[] =>
  Array.from({ length: MANY }, (_, i) => address(i + 1, `枫桥路${i + 1}号`, [120.6 + i / 1e6, 31.2]))

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

  const loadAddresses = async (no: number, ...files: AddressDraft[][]) => {
    const landing = await openPlaces(db, district, no, 'addresses')
    const counts = []
    for (const file of files) counts.push(await landAddresses(db, landing, [file]))
    return counts
  }
  const publish = (no: number) => db.transaction(tx => publishPlaces(tx, district, no, 'account:li'))
  const addresses = async (deliveryNo?: number): Promise<Address[]> => {
    const found: Address[] = []
    const count = await eachAddress(
      db,
      scopeOf(district),
      one => void found.push(one),
      deliveryNo ? { deliveryNo } : {},
    )
    expect(found).toHaveLength(count)
    return found
  }
  const texts = async () => (await addresses()).map(one => one.text).toSorted()
  const landedRows = async () =>
    (await db.query('SELECT 1 FROM address WHERE district = $1', [district])).length

  test('addresses are seen when their delivery is published, and not before', async () => {
    expect(await loadAddresses(1, [address(1, '枫桥路128号', [120.61, 31.25])])).toEqual([
      { landed: 1, unchanged: 0, repeated: 0 },
    ])
    expect(await addresses()).toEqual([])
    expect(await publish(1)).toEqual({ rows: 1 })
    expect(await addresses()).toMatchObject([{ text: '枫桥路128号', lonLat: [120.61, 31.25] }])
    expect(await listPublished(db, district, 'addresses')).toEqual([1])
    expect(await listEvents(db, district, 0)).toMatchObject([
      { kind: 'places.published', actor: 'account:li', data: { delivery: 1, kind: 'addresses', rows: 1 } },
    ])
  })

  test('a redelivery adds only what is new, however the rest is written', async () => {
    await loadAddresses(1, [address(1, '枫桥路128号'), address(2, '枫桥路130号')])
    await publish(1)
    const again = [address(1, '枫桥路 １２８ 號'), address(2, '枫桥路130号'), address(3, '枫桥路132号')]
    expect(await loadAddresses(2, again)).toEqual([{ landed: 1, unchanged: 2, repeated: 0 }])
    await publish(2)
    expect(await texts()).toEqual(['枫桥路128号', '枫桥路130号', '枫桥路132号'])
    expect((await addresses(2)).map(one => one.text)).toEqual(['枫桥路132号'])
  })

  test('the same text elsewhere, and another text at the same place, are other addresses', async () => {
    await loadAddresses(1, [address(1, '枫桥路128号')])
    await publish(1)
    const others = [address(1, '枫桥路128号', [120.7, 31.2]), address(2, '枫桥路128号甲')]
    expect(await loadAddresses(2, others)).toMatchObject([{ landed: 2 }])
  })

  test('a row twice in one file is repeated, in the next file of the delivery unchanged', async () => {
    const twice = [address(1, '枫桥路128号'), address(2, '枫桥路128号')]
    expect(await loadAddresses(1, twice, twice)).toEqual([
      { landed: 1, unchanged: 0, repeated: 1 },
      { landed: 0, unchanged: 2, repeated: 0 },
    ])
    expect(await landedRows()).toBe(1)
  })

  test('of two deliveries that landed side by side the second brings nothing twice', async () => {
    await loadAddresses(1, [address(1, '枫桥路128号'), address(2, '枫桥路130号')])
    await loadAddresses(2, [address(1, '枫桥路128号'), address(2, '枫桥路132号')])
    await publish(2)
    expect(await publish(1)).toEqual({ rows: 1 })
    expect(await texts()).toEqual(['枫桥路128号', '枫桥路130号', '枫桥路132号'])
  })

  test('publishing again does nothing', async () => {
    await loadAddresses(1, [address(1, '枫桥路128号')])
    await publish(1)
    expect(await publish(1)).toEqual({ rows: 1 })
    expect(await listEvents(db, district, 0)).toHaveLength(1)
  })

  test('a published delivery is neither opened nor dropped', async () => {
    await loadAddresses(1, [address(1, '枫桥路128号')])
    await publish(1)
    await dropPlaces(db, district, 1)
    await expect(openPlaces(db, district, 1, 'addresses')).rejects.toMatchObject({ code: 'delivery.state' })
    expect(await texts()).toEqual(['枫桥路128号'])
  })

  test('an interrupted load is not seen, and the next under its number starts clean', async () => {
    const landing = await openPlaces(db, district, 1, 'addresses')
    async function* broken() {
      yield many().slice(0, 12_000)
      throw new Error('the file ends here')
    }
    await expect(landAddresses(db, landing, broken())).rejects.toThrow('the file ends here')
    expect(await addresses()).toEqual([])
    await loadAddresses(1, [address(1, '枫桥路128号')])
    expect(await landedRows()).toBe(1)
    await publish(1)
    expect(await texts()).toEqual(['枫桥路128号'])
  })

  test('dropping takes all rows, also more than one statement takes', async () => {
    await loadAddresses(1, many().slice(0, 10_000))
    await dropPlaces(db, district, 1)
    expect(await landedRows()).toBe(0)
    await expect(publish(1)).rejects.toMatchObject({ code: 'delivery.unknown' })
  })

  test('every one of many addresses is read once', async () => {
    expect(await loadAddresses(1, many())).toEqual([{ landed: MANY, unchanged: 0, repeated: 0 }])
    await publish(1)
    const found = await addresses()
    expect(new Set(found.map(one => one.id)).size).toBe(MANY)
    expect(new Set(found.map(one => one.text)).size).toBe(MANY)
    expect(await loadAddresses(2, many())).toEqual([{ landed: 0, unchanged: MANY, repeated: 0 }])
  })

  test('an address drawn as a polygon is found at a point on it', async () => {
    const ring = [
      [120.6, 31.2],
      [120.602, 31.2],
      [120.602, 31.202],
      [120.6, 31.202],
      [120.6, 31.2],
    ]
    await loadAddresses(1, [
      { row: 1, text: '枫桥路128号', geometry: { type: 'Polygon', coordinates: [ring] } },
    ])
    await publish(1)
    const [lon, lat] = (await addresses())[0]!.lonLat
    expect(lon).toBeCloseTo(120.601, 6)
    expect(lat).toBeCloseTo(31.201, 6)
  })

  test('an unknown district has nowhere to land', async () => {
    await expect(openPlaces(db, '999999', 1, 'addresses')).rejects.toMatchObject({ code: 'district.unknown' })
  })

  describe('places', () => {
    const street: PlaceDraft = {
      row: 1,
      kind: 'street',
      class: 'arterial',
      name: '枫桥路',
      geometry: {
        type: 'LineString',
        coordinates: [
          [120.6, 31.2],
          [120.61, 31.2],
        ],
      },
    }
    const pond: PlaceDraft = { row: 2, kind: 'water', class: '鱼塘', name: null, geometry: at(120.62, 31.21) }
    const loadPlaces = async (no: number, drafts: PlaceDraft[]) =>
      landPlaces(db, await openPlaces(db, district, no, 'places'), [drafts])
    const places = async () => {
      const found: Place[] = []
      await eachPlace(db, scopeOf(district), one => void found.push(one))
      return found
    }

    test('come back with kind, class, name and shape', async () => {
      await loadPlaces(1, [street, pond])
      await publish(1)
      const found = await places()
      expect(found.toSorted((a, b) => a.kind.localeCompare(b.kind))).toEqual(
        [street, pond].map(({ row: _row, ...rest }) => ({ id: expect.any(String), ...rest })),
      )
    })

    test('are unchanged only with the same kind, class, name and shape', async () => {
      await loadPlaces(1, [street, pond])
      await publish(1)
      const longer: Geometry = {
        ...street.geometry,
        coordinates: [
          [120.6, 31.2],
          [120.62, 31.2],
        ],
      } as Geometry
      const drafts = [
        street,
        { ...street, class: 'lane' },
        { ...street, name: '横街' },
        { ...street, geometry: longer },
        pond,
      ]
      expect(await loadPlaces(2, drafts)).toEqual({ landed: 3, unchanged: 2, repeated: 0 })
    })

    test('are not mixed with addresses', async () => {
      await loadPlaces(1, [pond])
      await publish(1)
      expect(await addresses()).toEqual([])
      await loadAddresses(2, [address(1, '枫桥路128号')])
      await publish(2)
      expect(await places()).toHaveLength(1)
      expect(await listPublished(db, district, 'places')).toEqual([1])
    })
  })
})
