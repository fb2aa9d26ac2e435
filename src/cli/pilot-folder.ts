/**
 * The folder `wangge pilot` writes to: empty, or holding a former pilot and nothing else, which then goes.
 * What is in a folder is the manifest's files, so that nobody's own file is ever taken away.
 */
import { existsSync, readFileSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { PilotManifest } from '../../pilot/manifest.ts'
import { problem } from '../core/problem.ts'

/** Makes room for a pilot. @throws Problem folder.taken naming what is in the way */
export async function clearPilotFolder(dir: string): Promise<void> {
  if (!existsSync(dir)) return
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => {
    throw problem('folder.taken', { dir, entry: dir })
  })
  const found = entries
    .filter(entry => !entry.isDirectory())
    .map(entry => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
  const made = madeFiles(join(dir, 'manifest.json'))
  const foreign = found.find(file => !made.has(file))
  if (foreign !== undefined) throw problem('folder.taken', { dir, entry: foreign })
  for (const entry of await readdir(dir)) await rm(join(dir, entry), { recursive: true })
}

/** What the pilot of a manifest consists of, the manifest included; nothing where it is none. */
function madeFiles(path: string): Set<string> {
  try {
    const { options, files } = JSON.parse(readFileSync(path, 'utf8')) as PilotManifest
    if (typeof options.seed !== 'number') return new Set()
    // a layer is named by the archive it is in: grids.zip/area.shp
    return new Set(['manifest.json', ...files.map(({ file }) => file.replace(/(\.zip)\/.*$/, '$1'))])
  } catch {
    return new Set()
  }
}
