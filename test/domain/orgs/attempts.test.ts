import { describe, expect, it } from 'vitest'
import { openAttempts, senderOf } from '../../../src/domain/orgs/attempts.ts'
import { handClock } from '../../support/hand-clock.ts'

const rule = (failures: number) => (failures < 3 ? 0 : 60)

describe('attempts', () => {
  it('lets the first ones through and tells how long to wait after too many', () => {
    const clock = handClock()
    const attempts = openAttempts({ clock, forgetMs: 1_000_000, waitS: rule })
    expect([1, 2, 3].map(() => attempts.charge('a'))).toEqual([0, 0, 0])
    expect(attempts.charge('a')).toBe(60)
    clock.pass(20_000)
    expect(attempts.charge('a')).toBe(40)
    expect(attempts.charge('b')).toBe(0)
  })

  it('lets one more through when the wait is over, and locks again after it', () => {
    const clock = handClock()
    const attempts = openAttempts({ clock, forgetMs: 1_000_000, waitS: rule })
    for (let i = 0; i < 3; i++) attempts.charge('a')
    clock.pass(60_000)
    expect(attempts.charge('a')).toBe(0)
    expect(attempts.charge('a')).toBe(60)
  })

  it('forgets after a quiet time, and takes back what was no failure', () => {
    const clock = handClock()
    const attempts = openAttempts({ clock, forgetMs: 100_000, waitS: rule })
    for (let i = 0; i < 3; i++) attempts.charge('a')
    clock.pass(100_001)
    expect([1, 2, 3].map(() => attempts.charge('a'))).toEqual([0, 0, 0])
    for (let i = 0; i < 20; i++) {
      expect(attempts.charge('b')).toBe(0)
      attempts.refund('b')
    }
  })

  it('remembers no more keys than it may', () => {
    const attempts = openAttempts({ clock: handClock(), forgetMs: 1_000_000, waitS: rule, maxKeys: 2 })
    for (let i = 0; i < 3; i++) attempts.charge('first')
    expect(attempts.charge('first')).toBe(60)
    attempts.charge('second')
    attempts.charge('third')
    expect(attempts.charge('first')).toBe(0)
  })
})

describe('a sender', () => {
  it('is an IPv4 address, also where it comes dressed as IPv6', () => {
    expect(senderOf('192.0.2.7')).toBe('192.0.2.7')
    expect(senderOf('::ffff:192.0.2.7')).toBe('192.0.2.7')
  })

  it('is the /64 of an IPv6 address, however that is written', () => {
    const one = senderOf('2001:db8:0:5::1')
    expect(senderOf('2001:0DB8:0:5:ffff:1:2:3')).toBe(one)
    expect(senderOf('2001:db8:0:6::1')).not.toBe(one)
    expect(senderOf('::1')).toBe('0:0:0:0::/64')
    expect(senderOf('fe80::1%eth0')).toBe(senderOf('fe80::2'))
  })
})
