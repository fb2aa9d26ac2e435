/**
 * The machine's GDAL, looked for once in the life of the process: where its programs are, which drivers it was
 * built with, and what a child can be locked in with. GDAL is not needed by the product: without it some formats are
 * answered with what to export instead.
 */
import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface GdalProgram {
  ogrinfo: string
  ogr2ogr: string
  version: string
  drivers: readonly string[]
  /**
   * Programs that a child is started through: one puts it into a network of its own with nothing in it and, where
   * the system lets us, into a file system of its own with nothing in it but programs and the working directory;
   * the other ends it together with the thread that started it.
   */
  wraps: readonly (readonly string[])[]
}

/** Where systems put programs. Nobody's settings lead elsewhere. */
const folders = ['/usr/local/bin', '/usr/bin', '/bin', '/opt/homebrew/bin', '/opt/local/bin']

let looked: Promise<GdalProgram | null> | undefined

/** Null where GDAL is not installed, or does not run. */
export function gdalProgram(): Promise<GdalProgram | null> {
  looked ??= look(folders)
  return looked
}

/** @param path the folders to look in, the first before the others */
export async function look(path: readonly string[]): Promise<GdalProgram | null> {
  const ogrinfo = await found(path, 'ogrinfo')
  const ogr2ogr = await found(path, 'ogr2ogr')
  if (!ogrinfo || !ogr2ogr) return null
  const version = await said(ogrinfo, ['--version'])
  const drivers = driversOf((await said(ogrinfo, ['--formats'])) ?? '')
  if (!version || drivers.length === 0) return null
  return { ogrinfo, ogr2ogr, version: version.trim(), drivers, wraps: await wrapsOf(path, ogrinfo) }
}

/** `  MapInfo File -vector- (rw+v): MapInfo File`; names may hold blanks. */
export const driversOf = (formats: string): string[] =>
  [...formats.matchAll(/^ {2}(\S.*?) -[a-z, ]+- \(/gm)].map(([, name]) => name!)

/** All that a child knows of its surroundings. */
export function gdalEnvironment(): Record<string, string> {
  return {
    GDAL_DRIVER_PATH: 'disable',
    GDAL_CONFIG_FILE: '/dev/null',
    GDAL_HTTP_MAX_RETRY: '0',
    GDAL_HTTP_CONNECTTIMEOUT: '1',
    GDAL_HTTP_TIMEOUT: '1',
    CPL_VSIL_CURL_ALLOWED_EXTENSIONS: '.none',
    CPL_VSIL_CURL_USE_HEAD: 'NO',
    PROJ_NETWORK: 'OFF',
    OGR_ENABLE_PARTIAL_REPROJECTION: 'NO',
  }
}

const run = promisify(execFile)

async function said(program: string, args: string[]): Promise<string | null> {
  try {
    return (await run(program, args, { env: gdalEnvironment(), cwd: '/', timeout: 20_000 })).stdout
  } catch {
    return null
  }
}

async function found(path: readonly string[], name: string): Promise<string | null> {
  for (const folder of path) {
    const program = join(folder, name)
    try {
      await access(program, constants.X_OK)
      return program
    } catch {
      // not here
    }
  }
  return null
}

/**
 * Shows what follows a file system that holds the system's programs and libraries, `/dev/null` and the working
 * directory as `/work`; nothing else of the machine can be named in it. Written under a limit of no bytes a file, so
 * files are bound, never copied.
 */
const ownRoot = `set -e
mount -t tmpfs -o size=1m,mode=755 tmpfs /mnt
for d in /usr /bin /sbin /lib /lib32 /lib64 /libx32; do
  if [ -L $d ]; then ln -s "$(readlink $d)" /mnt$d
  elif [ -d $d ]; then mkdir /mnt$d; mount --bind $d /mnt$d; fi
done
mkdir /mnt/dev /mnt/etc /mnt/work
if [ -d /etc/alternatives ]; then mkdir /mnt/etc/alternatives; mount --bind /etc/alternatives /mnt/etc/alternatives; fi
for f in /dev/null /etc/ld.so.cache; do
  if [ -e $f ]; then : > /mnt$f; mount --bind $f /mnt$f; fi
done
mount --bind . /mnt/work
exec chroot /mnt /bin/sh -c 'cd /work && exec "$@"' sh "$@"`

/** @param ogrinfo must run inside: a way that it cannot follow is none */
async function wrapsOf(path: readonly string[], ogrinfo: string): Promise<string[][]> {
  const wraps: string[][] = []
  const unshare = await found(path, 'unshare')
  const own = unshare
    ? [
        ...[[], ['--map-root-user']].map(as => [
          ...[unshare, '--net', '--mount', ...as],
          ...['/bin/sh', '-c', ownRoot, 'sh'],
        ]),
        [unshare, '--net'],
        [unshare, '--net', '--map-root-user'],
      ]
    : []
  const ending = await found(path, 'setpriv')
  const ways = [own, ending ? [[ending, '--no-new-privs', '--pdeathsig', 'KILL']] : []]
  for (const way of ways) {
    for (const [program, ...args] of way) {
      if ((await said(program!, [...args, ogrinfo, '--version'])) === null) continue
      wraps.push([program!, ...args])
      break
    }
  }
  return wraps
}
