import { expect, it } from 'vitest'
import { loggedPath } from '../../src/http/access-log.ts'

it('the log keeps paths, but not the token of a plate', () => {
  const token = '0123456789ABCDEFGHJK'
  expect(['/q/', '/Q/', '/api/plates/'].map(way => loggedPath(way + token))).toEqual([
    '/q/***',
    '/Q/***',
    '/api/plates/***',
  ])
  expect(loggedPath(`/api/plates/${token}/reports`)).toBe('/api/plates/***/reports')
  for (const path of ['/api/plates', '/api/plate-policy', '/api/components/q/reports', '/'])
    expect(loggedPath(path)).toBe(path)
})
