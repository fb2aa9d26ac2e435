/** Keys in lists, results in groups, files chosen, profiles edited. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatOf } from '../../../src/domain/survey/readers/formats.ts'
import { profileFields } from '../../../src/domain/survey/schema.ts'
import type { District } from '../../../src/web/api/districts.ts'
import type { Found } from '../../../src/web/api/search.ts'
import { addFiles, fieldsOf, fileEndings, kinds, maxFiles } from '../../../src/web/parts/fields.ts'
import { listKey } from '../../../src/web/parts/list-keys.ts'
import { cleanProfile, copyProfile, isSettled } from '../../../src/web/parts/profile-edit.ts'
import { groups, groupsWithMore, hitsOf, marked } from '../../../src/web/parts/search-rows.ts'
import { firstOf } from '../../../src/web/stores/first-district.ts'

/** Presses a key in a list of `count` rows and tells what came of it. */
function press(key: string, count: number, current: number) {
  const told = {
    moved: null as number | null,
    opened: null as number | null,
    shown: null as number | null,
    stopped: false,
  }
  const event = {
    key,
    preventDefault: () => (told.stopped = true),
    stopPropagation: () => {},
  } as unknown as KeyboardEvent
  const taken = listKey(event, {
    count,
    current,
    move: to => (told.moved = to),
    open: i => (told.opened = i),
    show: i => (told.shown = i),
  })
  return { ...told, taken }
}

describe('keys in a list', () => {
  it('move, open and show', () => {
    expect(press('ArrowDown', 5, 1).moved).toBe(2)
    expect(press('ArrowUp', 5, 1).moved).toBe(0)
    expect(press('End', 5, 1).moved).toBe(4)
    expect(press('Enter', 5, 1).opened).toBe(1)
    expect(press(' ', 5, 1).shown).toBe(1)
  })
  it('never lead out of the list', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('ArrowDown', 'ArrowUp', 'Home', 'End', 'PageDown', 'PageUp'),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(),
        (key, count, n) => {
          const { moved } = press(key, count, n % count)
          expect(moved).toBeGreaterThanOrEqual(0)
          expect(moved).toBeLessThan(count)
        },
      ),
    )
  })
  it('move nowhere in an empty list, and leave other keys to the page', () => {
    expect(press('ArrowDown', 0, 0).moved).toBeNull()
    const other = press('a', 5, 1)
    expect([other.taken, other.stopped]).toEqual([false, false])
  })
})

const found: Found = {
  components: [
    {
      id: 'c',
      code: '1',
      class: '0101',
      className: '上水井盖',
      state: null,
      lonLat: [0, 0],
      areaCode: null,
      areaName: null,
      ownerName: null,
    },
  ],
  classes: [{ code: '0118', name: '路灯' }],
  units: [{ id: 'u', name: '路灯管理所', kind: 'maintainer' }],
  grids: [],
  addresses: [{ text: '路灯巷 1 号', lonLat: [0, 0] }],
  places: [],
}

describe('search results', () => {
  it('stand in the order of their groups, none lost', () => {
    const hits = hitsOf(found)
    expect(hits.map(hit => hit.group)).toEqual(['components', 'classes', 'units', 'addresses'])
    expect(groups.reduce((sum, group) => sum + found[group].length, 0)).toBe(hits.length)
  })
  it('set off what was looked for, whatever its case, and change no character', () => {
    expect(marked('路灯管理所', '路灯')).toEqual([
      { text: '路灯', hit: true },
      { text: '管理所', hit: false },
    ])
    expect(marked('Street Lamp', 'lamp').find(part => part.hit)?.text).toBe('Lamp')
    expect(marked('路灯', ' ')).toEqual([{ text: '路灯', hit: false }])
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, sought) => {
        const parts = marked(text, sought).map(part => part.text)
        expect(parts.join('')).toBe(text)
      }),
    )
  })
})

describe('files of a delivery', () => {
  const file = (name: string, size = 1) => ({ name, size }) as File
  it('are refused when empty, too large, there already or too many, each with its reason', () => {
    const { files, refused } = addFiles(
      [file('a.zip')],
      [file('a.zip'), file('b.zip', 0), file('c.zip', 3e9), file('d.zip')],
    )
    expect(files.map(each => each.name)).toEqual(['a.zip', 'd.zip'])
    expect(refused).toEqual([
      { name: 'a.zip', why: 'twice' },
      { name: 'b.zip', why: 'empty' },
      { name: 'c.zip', why: 'tooLarge' },
    ])
    const many = Array.from({ length: maxFiles + 1 }, (_, i) => file(`${i}.shp`))
    expect(addFiles([], many).refused).toEqual([{ name: `${maxFiles}.shp`, why: 'tooMany' }])
  })
})

