/** What the state of a delivery tells at one look. */
import { expect, it } from 'vitest'
import { standingOf } from '../../../src/web/parts/delivery-standing.ts'

const counts = (read: number, refused: number) => ({
  read,
  refused,
  accepted: read - refused,
  unchanged: 0,
  added: read - refused,
  changed: 0,
  missing: 0,
})

it('a delivery of which most rows were refused does not look as one that was taken whole', () => {
  const standing = (read: number, refused: number, state: 'published' | 'checked' = 'published') =>
    standingOf({ state, counts: counts(read, refused), options: {} })
  expect(standing(101, 0)).toMatchObject({ tone: 'good', word: 'survey.state_published', refused: 0 })
  expect(standing(101, 3)).toMatchObject({ tone: 'soon', word: 'survey.state_published', refused: 3 })
  expect(standing(101, 100)).toMatchObject({ tone: 'bad', word: 'standing.most' })
  expect(standing(101, 100, 'checked')).toMatchObject({
    tone: 'bad',
    word: 'survey.state_checked',
    refused: 100,
  })
  expect(standingOf({ state: 'failed', counts: counts(101, 101), options: {} })).toMatchObject({
    word: 'survey.state_failed',
    refused: 0,
  })
})

it('one that was only compared says so, and not that it was published', () => {
  const compared = { state: 'published', counts: counts(36, 0), options: { compare: true } } as const
  expect(standingOf(compared).word).toBe('standing.compared')
  expect(standingOf({ ...compared, state: 'failed' }).word).toBe('survey.state_failed')
})
