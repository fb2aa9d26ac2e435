import { expect, it } from 'vitest'
import { checkPassword, generatePassword, hashPassword } from '../../../src/domain/orgs/password.ts'
import { passwordFault } from '../../../src/domain/orgs/rules.ts'

it('knows a password again, and no other', async () => {
  const hash = await hashPassword('correct horse')
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await checkPassword(hash, 'correct horse')).toBe(true)
  expect(await checkPassword(hash, 'correct horsf')).toBe(false)
  expect(await checkPassword(hash, '')).toBe(false)
})

it('hashes one password differently every time', async () => {
  expect(await hashPassword('correct horse')).not.toBe(await hashPassword('correct horse'))
})

it('takes composed and decomposed letters for the same', async () => {
  const hash = await hashPassword('caf\u00e9 noir 2026')
  expect(await checkPassword(hash, 'cafe\u0301 noir 2026')).toBe(true)
})

it('is never right where there is no hash', async () => {
  expect(await checkPassword(null, 'correct horse')).toBe(false)
})

it('reads the parameters a hash was made with', async () => {
  // an installation may hold hashes made with smaller parameters
  const { argon2Sync } = await import('node:crypto')
  const nonce = Buffer.from('0123456789abcdef')
  const tag = argon2Sync('argon2id', {
    message: 'older',
    nonce,
    parallelism: 1,
    tagLength: 24,
    memory: 1024,
    passes: 3,
  })
  const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  const hash = `$argon2id$v=19$m=1024,t=3,p=1$${unpadded(nonce)}$${unpadded(tag)}`
  expect(await checkPassword(hash, 'older')).toBe(true)
  expect(await checkPassword(hash, 'newer')).toBe(false)
})

it('refuses a hash of another form instead of calling the password wrong', async () => {
  await expect(checkPassword('5f4dcc3b5aa765d61d8327deb882cf99', 'password')).rejects.toThrow(/hash/)
})

it('generates passwords that keep the rules and differ', () => {
  const made = Array.from({ length: 50 }, () => generatePassword('admin'))
  expect(new Set(made).size).toBe(50)
  for (const password of made) expect(passwordFault(password, 'admin')).toBeNull()
})

it('computes many at once, each right', async () => {
  const hash = await hashPassword('correct horse')
  const tries = ['correct horse', 'a', 'b', 'correct horse', 'c', 'd']
  expect(await Promise.all(tries.map(each => checkPassword(hash, each)))).toEqual([
    true,
    false,
    false,
    true,
    false,
    false,
  ])
})
