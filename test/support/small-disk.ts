/** A small disk of its own, to be full: a tmpfs that can be filled and emptied. Mounting takes root. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk {
  dir: string
  /** Leaves this much room and no more. */
  fill(leaveBytes: number): void
  /** Gives the room back. */
  empty(): void
  close(): void
}

export function openSmallDisk(megabytes: number): SmallDisk {
  const dir = mkdtempSync(join(tmpdir(), 'wangge-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', dir], {
    stdio: 'pipe',
  })
  const ballast = join(dir, 'ballast')
  return {
    dir,
    fill(leaveBytes) {
      const { bavail, bsize } = statfsSync(dir)
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)))
    },
    empty: () => truncateSync(ballast),
    close() {
      execFileSync('umount', ['--lazy', dir])
      rmSync(dir, { recursive: true })
    },
  }
}

/** Why there can be no small disk here, or null. */
export const noSmallDisk: string | null = (() => {
  try {
    openSmallDisk(1).close()
    return null
  } catch {
    return 'a file system cannot be mounted here'
  }
})()
