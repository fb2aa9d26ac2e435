import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type JudgedRow,
  omissionsOf,
  positionsOf,
  resultsOf,
  rowComplete,
  rowVerdict,
  type WalkedArea,
  wilson,
} from '../../../../src/domain/survey/acceptance/rules.ts'
import { EXISTS, Terms, type Verdict } from '../../../../src/domain/survey/acceptance/schema.ts'

const terms = Terms.parse({})
const row = (more: Partial<JudgedRow> = {}): JudgedRow => ({
  class: '0101',
  drawn: 'rule',
  complete: true,
  measure: false,
  verdicts: { [EXISTS]: 'right' },
  deviationM: null,
  accuracy: 'A',
  ...more,
})
const wrong = (more: Partial<JudgedRow> = {}) =>
  row({ verdicts: { [EXISTS]: 'right', owner: 'wrong' }, ...more })
const area = (more: Partial<WalkedArea> = {}): WalkedArea => ({
  drawn: 'rule',
  complete: true,
  present: { '0101': 50 },
  sightings: [],
  ...more,
})
const missing = (n: number, of = '0101') =>
  Array.from({ length: n }, () => ({ kind: 'missing' as const, class: of }))

describe('the confidence bound', () => {
  it('is that of Wilson’s paper for known cases', () => {
    expect(wilson(0, 10)).toEqual({ low: 0, high: expect.closeTo(0.2775, 4) })
    expect(wilson(5, 100)).toEqual({ low: expect.closeTo(0.0215, 4), high: expect.closeTo(0.1118, 4) })
    expect(wilson(10, 10)).toEqual({ low: expect.closeTo(0.7225, 4), high: 1 })
  })
  it('is none of nothing', () => {
    expect(wilson(0, 0)).toBeNull()
  })
  it('holds the rate, lies within 0 and 1, and narrows as more is sampled', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, share) => {
          const hits = Math.round(share * n)
          const { low, high } = wilson(hits, n)!
          expect(low).toBeGreaterThanOrEqual(0)
          expect(high).toBeLessThanOrEqual(1)
          expect(low).toBeLessThanOrEqual(hits / n)
          expect(high).toBeGreaterThanOrEqual(hits / n)
          const more = wilson(hits * 10, n * 10)!
          expect(more.high - more.low).toBeLessThan(high - low)
        },
      ),
    )
  })
})

describe('a row', () => {
  it('is wrong where anything is, right where a field is and nothing wrong, and else unknown', () => {
    const fields = fc.dictionary(
      fc.stringMatching(/^f[a-z]*$/),
      fc.constantFrom<Verdict>('right', 'wrong', 'unknown'),
    )
    const there = fc.constantFrom<Verdict>('right', 'wrong', 'unknown')
    fc.assert(
      fc.property(fields, there, (verdicts, exists) => {
        const said = Object.values(verdicts)
        const wrong = exists === 'wrong' || said.includes('wrong')
        const right = said.includes('right') || (said.length === 0 && exists === 'right')
        expect(rowVerdict({ ...verdicts, [EXISTS]: exists })).toBe(
          wrong ? 'wrong' : right ? 'right' : 'unknown',
        )
      }),
    )
    expect(rowVerdict(null)).toBeNull()
    expect(rowVerdict({})).toBeNull()
  })
  it('is answered when it is not there, or when every field is judged and its place measured or not measurable', () => {
    const fields = ['code', 'owner']
    const judged = { [EXISTS]: 'right', code: 'right', owner: 'unknown' } as const
    expect(rowComplete(fields, false, { verdicts: {} })).toBe(false)
    expect(rowComplete(fields, true, { verdicts: { [EXISTS]: 'wrong' } })).toBe(true)
    expect(rowComplete(fields, false, { verdicts: { [EXISTS]: 'right', code: 'right' } })).toBe(false)
    expect(rowComplete(fields, false, { verdicts: judged })).toBe(true)
    expect(rowComplete(fields, true, { verdicts: judged })).toBe(false)
    expect(rowComplete(fields, true, { verdicts: judged, position: null })).toBe(true)
  })
})

