/**
 * Four kinds of tests, told apart by the end of their file name, so that each gets the room it needs:
 *
 *   *.test.ts            unit: pure code, readers, the house itself
 *   *.db.test.ts         database: each suite on both engines; an embedded engine takes 1 GB, so two at a time
 *   *.http.test.ts       http: a whole server per file
 *   *.browser.test.ts    browser: the built console in Chromium, one file after the other
 *
 * The last three start from prepared databases (test/support/templates.ts).
 */
import { defineConfig } from 'vitest/config'

const MINUTE = 60_000
const apart = ['db', 'http', 'browser']
const ending = (kind: string) => `test/**/*.${kind}.test.ts`
const withDatabase = {
  globalSetup: ['test/support/templates.ts'],
  pool: 'forks' as const,
  hookTimeout: 3 * MINUTE,
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: apart.map(ending),
          testTimeout: MINUTE,
          hookTimeout: MINUTE,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...withDatabase,
          name: 'database',
          include: [ending('db')],
          testTimeout: 2 * MINUTE,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...withDatabase,
          name: 'http',
          include: [ending('http')],
          testTimeout: 2 * MINUTE,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...withDatabase,
          name: 'browser',
          include: [ending('browser')],
          testTimeout: 3 * MINUTE,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
