/**
 * One row with a field of every kind binary COPY is used for: how it is made at random, written, and
 * read back. The table is `COPY_TABLE`; geometry is left to the rooms that encode it.
 */
import fc from 'fast-check'
import type { CopyWriter } from '../../src/core/copy.ts'
import type { CopyRow } from '../../src/core/copy-read.ts'

export interface Sample {
  small: number | null
  middle: number | null
  large: number | null
  exact: number | null
  truth: boolean | null
  words: string | null
  id: string | null
  day: string | null
}

export const COPY_TABLE = `CREATE TABLE sample
  (n int4, small int2, middle int4, large int8, exact float8, truth bool, words text, id uuid, day date)`
export const COPY_COLUMNS = ['n', 'small', 'middle', 'large', 'exact', 'truth', 'words', 'id', 'day']

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 4 })
const dayOf = (date: Date): string => date.toISOString().slice(0, 10)

/** PostgreSQL's text holds everything but the zero character. */
export const storableText = fc
  .string({ unit: fc.oneof(fc.constantFrom('井', '盖', '㙦', '𠮷', '"', '\\', '\n', '\t'), fc.string()) })
  .map(text => text.replaceAll('\0', ''))

export const samples: fc.Arbitrary<Sample[]> = fc.array(
  fc.record({
    small: orNull(fc.integer({ min: -32768, max: 32767 })),
    middle: orNull(fc.integer()),
    large: orNull(fc.maxSafeInteger()),
    exact: orNull(fc.double()),
    truth: orNull(fc.boolean()),
    words: orNull(storableText),
    id: orNull(fc.uuid()),
    day: orNull(
      fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map(dayOf),
    ),
  }),
  { maxLength: 30 },
)

export function writeSample(writer: CopyWriter, n: number, row: Sample): void {
  writer.row(COPY_COLUMNS.length)
  writer.int4(n)
  writer.int2(row.small)
  writer.int4(row.middle)
  writer.int8(row.large)
  writer.float8(row.exact)
  writer.bool(row.truth)
  writer.text(row.words)
  writer.uuid(row.id)
  writer.date(row.day)
}

export function readSample(row: CopyRow): Sample {
  const number = (field: number, value: () => number) => (row.isNull(field) ? null : value())
  return {
    small: number(1, () => row.int2(1)),
    middle: number(2, () => row.int4(2)),
    large: number(3, () => row.int8(3)),
    exact: number(4, () => row.float8(4)),
    truth: row.isNull(5) ? null : row.bool(5),
    words: row.text(6),
    id: row.uuid(7),
    day: row.date(8),
  }
}