describe('positions', () => {
  it('give the mean square error and the share beyond the limit of their class', () => {
    const rows = [0.3, 0.4, 0.6].map(deviationM => row({ deviationM }))
    expect(positionsOf(rows, 0.05, 0.5, 0)).toEqual({
      measured: 3,
      measuredShare: null,
      beyond: 1,
      share: 1 / 3,
      rmseM: expect.closeTo(Math.sqrt(0.61 / 3), 12),
      maxM: 0.6,
      limitM: 0.5,
      pass: 'fail',
    })
  })
  it('pass where one in twenty-five is beyond, and fail where the error of all is beyond the limit', () => {
    const good = Array.from({ length: 24 }, () => row({ deviationM: 0.1 }))
    expect(positionsOf([...good, row({ deviationM: 0.6 })], 0.05, 0.5, 0).pass).toBe('pass')
    expect(positionsOf([...good, row({ deviationM: 30 })], 0.05, 0.5, 0).pass).toBe('fail')
  })
  it('that nobody measured are not sampled, not zero', () => {
    expect(positionsOf([row()], 0.05, 0.5, 0)).toMatchObject({
      measured: 0,
      share: null,
      rmseM: null,
      pass: 'not-sampled',
    })
  })
  it('have a mean square error between the least and the greatest deviation', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1 }), all => {
        const { rmseM } = positionsOf(
          all.map(deviationM => row({ deviationM })),
          0.05,
          0.5,
          0,
        )
        expect(rmseM).toBeGreaterThanOrEqual(Math.min(...all) - 1e-9)
        expect(rmseM).toBeLessThanOrEqual(Math.max(...all) + 1e-9)
      }),
    )
  })
})

describe('omissions', () => {
  it('are a share of what stands there: delivered less surplus, and what is missing', () => {
    const sightings = [...missing(5), { kind: 'surplus' as const, class: '0101' }, ...missing(2, '0118')]
    expect(omissionsOf([area({ sightings })], 0.05, '0101')).toMatchObject({
      present: 50,
      missing: 5,
      surplus: 1,
      rate: 5 / 54,
      pass: 'fail',
    })
    expect(omissionsOf([area({ sightings })], 0.05, '0118')).toMatchObject({
      present: 0,
      missing: 2,
      rate: 1,
    })
    expect(omissionsOf([area({ sightings })], 0.2, null)).toMatchObject({ missing: 7, pass: 'pass' })
  })
  it('of areas nobody walked to the end are not sampled', () => {
    expect(omissionsOf([area({ complete: false, sightings: missing(9) })], 0.05, null)).toMatchObject({
      missing: 0,
      rate: null,
      pass: 'not-sampled',
    })
  })
})

