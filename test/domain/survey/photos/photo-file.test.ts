import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPhoto } from '../../../../src/domain/survey/photos/photo-file.ts'
import { jpeg, png } from '../../../support/photos.ts'

const read = (bytes: Buffer) => readPhoto(bytes, bytes)

describe('a photo', () => {
  it.each([true, false])(
    'tells where its camera stood, to a decimetre, in either byte order (%s)',
    little => {
      for (const lonLat of [
        [120.63214, 31.26387],
        [-0.12345, -33.87],
        [0, 51.5],
      ] as const) {
        const facts = read(jpeg('a', lonLat, little))
        expect(facts).toMatchObject({ kind: 'image/jpeg' })
        const [lon, lat] = (facts as { lonLat: [number, number] }).lonLat
        expect(lon).toBeCloseTo(lonLat[0], 6)
        expect(lat).toBeCloseTo(lonLat[1], 6)
      }
    },
  )

  it('has no position where its camera had none', () => {
    expect(read(jpeg('a'))).toEqual({ kind: 'image/jpeg', lonLat: null })
    expect(read(jpeg('a', [0, 0]))).toEqual({ kind: 'image/jpeg', lonLat: null })
    expect(read(png('a'))).toEqual({ kind: 'image/png', lonLat: null })
    const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')
    expect(read(heic)).toEqual({ kind: 'image/heic', lonLat: null })
  })

  it.each([
    ['nothing', Buffer.alloc(0), '0 bytes'],
    ['a text named .jpg', Buffer.from('no picture at all'), 'it is no JPEG, PNG or HEIC'],
    ['a JPEG cut in its picture', jpeg('a long picture').subarray(0, -9), 'the picture is cut short'],
    ['a JPEG cut in its head', jpeg('a').subarray(0, 10), 'the picture is cut short'],
    ['a PNG cut short', png('a').subarray(0, 12), 'the picture is cut short'],
    [
      'a JPEG with noise for segments',
      Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(50, 7)]),
      'the picture is broken',
    ],
  ])('that is %s says so', (_what, bytes, fault) => expect(read(bytes)).toEqual({ fault }))

  it('of any bytes is answered, never with a position that is none', () => {
    const good = jpeg('a', [120.6, 31.2])
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 20 }), changes => {
        const bytes = Buffer.from(good)
        for (const [at, value] of changes) bytes[at] = value
        const facts = read(bytes)
        if ('fault' in facts || facts.lonLat === null) return
        const [lon, lat] = facts.lonLat
        expect(Math.abs(lon)).toBeLessThanOrEqual(180)
        expect(Math.abs(lat)).toBeLessThanOrEqual(90)
      }),
      { numRuns: 2000 },
    )
  })
})
