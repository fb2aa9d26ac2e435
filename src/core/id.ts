/** Ids: UUIDv7 (RFC 9562), so that rows written together lie together in an index. */
import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

/** Random bytes are drawn for many ids at once: one by one they cost more than the rest of a row. */
const pool = new Uint8Array(16 * 512)
let used = pool.length

function rng(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += 16
  return pool.subarray(used - 16, used)
}

export const newId = (): string => v7({ rng })

/** A new id as its 16 bytes, written into `into`: for rows by the hundred thousand. */
export const newIdBytes = (into: Uint8Array): Uint8Array => v7({ rng }, into)
