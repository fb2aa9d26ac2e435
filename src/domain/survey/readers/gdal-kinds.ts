/**
 * Which files are read through GDAL, by their content, and which parts belong to one of them. A name alone never
 * brings a file before GDAL.
 */
import { open } from 'node:fs/promises'
import { readUpTo } from './file-bytes.ts'
import { endingOf, geodatabaseOf, layerNameOf } from './formats.ts'
import type { UnpackedFile } from './unzip.ts'

export interface GdalKind {
  /** What a person calls it. */
  format: string
  /** In the order in which they are preferred. */
  drivers: readonly string[]
  /** The ending under which GDAL is given it. */
  ending: 'tab' | 'mif' | 'dxf' | 'kml' | 'gdb'
}

export const gdalKinds = {
  tab: { format: 'MapInfo (.tab)', drivers: ['MapInfo File'], ending: 'tab' },
  mif: { format: 'MapInfo (.mif)', drivers: ['MapInfo File'], ending: 'mif' },
  dxf: { format: 'AutoCAD (.dxf)', drivers: ['DXF'], ending: 'dxf' },
  kml: { format: 'KML (.kml)', drivers: ['LIBKML', 'KML'], ending: 'kml' },
  gdb: { format: 'File Geodatabase (.gdb)', drivers: ['OpenFileGDB'], ending: 'gdb' },
} as const satisfies Record<string, GdalKind>

const texts: [begins: RegExp, kind: GdalKind][] = [
  [/^!table\b/i, gdalKinds.tab],
  [/^version\s+\d{1,4}\s/i, gdalKinds.mif],
  [/^(?:999\s*?\r?\n.*\r?\n\s*)*0\s*\r?\n\s*SECTION\s/, gdalKinds.dxf],
  [
    /^(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*|<!DOCTYPE[^>]*(?:\[[\s\S]*?\]\s*)?>\s*)*<(?:\w+:)?kml[\s>]/i,
    gdalKinds.kml,
  ],
]

/** The kind of a text by its beginning, whatever it is called. */
export async function gdalKindOf(path: string): Promise<GdalKind | undefined> {
  await using handle = await open(path)
  const bytes = await readUpTo(handle, 8192, 0)
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe
  const head = bytes
    .toString(wide ? 'utf16le' : 'latin1')
    .replace(/^(?:\ufeff|\xef\xbb\xbf)/, '')
    .trimStart()
  return texts.find(([begins]) => begins.test(head))?.[1]
}

/** A table of a File Geodatabase: its version, and fewer fields than rows could ever need. */
export async function isGdbTable(path: string): Promise<boolean> {
  await using handle = await open(path)
  const head = await readUpTo(handle, 40, 0)
  return head.length === 40 && (head.readUInt32LE(0) === 3 || head.readUInt32LE(0) === 4)
}

/** Files that are one: a table of MapInfo with its parts, or a folder that is a geodatabase. */
export interface GdalParts {
  /** What a person calls the whole. */
  name: string
  /** By their lower-case endings; of a geodatabase by their names. */
  parts: Map<string, UnpackedFile>
}

/** By which files belong together; each with what the whole is called. */
export function gdalKey({ name }: UnpackedFile): { key: string; whole: string } {
  const geodatabase = geodatabaseOf(name)
  if (geodatabase !== undefined) return { key: geodatabase.toLowerCase(), whole: geodatabase }
  const folder = name.slice(0, name.lastIndexOf('/') + 1)
  if (endingOf(name).startsWith('gdb')) return { key: folder, whole: folder.replace(/\/$/, '') || name }
  const family = /^mi[fd]$/.test(endingOf(name))
    ? 'mif'
    : tabParts.has(endingOf(name))
      ? 'tab'
      : endingOf(name)
  return { key: `${folder}${layerNameOf(name).toLowerCase()}.${family}`, whole: name }
}

const tabParts = new Set(['tab', 'dat', 'map', 'id'])

/** The part that stands for the whole. */
export const headOf = ({ parts }: GdalParts): UnpackedFile | undefined =>
  ['tab', 'mif', 'dxf', 'kml'].map(ending => parts.get(ending)).find(part => part !== undefined)
