/** What is kept of a photo: the picture and which way is up; nothing its camera or anybody else wrote beside it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanPicture, type Picture } from '../../../src/domain/evidence/picture.ts'
import { cameraJpeg, cameraPng, cameraWebp, SECRET } from '../../support/pictures.ts'

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
