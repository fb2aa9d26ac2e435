import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COPY_HEADER, COPY_TRAILER, copyWriter } from '../../src/core/copy.ts'
import { readCopy } from '../../src/core/copy-read.ts'
import { readSample, type Sample, samples, writeSample } from './copy-row.ts'

/** The stream PostgreSQL would send for these rows. */
function stream(rows: readonly Sample[], initialBytes?: number): Uint8Array {
  const writer = copyWriter(initialBytes)
  for (const [n, row] of rows.entries()) writeSample(writer, n, row)
  return Buffer.concat([COPY_HEADER, writer.take(), COPY_TRAILER])
}

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<{ rows: Sample[]; count: number }> {
  const rows: Sample[] = []
  const count = await readCopy(chunks, row => rows.push(readSample(row)))
  return { rows, count }
}

describe('binary COPY', () => {
  it('reads back what was written, wherever the chunks are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        samples,
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1 }),
        async (rows, sizes) => {
          expect(await readAll(cut(stream(rows), sizes))).toEqual({ rows, count: rows.length })
        },
      ),
    )
  })

  it('writes the same bytes into a buffer that has to grow', () => {
    fc.assert(
      fc.property(samples, rows => {
        expect(stream(rows, 1)).toEqual(stream(rows))
      }),
    )
  })

  it('starts anew after the bytes were taken, and leaves those taken alone', () => {
    const writer = copyWriter()
    writer.row(1)
    writer.text('first')
    const first = writer.take()
    const before = Buffer.from(first)
    expect(writer).toMatchObject({ bytes: 0, rows: 0 })
    writer.row(1)
    writer.text('other')
    expect(writer).toMatchObject({ rows: 1 })
    expect(Buffer.from(first)).toEqual(before)
  })

  it('takes back a row that turned out wrong', () => {
    fc.assert(
      fc.property(samples, samples, (rows, wrong) => {
        const writer = copyWriter()
        for (const [n, row] of rows.entries()) writeSample(writer, n, row)
        const { bytes } = writer
        for (const row of wrong) {
          writeSample(writer, 0, row)
          writer.rewind(bytes)
        }
        expect(writer.rows).toBe(rows.length)
        expect(Buffer.concat([COPY_HEADER, writer.take(), COPY_TRAILER])).toEqual(stream(rows))
      }),
    )
  })

  it('hashes equal bytes alike, and tells single changes apart', () => {
    const hashOf = (bytes: Uint8Array) => {
      const writer = copyWriter()
      const { view, offset } = writer.reserve(bytes.length)
      for (const [i, byte] of bytes.entries()) view.setUint8(offset + i, byte)
      return writer.hashFrom(offset)
    }
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (bytes, at, by) => {
          const changed = Uint8Array.from(bytes)
          changed[at % bytes.length]! ^= by
          expect(hashOf(Uint8Array.from(bytes))).toBe(hashOf(bytes))
          expect(hashOf(changed)).not.toBe(hashOf(bytes))
        },
      ),
    )
  })
})
