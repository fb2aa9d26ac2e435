import fc from 'fast-check'
import { expect, it } from 'vitest'
import { defectKinds, planDefects } from '../../../pilot/components/defects.ts'
import { streamOf } from '../../../pilot/random.ts'

it('gives the defects it counts, two in a thousand rows, all kinds alike', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 5_000, max: 60_000 }), (seed, rows) => {
      const plan = planDefects(rows, true, streamOf(seed, 'test'))
      const given = new Map<string, number>()
      for (let row = 0; row < rows; row++) {
        const kind = plan.next(false)
        if (kind) given.set(kind, (given.get(kind) ?? 0) + 1)
      }
      expect(Object.fromEntries(given)).toEqual(plan.counts())
      const total = Math.round(rows / 500)
      expect([...given.values()].reduce((a, b) => a + b, 0)).toBe(total)
      for (const kind of defectKinds)
        expect(Math.abs(given.get(kind)! - total / defectKinds.length)).toBeLessThan(2)
    }),
    { numRuns: 20 },
  )
})

it('never repeats the code of a row that is not there', () => {
  const plan = planDefects(1000, true, streamOf(3, 'test'))
  for (let row = 0; row < 1000; row++) expect(plan.next(true)).not.toBe('code twice')
})

it('leaves every row as it is when none are wanted', () => {
  const plan = planDefects(1000, false, streamOf(3, 'test'))
  for (let row = 0; row < 1000; row++) expect(plan.next(false)).toBeNull()
  expect(Object.values(plan.counts())).toEqual(defectKinds.map(() => 0))
})
