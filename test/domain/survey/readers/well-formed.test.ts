import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wellFormedGb18030, wellFormedUtf8 } from '../../../../src/domain/survey/readers/well-formed.ts'

describe('well-formed bytes', () => {
  const bytes = fc.uint8Array({ maxLength: 12 })
  const near = fc
    .array(
      fc.constantFrom(
        0x41,
        0x20,
        0x30,
        0x39,
        0x7f,
        0x80,
        0x81,
        0x84,
        0x90,
        0xa0,
        0xbf,
        0xc2,
        0xe0,
        0xe3,
        0xed,
        0xf0,
        0xf4,
        0xfe,
        0xff,
      ),
      { maxLength: 8 },
    )
    .map(list => Uint8Array.from(list))

  test.each([
    ['utf-8', wellFormedUtf8],
    ['gb18030', wellFormedGb18030],
  ] as const)('%s says of any bytes what the platform decoder says', (name, wellFormed) => {
    const decodes = (given: Uint8Array) => {
      try {
        new TextDecoder(name, { fatal: true }).decode(given)
        return true
      } catch {
        return false
      }
    }
    fc.assert(
      fc.property(fc.oneof(bytes, near), given => {
        const reach = wellFormed(given, 0, given.length)
        expect(reach === given.length).toBe(decodes(given))
        const at = reach < 0 ? ~reach : reach
        expect(decodes(given.subarray(0, at))).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })
})
