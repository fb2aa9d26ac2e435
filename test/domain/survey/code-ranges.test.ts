import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeProfile } from '../../../src/domain/catalog/codes.ts'
import {
  codeAt,
  freeRun,
  joined,
  longestFree,
  meeting,
  type Run,
  serialSpace,
} from '../../../src/domain/survey/code-ranges.ts'

const space = (profile: string, classCode: string) => {
  const found = serialSpace(codeProfile(profile), '320599', classCode)
  if (typeof found === 'string') throw new Error(found)
  return found
}

describe('the codes of a class', () => {
  it('are cut as the district cuts them, sixteen digits either way', () => {
    expect(codeAt(space('cjt16', '0118'), 27)).toBe('3205990118000027')
    expect(codeAt(space('new16', '0118'), 27)).toBe('3205990101800027')
    expect(space('cjt16', '0118').last).toBe(999_999)
    expect(space('new16', '0118').last).toBe(99_999)
  })

  it('are none where the profile has no serial, or the class does not fit into it', () => {
    expect(serialSpace(codeProfile('any'), '320599', '0118')).toBe('profile')
    expect(serialSpace(codeProfile('cjj14'), '320599', '0118')).toBe('profile')
    expect(serialSpace(codeProfile('cjt16'), '320599', '01180')).toBe('class')
    expect(serialSpace(codeProfile('new16'), '320599', '01180')).toMatchObject({ prefix: '32059901180' })
    expect(serialSpace(codeProfile('cjt16'), '320599', 'ab18')).toBe('class')
  })
})

describe('a run of free serials', () => {
  it('stands behind all that is taken while it fits there, and in the lowest hole after that', () => {
    const taken = [{ first: 1, last: 10 }, { first: 21, last: 90 }] // biome-ignore format: one line
    expect(freeRun(taken, 10, 100)).toEqual({ first: 91, last: 100 })
    expect(freeRun(taken, 10, 99)).toEqual({ first: 11, last: 20 })
    expect(freeRun(taken, 11, 99)).toBeNull()
    expect(longestFree(taken, 99)).toBe(10)
    expect(freeRun([], 5, 99)).toEqual({ first: 1, last: 5 })
    expect(freeRun([{ first: 1, last: 99 }], 1, 99)).toBeNull()
    expect(longestFree([{ first: 1, last: 99 }], 99)).toBe(0)
  })

  it('never meets what is taken, and is missed only where there is none', () => {
    const run = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 8 }))
    const runs = fc.array(run, { maxLength: 12 })
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 20 }), (drawn, count) => {
        const taken: Run[] = drawn.map(([first, more]) => ({ first, last: Math.min(64, first + more) }))
        const free = freeRun(taken, count, 64)
        if (free) {
          expect(free.last - free.first + 1).toBe(count)
          expect(free.first).toBeGreaterThan(0)
          expect(free.last).toBeLessThanOrEqual(64)
          expect(meeting(taken, free)).toBeUndefined()
        } else expect(longestFree(taken, 64)).toBeLessThan(count)
        const all = joined(taken)
        for (let i = 1; i < all.length; i++) expect(all[i]!.first).toBeGreaterThan(all[i - 1]!.last + 1)
      }),
    )
  })
})
