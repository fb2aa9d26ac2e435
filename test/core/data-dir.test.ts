import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { prepareDataDir } from '../../src/core/data-dir.ts'

describe('the data directory', () => {
  const parent = mkdtempSync(join(tmpdir(), 'wangge-dir-'))
  afterAll(() => rmSync(parent, { recursive: true, force: true }))

  it('is made with everything above it, for this user alone', () => {
    const dir = prepareDataDir(join(parent, 'a', 'b'))
    expect(statSync(dir).mode & 0o777).toBe(0o700)
  })

  it('becomes private where it was made by somebody else before', () => {
    const dir = join(parent, 'open')
    mkdirSync(dir)
    chmodSync(dir, 0o755)
    prepareDataDir(dir)
    expect(statSync(dir).mode & 0o777).toBe(0o700)
  })

  it('is refused with its name and the reason where it cannot be one', () => {
    const file = join(parent, 'file')
    writeFileSync(file, 'x')
    for (const dir of [file, join(file, 'below'), '/proc/wangge'])
      expect(() => prepareDataDir(dir)).toThrow(dir)
  })
})
