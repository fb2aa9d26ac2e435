/**
 * Whether bytes can be text of an encoding at all, without decoding them. Both checks follow the
 * decoders of the Encoding Standard (https://encoding.spec.whatwg.org/#utf-8-decoder, #gb18030-decoder).
 *
 * Both answer `end` when [start, end) holds whole characters only, `at` when the bytes at `at` are no
 * character, and `~at` (negative) when a last character begins at `at` and lacks its rest.
 */
export type WellFormed = (bytes: Uint8Array, start: number, end: number) => number

export const wellFormedUtf8: WellFormed = (bytes, start, end) => {
  for (let at = start; at < end; ) {
    const lead = bytes[at]!
    if (lead < 0x80) {
      at++
      continue
    }
    if (lead < 0xc2 || lead > 0xf4) return at
    const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
    // No overlong forms, no surrogates, nothing above U+10FFFF: only the second byte tells.
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
    for (let n = 1; n < length; n++) {
      if (at + n >= end) return ~at
      const byte = bytes[at + n]!
      if (n === 1 ? byte < low || byte > high : byte < 0x80 || byte > 0xbf) return at
    }
    at += length
  }
  return end
}

export const wellFormedGb18030: WellFormed = (bytes, start, end) => {
  for (let at = start; at < end; ) {
    const lead = bytes[at]!
    // 0x80 is the euro sign of Windows' GBK, a character by itself.
    if (lead <= 0x80) {
      at++
      continue
    }
    if (lead === 0xff) return at
    if (at + 1 >= end) return ~at
    const second = bytes[at + 1]!
    if (second >= 0x40 && second !== 0x7f && second !== 0xff) {
      at += 2
      continue
    }
    if (second < 0x30 || second > 0x39) return at
    if (at + 2 >= end) return ~at
    const third = bytes[at + 2]!
    if (third < 0x81 || third === 0xff) return at
    if (at + 3 >= end) return ~at
    const fourth = bytes[at + 3]!
    if (fourth < 0x30 || fourth > 0x39) return at
    const pointer = (((lead - 0x81) * 10 + second - 0x30) * 126 + third - 0x81) * 10 + fourth - 0x30
    if (pointer > 39_419 && (pointer < 189_000 || pointer > 1_237_575)) return at
    at += 4
  }
  return end
}
