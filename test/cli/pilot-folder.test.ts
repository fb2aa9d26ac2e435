import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generatePilot } from '../../pilot/generate.ts'
import { clearPilotFolder } from '../../src/cli/pilot-folder.ts'

describe('the folder a pilot is written to', () => {
  let home: string
  let dir: string
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'wangge-folder-'))
    dir = join(home, 'pilot')
  })
  afterEach(() => rmSync(home, { recursive: true }))
  const taken = (entry: string) => ({ code: 'folder.taken', detail: { dir, entry } })

  it('may be missing or empty', async () => {
    await clearPilotFolder(dir)
    mkdirSync(dir)
    await clearPilotFolder(dir)
    expect(await readdir(dir)).toEqual([])
  })

  it('is refused with anything of somebody’s in it, and nothing is taken away', async () => {
    mkdirSync(join(dir, 'deep'), { recursive: true })
    writeFileSync(join(dir, 'deep', 'thesis.doc'), 'mine')
    await expect(clearPilotFolder(dir)).rejects.toMatchObject(taken('deep/thesis.doc'))
    writeFileSync(join(dir, 'manifest.json'), '{"files":[{"file":"deep/thesis.doc"}]}')
    await expect(clearPilotFolder(dir)).rejects.toMatchObject({ code: 'folder.taken' })
    expect(readFileSync(join(dir, 'deep', 'thesis.doc'), 'utf8')).toBe('mine')
    const file = join(home, 'file')
    writeFileSync(file, 'mine')
    await expect(clearPilotFolder(file)).rejects.toMatchObject({ code: 'folder.taken' })
  })

  it('is emptied of a former pilot, so that nothing of it stays beside the next', async () => {
    await generatePilot(dir, { components: 500, legacyNets: 2 })
    writeFileSync(join(dir, 'notes.txt'), 'mine')
    await expect(clearPilotFolder(dir)).rejects.toMatchObject(taken('notes.txt'))
    rmSync(join(dir, 'notes.txt'))
    expect(await readdir(dir)).toContain('legacy')
    await clearPilotFolder(dir)
    expect(await readdir(dir)).toEqual([])
  })
})
