import { describe, expect, it } from 'vitest'
import { guessProfile, proposeCrs } from '../../../src/domain/survey/profile.ts'
import type { SourceLayer } from '../../../src/domain/survey/readers/source.ts'

const table = (x: string, y: string, at: [number, number]) => ({
  file: 'a.csv',
  name: 'a',
  fields: ['标准地址', x, y].map(name => ({ name })),
  position: { x, y },
  sample: [{ row: 2, values: [], geometry: { type: 'Point', coordinates: at } }] as SourceLayer['sample'],
})
const here: [number, number] = [120.61, 31.31]

describe('a guess for tables', () => {
  it('names the columns of the position, and proposes the system their names or values tell', () => {
    const layer = table('经度', '纬度', here)
    expect(guessProfile('addresses', [layer])).toEqual({
      kind: 'addresses',
      position: { x: '经度', y: '纬度' },
      fields: { text: '标准地址' },
      defaults: {},
    })
    expect(proposeCrs('addresses', [layer])).toEqual({ crs: 'EPSG:4490', x: '经度', y: '纬度' })
    expect(proposeCrs('addresses', [table('wgs84_lon', 'wgs84_lat', here)])?.crs).toBe('EPSG:4326')
    expect(proposeCrs('components', [table('gcj_lng', 'gcj_lat', here)])?.crs).toBe('GCJ-02')
    expect(proposeCrs('components', [table('X', 'Y', here)])?.crs).toBe('EPSG:4490')
  })

  it('proposes none for metres, for what cannot be degrees, beside other formats, or where nothing lies anywhere', () => {
    const degrees = table('经度', '纬度', here)
    expect(proposeCrs('components', [table('X', 'Y', [560_000, 3_460_000])])).toBeNull()
    expect(proposeCrs('components', [table('经度', '纬度', [560_000, 3_460_000])])).toBeNull()
    expect(proposeCrs('components', [degrees, { sample: [] }])).toBeNull()
    expect(proposeCrs('components', [degrees, table('gcj_lng', 'gcj_lat', here)])).toBeNull()
    expect(proposeCrs('units', [degrees])).toBeNull()
    expect(guessProfile('units', [degrees])).not.toHaveProperty('position')
    expect(guessProfile('components', [degrees, table('X', 'Y', here)])).not.toHaveProperty('position')
  })
})