describe('the dialog that chooses files', () => {
  it('offers every format that is read, and none that is not', () => {
    const offered = new Set(fileEndings.map(ending => formatOf(`a${ending}`)))
    expect([...offered].sort()).toEqual([
      'csv',
      'gdal',
      'geojsonseq',
      'gpkg',
      'json',
      'photo',
      'shapefile',
      'workbook',
      'zip',
    ])
    for (const ending of ['.mdb', '.dwg', '.pdf', '.exe']) expect(fileEndings).not.toContain(ending)
  })
})

describe('the fields a person maps', () => {
  it('are those the intake knows, for every kind', () => {
    for (const kind of kinds) expect(fieldsOf(kind).sort()).toEqual([...profileFields[kind]].sort())
  })
  it('hold also what a saved profile names beside them', () => {
    expect(fieldsOf('addresses', { text: 'DZ', extra: 'X' })).toEqual(['text', 'extra'])
  })
})

describe('a profile while it is edited', () => {
  const given = {
    kind: 'components',
    encoding: 'gb18030',
    fields: { code: 'OBJCODE', name: '' },
    defaults: { code: 'x', state: '完好' },
  } as const
  it('is sent without what is empty; a column counts before a constant', () => {
    expect(cleanProfile({ ...given, crs: '', swapAxes: false }, 'components')).toEqual({
      kind: 'components',
      encoding: 'gb18030',
      fields: { code: 'OBJCODE' },
      defaults: { state: '完好' },
    })
  })
  it('names the columns of the position only when all are chosen', () => {
    expect(cleanProfile({ ...given, position: { x: 'LON', y: '' } }, 'components')).not.toHaveProperty(
      'position',
    )
    expect(cleanProfile({ ...given, position: { x: 'LON', y: 'LAT' } }, 'components').position).toEqual({
      x: 'LON',
      y: 'LAT',
    })
  })
  it('leaves what it was copied from alone', () => {
    const copy = copyProfile(given)
    copy.fields.code = 'OTHER'
    expect(given.fields.code).toBe('OBJCODE')
  })
})

describe('what a look found open', () => {
  const kind = 'grids' as const
  const empty = { kind, fields: {} }
  it('is settled when the profile says it, by a column or a constant, and by nothing else', () => {
    for (const [code, field, said, other] of [
      ['crs.missing', null, { ...empty, crs: 'EPSG:4549' }, { ...empty, crs: '' }],
      [
        'position.column',
        null,
        { ...empty, position: { x: 'a', y: 'b' } },
        { ...empty, position: { x: 'a', y: '' } },
      ],
      [
        'profile.level',
        'level',
        { ...empty, defaults: { level: '0' } },
        { ...empty, defaults: { level: '' } },
      ],
      ['profile.needed', 'code', { kind, fields: { code: 'A' } }, { kind, fields: { name: 'A' } }],
      ['profile.missed', 'name', { ...empty, defaults: { name: 'A' } }, empty],
      ['profile.needed', 'className', { kind, fields: { classCode: 'A' } }, { kind, fields: { code: 'A' } }],
    ] as const) {
      expect([code, isSettled({ code, field }, said)]).toEqual([code, true])
      expect([code, isSettled({ code, field }, other)]).toEqual([code, false])
    }
    expect(isSettled({ code: 'crs.parameters', field: null }, { ...empty, crs: 'EPSG:4549' })).toBe(false)
  })
})

describe('the district one sees first', () => {
  const all = [
    { code: '320501', bbox: null },
    { code: '320599', bbox: [1, 2, 3, 4] },
    { code: '320600', bbox: [1, 2, 3, 4] },
  ] as unknown as District[]
  it('is the one asked for, else the last used, else one with something to show', () => {
    const first = (...codes: (string | null)[]) => firstOf(all, codes)?.code
    expect(first('320501', '320600')).toBe('320501')
    expect(first(null, '320600')).toBe('320600')
    expect(first(null, '999999')).toBe('320599')
    expect(first(null, null)).toBe('320599')
    expect(firstOf(all.slice(0, 1), [null])?.code).toBe('320501')
    expect(firstOf([], [null])).toBeUndefined()
  })
})

describe('the results of a search', () => {
  const grid = (n: number) => ({ level: 3, code: String(n), name: `网格${n}` })
  const found = (grids: number) =>
    ({ components: [], classes: [], units: [], grids: Array.from({ length: grids }, (_, n) => grid(n)), addresses: [], places: [] }) as unknown as Found // biome-ignore format: a row
  it('are the first of each group, and say where there are more', () => {
    expect([hitsOf(found(7)).length, groupsWithMore(found(7))]).toEqual([6, ['grids']])
    expect([hitsOf(found(6)).length, groupsWithMore(found(6))]).toEqual([6, []])
  })
})
