/** What is kept of a photo: the picture and which way is up; nothing its camera or anybody else wrote beside it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanPicture, type Picture } from '../../../src/domain/evidence/picture.ts'
import {
  cameraJpeg,
  cameraPng,
  cameraWebp,
  chunk,
  jpegFrame,
  SECRET,
  segment,
} from '../../support/pictures.ts'

const cleaned = (bytes: Buffer): Picture => {
  const picture = cleanPicture(bytes)
  if ('fault' in picture) throw new Error(picture.fault)
  return picture
}
const kinds = [
  ['JPEG', cameraJpeg(), { kind: 'image/jpeg', width: 640, height: 480 }],
  ['PNG', cameraPng(), { kind: 'image/png', width: 8, height: 8 }],
  ['WebP', cameraWebp(), { kind: 'image/webp', width: 320, height: 240 }],
] as const

describe.each(kinds)('a %s', (_name, sent, facts) => {
  it('keeps its size and loses position, time, person and what hangs behind its end', () => {
    expect(sent.includes(SECRET)).toBe(true)
    const picture = cleaned(sent)
    expect(picture).toMatchObject(facts)
    for (const word of [SECRET, 'Wang', 'script', 'tEXt', 'XMP', 'adobe'])
      expect([word, picture.bytes.includes(word)]).toEqual([word, false])
  })

  it('that is clean already stays as it is', () => {
    const { bytes } = cleaned(sent)
    expect(cleaned(bytes).bytes).toEqual(bytes)
  })

  it('cut short anywhere is refused', () => {
    const { bytes } = cleaned(sent)
    for (let end = 0; end < bytes.length; end++)
      expect([end, 'fault' in cleanPicture(bytes.subarray(0, end))]).toEqual([end, true])
  })

  it('mutated anyhow ends in a picture without secrets or in a refusal', () => {
    fc.assert(
      fc.property(fc.nat(sent.length - 1), fc.nat(255), fc.nat(sent.length), (at, byte, end) => {
        const bytes = Buffer.from(sent.subarray(0, Math.max(1, end)))
        bytes[at % bytes.length] = byte
        const picture = cleanPicture(bytes)
        if (!('fault' in picture)) expect(picture.width * picture.height).toBeGreaterThan(0)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a photo', () => {
  it('is drawn the way it was held: of Exif only that is kept, in both byte orders', () => {
    const { bytes } = cleaned(cameraJpeg('one', { up: 6 }))
    const at = bytes.indexOf('Exif')
    expect([at > 0, bytes.readUInt16BE(at + 6 + 18)]).toEqual([true, 6])
    expect(cleaned(cameraJpeg('one', { up: 1 })).bytes.includes('Exif')).toBe(false)
    expect(cleaned(cameraJpeg('one', { up: 77 })).bytes.includes('Exif')).toBe(false)
    // big-endian: what was kept is read again
    expect(cleaned(bytes).bytes).toEqual(bytes)
  })

  it('of another kind is drawn the way it was held too', () => {
    const png = cleaned(cameraPng(128, 8, { up: 6 })).bytes
    expect(png.toString('latin1', 37, 41)).toBe('eXIf')
    expect([png.readUInt32BE(33), png.readUInt16BE(41 + 18)]).toEqual([26, 6])
    expect(cleaned(png).bytes).toEqual(png)
    expect(cleaned(cameraPng()).bytes.includes('eXIf')).toBe(false)
    const webp = cleaned(cameraWebp({ up: 8 })).bytes
    const at = webp.indexOf('EXIF')
    expect([webp.readUInt32LE(at + 4), webp.readUInt16BE(at + 8 + 18), webp[20]]).toEqual([26, 8, 8])
    expect(cleaned(webp).bytes).toEqual(webp)
    const upright = cleaned(cameraWebp()).bytes
    expect([upright.includes('EXIF'), upright[20]]).toEqual([false, 0])
  })

  it.each([
    ['a preview', 0xe0, 'JFIF\0\x01\x02\0\0\x01\0\x01\x20\x20'],
    ['an unknown marker', 0xf0, ''],
    ['a reserved frame', 0xc8, ''],
    ['a late height', 0xdc, ''],
    ['colours of Adobe', 0xee, 'Adobe'],
    ['longer colours of Adobe', 0xee, 'Adobe\0\x64\0\0\0\0\x01'],
    ['a colour profile', 0xe2, 'ICC_PROFILE\0\x01\x01'],
    ['a second JFIF', 0xe0, 'JFIF\0'],
  ])('has no word in %s', (_what, marker, name) => {
    const bytes = cleaned(
      cameraJpeg('one', { first: segment(marker, Buffer.from(name + SECRET, 'latin1')) }),
    ).bytes
    expect([bytes.includes(SECRET.slice(-8)), bytes.includes('ICC')]).toEqual([false, false])
    expect(cleaned(bytes).bytes).toEqual(bytes)
  })

  it('keeps how its colours are meant: density and no preview of JFIF, the twelve bytes of Adobe', () => {
    const adobe = Buffer.from('Adobe\0\x65\x80\0\x40\0\x02', 'latin1')
    const { bytes } = cleaned(cameraJpeg('one', { up: 1, first: segment(0xee, adobe) }))
    expect(bytes.subarray(2, 20)).toEqual(
      Buffer.from('\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1'),
    )
    expect(bytes.subarray(20, 34)).toEqual(
      Buffer.from('\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x02', 'latin1').subarray(0, 14),
    )
  })

  it.each([
    ['a second frame', jpegFrame(16, 16)],
    ['an empty table', segment(0xdb, Buffer.alloc(0))],
    ['a table with a word behind it', segment(0xdb, Buffer.concat([Buffer.alloc(65), Buffer.from(SECRET)]))],
    ['codes cut short', segment(0xc4, Buffer.alloc(20, 1))],
    ['a restart with a word', segment(0xdd, Buffer.from(SECRET))],
    ['tables without end', segment(0xdb, Buffer.alloc(65 * 9))],
  ])('with %s is refused', (_what, first) => {
    expect(cleanPicture(cameraJpeg('one', { first }))).toEqual({ fault: 'broken' })
  })

  it('of a PNG has no word in colours longer than they are, or said twice', () => {
    const beside = Buffer.concat([
      chunk('pHYs', Buffer.from(SECRET)),
      chunk('iCCP', Buffer.from(SECRET)),
      ...[chunk('gAMA', Buffer.from([0, 0, 0xb1, 0x8f])), chunk('gAMA', Buffer.from('Wang'))],
    ])
    const { bytes } = cleaned(cameraPng(128, 8, { beside }))
    expect([bytes.includes('Wang'), bytes.includes('gAMA'), bytes.includes('iCCP')]).toEqual([
      false,
      true,
      false,
    ])
  })

  it('whose canvas is not its picture is refused', () => {
    expect(cleanPicture(cameraWebp({ side: 16_000 }))).toEqual({ fault: 'broken' })
  })

  it('of parts without number is refused after the first of them, and data full of marks is read once', () => {
    const many = (part: Buffer) => Buffer.alloc(4e6, part)
    const small = segment(0xfe, Buffer.alloc(0))
    expect('fault' in cleanPicture(cameraJpeg('one', { first: Buffer.concat(Array(900).fill(small)) }))).toBe(
      false,
    )
    const quick = (bytes: Buffer, answer: object) => {
      const before = performance.now()
      expect(cleanPicture(bytes)).toMatchObject(answer)
      expect(performance.now() - before).toBeLessThan(1000)
    }
    const broken = { fault: 'broken' }
    quick(cameraJpeg('one', { first: many(small) }), broken)
    quick(cameraJpeg('one', { first: many(segment(0xdb, Buffer.alloc(0))) }), broken)
    quick(cameraJpeg('one', { first: many(Buffer.from([0xff, 0xd0])) }), broken)
    quick(cameraPng(128, 8, { beside: many(chunk('teXt', Buffer.alloc(0))) }), broken)
    const scans = segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0]))
    expect(cleanPicture(cameraJpeg('one', { first: Buffer.concat(Array(101).fill(scans)) }))).toEqual(broken)
    // fill before a segment, fill in a scan, stuffing in a scan
    quick(cameraJpeg('one', { first: Buffer.alloc(16e6, 0xff) }), broken)
    quick(cameraJpeg('one', { first: Buffer.alloc(4096, 0xff) }), { width: 640 })
    for (const data of [[0xff], [0xff, 0]]) {
      const scan = Buffer.concat([scans, Buffer.alloc(16e6, Buffer.from(data))])
      quick(cameraJpeg('one', { first: scan }), { width: 640 })
    }
  })

  it('is told by its bytes: a page, a program, an SVG, a GIF, a moving picture or HEIC is none', () => {
    const said = (bytes: Buffer | string) => cleanPicture(Buffer.from(bytes as Buffer))
    for (const bytes of ['<html>', '<svg xmlns="…"/>', 'GIF89a', 'MZ', '%PDF-1.7', '\0\0\0\x18ftypheic', ''])
      expect(said(bytes)).toEqual({ fault: 'no picture' })
    expect(said(cameraWebp({ moving: true }))).toEqual({ fault: 'broken' })
    const wrong = Buffer.from(cameraPng())
    wrong[20]! ^= 1
    expect(said(wrong)).toEqual({ fault: 'broken' })
  })

  it('of more pixels than anything draws is refused, however few bytes it has', () => {
    expect(cleanPicture(cameraJpeg('one', { width: 65_000, height: 65_000 }))).toEqual({
      fault: 'too many pixels',
    })
    expect(cleanPicture(cameraJpeg('one', { width: 0 }))).toEqual({ fault: 'broken' })
  })
})
