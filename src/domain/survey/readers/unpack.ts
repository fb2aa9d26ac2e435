/**
 * A delivery as it was uploaded (loose files and archives) becomes a plain list of files that readers
 * can open. Loose files stay where they are; archives, also archives inside archives, are inflated
 * into a directory that the caller made and removes.
 */
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { FileFault, type Finding } from '../findings.ts'
import { endingOf, formatOf, layerNameOf } from './formats.ts'
import {
  ignored,
  type Photo,
  type Spent,
  type UnpackedFile,
  type UnpackLimits,
  type Upload,
  unpackLimits,
  unzip,
} from './unzip.ts'

export interface Unpacked {
  files: UnpackedFile[]
  photos: Photo[]
  /** Faults of archives (nothing of such an archive is in `files`) and names of what is not read. */
  findings: Finding[]
}

/**
 * Lists what is in the uploaded files. `dir` must exist, be private and empty; it is the caller's to remove.
 * A `.shp`, `.tab` or `.mif` brings its parts that lie beside it, a folder that is a geodatabase (`.gdb`) its tables. Never throws for the content of a file:
 * a bad archive is a finding and does not hide the others. Throws for the disk (full, not readable).
 */
export async function unpack(
  paths: readonly string[],
  dir: string,
  limits: Partial<UnpackLimits> = {},
  signal?: AbortSignal,
): Promise<Unpacked> {
  const bounds = { ...unpackLimits, ...limits }
  const spent: Spent = { bytes: 0, entries: 0, files: 0 }
  const unpacked: Unpacked = { files: [], photos: [], findings: [] }
  for (const { path, name } of await withParts(paths)) {
    signal?.throwIfAborted()
    const format = formatOf(name)
    const file = { path, name, ...(format === 'gdal' && { scratch: dir }) }
    if (format === 'zip') await enterUpload(file, dir, { ...bounds, signal }, spent, unpacked)
    else if (format === 'photo') unpacked.photos.push({ path, name })
    else if (documents.has(endingOf(file.name))) unpacked.findings.push(...ignored(file.name, [file.name]))
    else if (format !== 'index') unpacked.files.push(file)
  }
  return unpacked
}

const documents = new Set('pdf doc docx ppt pptx wps gif bmp tif tiff htm html xml md'.split(' '))

type Bounds = UnpackLimits & { signal?: AbortSignal | undefined }

/** Inflates an uploaded archive. One that grows beyond the limits is refused whole, and nothing of it stays. */
async function enterUpload(archive: UnpackedFile, dir: string, limits: Bounds, spent: Spent, into: Unpacked) {
  const [written, kept, photos] = [spent.files, into.files.length, into.photos.length]
  try {
    const { size } = await stat(archive.path)
    await enter(archive, dir, limits, spent, into, { name: archive.name, size, bytes: 0 })
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    into.files.length = kept
    into.photos.length = photos
    for (let n = written + 1; n <= spent.files; n++) await rm(join(dir, String(n)), { force: true })
    into.findings.push(error.finding)
  }
}

/** Inflates an archive and those inside it, to the depth allowed. Throws FileFault file.zip-bomb. */
async function enter(
  archive: UnpackedFile,
  dir: string,
  limits: Bounds,
  spent: Spent,
  into: Unpacked,
  upload: Upload,
  depth = 1,
) {
  try {
    const { files, photos, findings } = await unzip(archive, dir, limits, spent, limits.signal, upload)
    into.findings.push(...findings)
    for (const photo of photos) into.photos.push(photo)
    for (const file of files) {
      if (formatOf(file.name) !== 'zip') into.files.push(file)
      else if (depth < limits.depth) await enter(file, dir, limits, spent, into, upload, depth + 1)
      else into.findings.push(...ignored(archive.name, [file.name]))
    }
  } catch (error) {
    if (!(error instanceof FileFault) || error.finding.code === 'file.zip-bomb') throw error
    into.findings.push(error.finding)
  }
}

const bringing: Record<string, (name: string) => boolean> = {
  shp: name => formatOf(name) === 'shapefile',
  tab: name => /^(?:dat|map|id)$/.test(endingOf(name)),
  mif: name => endingOf(name) === 'mid',
}

/** Adds to every file of several parts those of the same name beside it; no path comes twice. */
async function withParts(paths: readonly string[]): Promise<UnpackedFile[]> {
  const all = new Map(paths.map(path => [resolve(path), basename(path)]))
  for (const [path, whole] of [...all]) {
    const brings = bringing[endingOf(path)]
    if (brings) {
      const folder = dirname(path)
      const own = layerNameOf(whole).toLowerCase()
      for (const name of await readdir(folder))
        if (brings(name) && layerNameOf(name).toLowerCase() === own) all.set(join(folder, name), name)
    } else if (endingOf(path) === 'gdb' && (await stat(path)).isDirectory()) {
      all.delete(path)
      for (const name of await readdir(path)) all.set(join(path, name), `${whole}/${name}`)
    }
  }
  return [...all].map(([path, name]) => ({ path, name }))
}
