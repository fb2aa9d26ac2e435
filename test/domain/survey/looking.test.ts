import { describe, expect, it } from 'vitest'
import { openLooks } from '../../../src/domain/survey/looking.ts'

describe('looks into deliveries', () => {
  it('are two for one account and four in all, and one that ends makes room for another', () => {
    const looks = openLooks()
    const busy = expect.objectContaining({ code: 'guess.busy', detail: { seconds: 5 } })
    const first = looks.enter('li')
    looks.enter('li')
    expect(() => looks.enter('li')).toThrow(busy)
    looks.enter('wang')
    looks.enter('wang')
    expect(() => looks.enter('zhao')).toThrow(busy)
    first()
    first()
    expect(looks.enter('zhao')).toBeTypeOf('function')
    expect(() => looks.enter('li')).toThrow(busy)
  })
})
