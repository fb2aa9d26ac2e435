/** What a change says to people. */
import { describe, expect, it } from 'vitest'
import { anchorOf, fieldKey, movedMetres, valueText } from '../../../src/web/parts/change-words.ts'

const at = (...coordinates: number[]) => ({ type: 'Point', coordinates })

describe('how far a component moved', () => {
  it('is told in metres, finer the nearer', () => {
    const from = at(120.6, 31.3)
    const moved = (lat: number) => movedMetres({ geometry: at(120.6, lat), formerGeometry: from })
    expect(moved(31.300_01)).toBe('1.11')
    expect(moved(31.300_5)).toBe('55.6')
    expect(moved(31.32)).toBe('2,224')
    expect(moved(31.300_000_01)).toBe('< 0.01')
  })
  it('is not told of what stayed, nor of a line that was drawn anew', () => {
    expect(movedMetres({ geometry: at(120.6, 31.3), formerGeometry: null })).toBeNull()
    const line = (lat: number) => ({
      type: 'LineString',
      coordinates: [
        [120.6, 31.3],
        [120.6, lat],
      ],
    })
    expect(movedMetres({ geometry: line(31.4), formerGeometry: line(31.5) })).toBeNull()
  })
})

describe('where a component is pointed at', () => {
  it('is on it, whatever its shape', () => {
    const line = [
      [120, 31],
      [121, 31],
      [122, 31],
    ]
    expect(anchorOf(at(120.6, 31.3))).toEqual([120.6, 31.3])
    expect(anchorOf({ type: 'MultiPoint', coordinates: [[120, 31]] })).toEqual([120, 31])
    expect(anchorOf({ type: 'LineString', coordinates: line })).toEqual([121, 31])
    expect(anchorOf({ type: 'MultiPolygon', coordinates: [[line]] })).toEqual([121, 31])
  })
})

describe('a field and its value', () => {
  it('are called as in the mapping form, or as the file called them', () => {
    expect(fieldKey('owner')).toBe('field.ownerName')
    expect(fieldKey('note')).toBe('field.note')
    expect(fieldKey('MATERIAL')).toBe('field.MATERIAL')
  })
  it('are text: days without hours, nothing as nothing, nought as nought', () => {
    expect(valueText('2026-03-01T00:00:00.000Z')).toBe('2026-03-01')
    expect([valueText(null), valueText(undefined), valueText('')]).toEqual(['', '', ''])
    expect([valueText(0), valueText(false), valueText({ a: 1 })]).toEqual(['0', 'false', '{"a":1}'])
  })
})
