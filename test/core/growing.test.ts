/** Numbers that grow where they stand. */
import { describe, expect, it } from 'vitest'
import { growingInts, growTo, setSparse } from '../../src/core/growing.ts'

describe('growing numbers', () => {
  it('keep what they hold, and begin with nothing where they grew', () => {
    const numbers = growingInts(4)
    numbers.set([1, -2, 3, -4])
    growTo(numbers, 1_000_000)
    expect(numbers.length).toBeGreaterThanOrEqual(1_000_000)
    expect([...numbers.subarray(0, 6)]).toEqual([1, -2, 3, -4, 0, 0])
    numbers[999_999] = 7
    growTo(numbers, 1_000_001)
    expect([numbers[999_999], numbers[1_000_000]]).toEqual([7, 0])
  })

  it('do not grow where there is room', () => {
    const numbers = growingInts(4)
    growTo(numbers, 4)
    expect(numbers.length).toBe(4)
  })

  it('refuse what no table is that large for, and keep what they have', () => {
    const numbers = growingInts(2)
    numbers[1] = 9
    expect(() => growTo(numbers, 2 ** 31)).toThrow(RangeError)
    expect([...numbers]).toEqual([0, 9])
  })

  it('that are nearly always 0 hold nothing before the first that is not', () => {
    const numbers = growingInts(0)
    for (let at = 0; at < 1000; at++) setSparse(numbers, at, 0)
    expect(numbers.length).toBe(0)
    setSparse(numbers, 1000, 6)
    setSparse(numbers, 1000, 0)
    setSparse(numbers, 1001, -3)
    expect([numbers[999], numbers[1000], numbers[1001]]).toEqual([0, 0, -3])
  })
})
