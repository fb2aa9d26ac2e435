import { describe, expect, it } from 'vitest'
import type { Queryable } from '../../src/core/db.ts'
import { openPulse } from '../../src/core/pulse.ts'

const database = (answer: () => Promise<unknown[]>) => {
  const asked: string[] = []
  const db = {
    query: (sql: string) => {
      asked.push(sql)
      return answer()
    },
  } as unknown as Queryable
  return { db, asked }
}

describe('the pulse of the database', () => {
  it('is there when it answers, and asked once for many who want to know', async () => {
    const { db, asked } = database(async () => [])
    const pulse = openPulse(db)
    expect(await Promise.all([pulse(), pulse(), pulse()])).toEqual([true, true, true])
    expect(asked).toEqual(['SELECT 1'])
  })
  it('is felt again when the answer is old', async () => {
    let up = true
    const { db, asked } = database(async () => {
      if (!up) throw new Error('gone')
      return []
    })
    const pulse = openPulse(db, { forMs: 0 })
    expect(await pulse()).toBe(true)
    up = false
    expect(await pulse()).toBe(false)
    up = true
    expect(await pulse()).toBe(true)
    expect(asked).toHaveLength(3)
  })
  it('is not there when the answer is too late', async () => {
    const { db } = database(() => new Promise(() => {}))
    expect(await openPulse(db, { withinMs: 5 })()).toBe(false)
  })
})
