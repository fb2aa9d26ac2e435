/**
 * Photos in a folder of the server: only below the roots an operator has named, no links followed, listed as they are
 * met and never all at once.
 */
import { opendir, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, normalize, relative, sep } from 'node:path'
import { problem } from '../../../core/problem.ts'
import { isPhoto } from './photo-name.ts'

export interface PhotoSource {
  /** Files of ours, uploaded or unpacked. */
  files: readonly { path: string; name: string }[]
  /** A folder of the server, as it really lies. */
  folder: string | null
}

/** Folders in folders; a loop of mounts ends here. */
const DEEPEST = 20

const within = (root: string, path: string): boolean => path === root || path.startsWith(root + sep)

/**
 * The folder a caller names, as it really lies.
 * @throws photos.folder where it is no folder below a root, by whatever way it leads there
 */
export async function resolveFolder(roots: readonly string[], asked: string): Promise<string> {
  const refused = () => problem('photos.folder', { folder: asked.slice(0, 200) })
  const path = normalize(asked)
  if (!isAbsolute(path) || path.includes('\0')) throw refused()
  const real = await realpath(path).catch(() => null)
  if (real === null || !(await stat(real)).isDirectory()) throw refused()
  for (const root of roots) {
    const top = await realpath(root).catch(() => null)
    if (top !== null && within(top, real)) return real
  }
  throw refused()
}

/** Photos below a folder, with the path a person sees from there. */
export async function* photosIn(folder: string): AsyncGenerator<{ path: string; name: string }> {
  const waiting: { dir: string; depth: number }[] = [{ dir: folder, depth: 0 }]
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    // it may have become a link since it was listed
    if (!within(folder, await realpath(at.dir).catch(() => ''))) continue
    for await (const entry of await opendir(at.dir)) {
      const path = join(at.dir, entry.name)
      if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue
      if (entry.isDirectory() && at.depth < DEEPEST) waiting.push({ dir: path, depth: at.depth + 1 })
      else if (entry.isFile() && isPhoto(entry.name))
        yield { path, name: relative(folder, path).split(sep).join('/') }
    }
  }
}

/** Folders an operator offers, for who chooses one: the roots, or what lies directly in a folder. */
export async function foldersIn(roots: readonly string[], asked: string | null): Promise<string[]> {
  if (asked === null) return [...roots]
  const folder = await resolveFolder(roots, asked)
  const names: string[] = []
  for await (const entry of await opendir(folder)) {
    if (entry.isDirectory() && !entry.name.startsWith('.')) names.push(join(folder, entry.name))
    if (names.length >= 1000) break
  }
  return names.sort()
}
