import { describe, expect, it } from 'vitest'
import { partsSet, readFindingView, writeFindingView } from '../../../src/web/parts/finding-view.ts'

describe('the address of findings', () => {
  it('holds the whole view and gives it back', () => {
    const query = {
      severity: 'error',
      code: 'date.invalid',
      file: '部件.zip/0118.shp',
      class: '0118',
      q: '13月, =1+1',
      box: '120.6,31.2,120.7,31.3',
      no: '17',
      at: '120.601230,31.219340,16.50',
    }
    const view = readFindingView(query)
    expect(view).toMatchObject({
      code: 'date.invalid',
      listed: true,
      chosen: 17,
      box: [120.6, 31.2, 120.7, 31.3],
    })
    expect(writeFindingView(view)).toEqual(query)
    expect(partsSet(view)).toBe(5)
  })

  it('is empty for all of them in groups, and tells those from all one by one', () => {
    expect(writeFindingView(readFindingView({}))).toEqual({})
    const all = readFindingView({ code: 'all' })
    expect(all).toMatchObject({ code: null, listed: true })
    expect(writeFindingView(all)).toEqual({ code: 'all' })
    expect(partsSet(all)).toBe(0)
  })

  it.each([
    ['severity', 'grave'],
    ['box', '1,2,3'],
    ['box', '3,2,1,4'],
    ['box', '1,2,x,4'],
    ['no', '0'],
    ['no', '1.5'],
    ['no', 'x'],
    ['at', '200,31,16'],
    ['at', '120,31'],
    ['file', ''],
    ['q', 'x'.repeat(101)],
  ])('leaves out what makes no sense: %s=%s', (key, value) => {
    expect(readFindingView({ [key]: value })).toEqual(readFindingView({}))
  })
})
