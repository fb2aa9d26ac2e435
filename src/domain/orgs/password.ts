/**
 * Passwords: argon2id of Node's own crypto, kept as a PHC string with its parameters, so that they can
 * grow. At most two are computed at a time: each takes 19 MiB and about 40 ms of a core.
 */
import { argon2, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { passwordFault } from './rules.ts'

/** Parameters: OWASP Password Storage Cheat Sheet, argon2id, second row. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 }
const TAG_BYTES = 32
const derive = promisify(argon2)

const AT_ONCE = 2
let free = AT_ONCE
const waiting: (() => void)[] = []

async function argon2id(
  password: string,
  nonce: Buffer,
  cost: typeof COST,
  tagLength: number,
): Promise<Buffer> {
  if (free > 0) free--
  else await new Promise<void>(resolve => waiting.push(resolve))
  try {
    return await derive('argon2id', {
      message: Buffer.from(password.normalize('NFC')),
      nonce,
      tagLength,
      ...cost,
    })
  } finally {
    const next = waiting.shift()
    if (next) next()
    else free++
  }
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const tag = await argon2id(password, nonce, COST, TAG_BYTES)
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${unpadded(nonce)}$${unpadded(tag)}`
}

/** Whether the password is the hash's. Without a hash it takes as long and is never right. */
export async function checkPassword(hash: string | null, password: string): Promise<boolean> {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(hash ?? NOBODYS)
  if (!parts) throw new Error('a password hash is not of the form this house writes')
  const [memory, passes, parallelism] = parts.slice(1, 4).map(Number) as [number, number, number]
  const tag = Buffer.from(parts[5]!, 'base64')
  const derived = await argon2id(
    password,
    Buffer.from(parts[4]!, 'base64'),
    { memory, passes, parallelism },
    tag.length,
  )
  return timingSafeEqual(derived, tag) && hash !== null
}

/** Compared with where there is no account: a tag nobody knows a password for. */
const NOBODYS = `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${unpadded(randomBytes(16))}$${unpadded(randomBytes(TAG_BYTES))}`

/** Letters and digits that cannot be taken for each other. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'

/** A fresh password of four groups (79 bits), fit for the account. */
export function generatePassword(accountName: string): string {
  while (true) {
    const groups = Array.from({ length: 4 }, () =>
      Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''),
    )
    const password = groups.join('-')
    if (passwordFault(password, accountName) === null) return password
  }
}
