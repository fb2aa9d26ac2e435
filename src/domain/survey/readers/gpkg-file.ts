/**
 * A GeoPackage as a database file of somebody else: opened read-only and as immutable (nothing is written beside
 * it, no journal is looked for), with nothing in it trusted. Only plain reads of tables and a few counting
 * functions pass; views, virtual tables, triggers and functions named in the file never run.
 */
import { constants, DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { corrupt } from './file-bytes.ts'
import type { UnpackedFile } from './unzip.ts'

/** One text or blob is not larger. */
const longest = 256 << 20
const functions = new Set(['count', 'max', 'min'])
const pragmas = new Set(['table_xinfo'])

/** The caller closes it. Throws FileFault `file.corrupt`. */
export function openGpkgFile({ path, name }: UnpackedFile): DatabaseSync {
  const url = pathToFileURL(path)
  url.searchParams.set('immutable', '1')
  return heard(name, () => {
    const db = new DatabaseSync(url, {
      readOnly: true,
      allowExtension: false,
      defensive: true,
      enableDoubleQuotedStringLiterals: false,
      limits: { length: longest, attach: 0, exprDepth: 100, compoundSelect: 10 },
    })
    try {
      db.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0')
      db.setAuthorizer(allow)
    } catch (error) {
      db.close()
      throw error
    }
    return db
  })
}

const { SQLITE_OK, SQLITE_DENY, SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_PRAGMA } = constants

function allow(action: number, first: string | null, second: string | null): number {
  if (action === SQLITE_SELECT || action === SQLITE_READ) return SQLITE_OK
  if (action === SQLITE_FUNCTION && functions.has(second ?? '')) return SQLITE_OK
  if (action === SQLITE_PRAGMA && pragmas.has(first ?? '')) return SQLITE_OK
  return SQLITE_DENY
}

/** Errors that tell of the machine, not of the file: no memory, cannot open, disk full. */
const machine = [7, 13, 14]

/** What SQLite says of a file becomes a fault of the file. */
export function heard<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw asCorrupt(error, file)
  }
}

export function asCorrupt(error: unknown, file: string): unknown {
  const { code, errcode = 0, message } = error as { code?: string; errcode?: number; message: string }
  if (code === 'ERR_SQLITE_ERROR' && !machine.includes(errcode & 0xff)) return corrupt(file, message)
  return error
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