describe('the conclusion', () => {
  const population = { '0101': 400, '0118': 30 }
  it('is that it passes when all is answered and within the limits', () => {
    const rows = [...Array.from({ length: 19 }, () => row()), wrong()]
    const results = resultsOf(rows, [area({ sightings: missing(2) })], population, terms)
    expect(results).toMatchObject({ open: 0, conclusion: 'pass' })
    expect(results.total.attributes).toMatchObject({ judged: 20, wrong: 1, rate: 0.05, pass: 'pass' })
    expect(results.total.population).toBe(430)
    expect(results.fields).toEqual([
      { field: 'owner', right: 0, wrong: 1, unknown: 0 },
      { field: EXISTS, right: 20, wrong: 0, unknown: 0 },
    ])
  })
  it('is that it fails by one row more, by one omission more, or by positions', () => {
    const right = Array.from({ length: 18 }, () => row())
    expect(resultsOf([...right, wrong(), wrong()], [], population, terms).conclusion).toBe('fail')
    expect(resultsOf(right, [area({ sightings: missing(3) })], population, terms).conclusion).toBe('fail')
    expect(resultsOf([...right, row({ deviationM: 3 })], [], population, terms).conclusion).toBe('fail')
  })
  it('fails by a class alone only where every class must pass', () => {
    const rows = [...Array.from({ length: 40 }, () => row()), wrong({ class: '0118' })]
    expect(resultsOf(rows, [], population, terms)).toMatchObject({ conclusion: 'pass' })
    const strict = { ...terms, mustPass: 'every-class' as const }
    const results = resultsOf(rows, [], population, strict)
    expect(results.conclusion).toBe('fail')
    expect(results.classes.map(each => [each.class, each.pass])).toEqual([
      ['0101', 'pass'],
      ['0118', 'fail'],
    ])
  })
  it('is none while an item is open, and none where nothing was judged', () => {
    expect(resultsOf([row(), row({ complete: false, verdicts: null })], [], population, terms)).toMatchObject(
      {
        open: 1,
        conclusion: 'incomplete',
      },
    )
    // unfinished is no pass, but what failed has failed
    expect(
      resultsOf([row(), row({ complete: false, verdicts: null })], [], population, terms).total.pass,
    ).toBe('not-sampled')
    const bad = row({ verdicts: { [EXISTS]: 'wrong' } })
    expect(resultsOf([bad, row({ complete: false, verdicts: null })], [], population, terms).total.pass).toBe(
      'fail',
    )
    const nothing = [row({ verdicts: { [EXISTS]: 'unknown' } })]
    expect(resultsOf(nothing, [], population, terms).conclusion).toBe('not-sampled')
    expect(resultsOf([], [], population, terms).conclusion).toBe('not-sampled')
    expect(resultsOf([], [], {}, terms).conclusion).toBe('pass')
  })
  it('is none where less was judged or measured than the terms ask, and that it fails all the same', () => {
    const unsaid = (n: number, more: Partial<JudgedRow> = {}) =>
      Array.from({ length: n }, () =>
        row({ verdicts: { [EXISTS]: 'right', owner: 'unknown', state: 'unknown' }, ...more }),
      )
    const said = (n: number) =>
      Array.from({ length: n }, () =>
        row({ verdicts: { [EXISTS]: 'right', owner: 'right', state: 'right' } }),
      )
    const conclude = (rows: JudgedRow[], more: object = {}) =>
      resultsOf(rows, [area()], population, { ...terms, ...more })
    // that a thing is there is no judgement of its fields, whatever an area walked says
    expect(conclude(unsaid(20))).toMatchObject({
      conclusion: 'not-sampled',
      total: { pass: 'not-sampled', attributes: { judged: 0, judgedShare: 0, rate: null } },
    })
    expect(conclude([...said(9), ...unsaid(11)]).conclusion).toBe('not-sampled')
    expect(conclude([...said(10), ...unsaid(10)])).toMatchObject({
      conclusion: 'pass',
      total: { attributes: { judged: 10, judgedShare: 0.5 } },
    })
    expect(conclude([...said(9), ...unsaid(11)], { least: { judged: 0.4, measured: 0 } }).conclusion).toBe(
      'pass',
    )
    expect(conclude([wrong(), ...unsaid(19)]).conclusion).toBe('fail')
    // one that is not there is judged whole
    const gone = row({ verdicts: { [EXISTS]: 'wrong' } })
    expect(conclude([...said(1), gone, ...unsaid(2)]).total.attributes.judgedShare).toBe(0.5)
    // positions: those asked for, not those of things that are not there
    const asked = (n: number, deviationM: number | null) =>
      Array.from({ length: n }, () => row({ measure: true, deviationM }))
    expect(conclude([...said(20), ...asked(5, null)])).toMatchObject({
      conclusion: 'not-sampled',
      total: { positions: { measured: 0, measuredShare: 0, pass: 'not-sampled' } },
    })
    expect(conclude([...asked(2, 0.1), ...asked(3, null)]).conclusion).toBe('not-sampled')
    expect(conclude([...said(40), ...asked(3, 0.1), ...asked(3, null)]).conclusion).toBe('pass')
    expect(conclude([...said(40), ...asked(1, 9), ...asked(3, null)]).conclusion).toBe('fail')
    expect(conclude([...said(40), { ...gone, measure: true }]).total.positions.measuredShare).toBeNull()
  })
  it('is none by a class alone only where every class must pass', () => {
    const blind = row({ class: '0118', verdicts: { [EXISTS]: 'right', owner: 'unknown' } })
    const rows = [...Array.from({ length: 20 }, () => row()), blind]
    expect(resultsOf(rows, [], population, terms).conclusion).toBe('pass')
    const strict = { ...terms, mustPass: 'every-class' as const }
    expect(resultsOf(rows, [], population, strict).conclusion).toBe('not-sampled')
  })
  it('leaves out of every rate what was added by hand, but waits for it', () => {
    const rows = [row(), wrong({ drawn: 'hand' }), row({ drawn: 'replacement' })]
    const walks = [area(), area({ drawn: 'hand', sightings: missing(50) })]
    expect(resultsOf(rows, walks, population, terms)).toMatchObject({
      conclusion: 'pass',
      total: { drawn: 2 },
    })
    expect(resultsOf([...rows, row({ drawn: 'hand', complete: false })], walks, population, terms).open).toBe(
      1,
    )
  })
})
