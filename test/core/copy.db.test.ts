import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { copyWriter } from '../../src/core/copy.ts'
import { readCopy } from '../../src/core/copy-read.ts'
import { one } from '../../src/core/db.ts'
import { type OpenedDb, onEachEngine } from '../support/engines.ts'
import {
  COPY_COLUMNS,
  COPY_TABLE,
  readSample,
  type Sample,
  samples,
  storableText,
  writeSample,
} from './copy-row.ts'

onEachEngine((engine, open) => {
  let opened: OpenedDb
  beforeAll(async () => {
    opened = await open()
    await opened.db.script(
      `${COPY_TABLE}; CREATE TABLE rich (at timestamptz, data jsonb, ids uuid[], geom geometry)`,
    )
  })
  afterAll(() => opened?.close())

  describe('binary COPY', () => {
    beforeEach(async () => void (await opened.db.script('TRUNCATE sample, rich')))

    it('brings rows in and out again unchanged, in chunks of any number of rows', async () => {
      const { db } = opened
      await fc.assert(
        fc.asyncProperty(samples, fc.integer({ min: 1, max: 10 }), async (rows, perChunk) => {
          await db.query('TRUNCATE sample')
          expect(await db.copyIn('sample', COPY_COLUMNS, chunksOf(rows, perChunk))).toBe(rows.length)
          const back: Sample[] = []
          await readCopy(db.copyOut('SELECT * FROM sample ORDER BY n'), row => back.push(readSample(row)))
          expect(back).toEqual(rows)
        }),
        { numRuns: 60 },
      )
    })

    it('means to the database what it means to us', async () => {
      const { db } = opened
      await fc.assert(
        fc.asyncProperty(samples, async rows => {
          await db.query('TRUNCATE sample')
          await db.copyIn('sample', COPY_COLUMNS, chunksOf(rows, 100))
          const { copied } = await one<{ copied: number }>(
            db,
            `SELECT count(*) AS copied FROM sample s JOIN
               jsonb_to_recordset($1) AS r(n int, small int2, middle int, large int8, exact text, truth bool, words text, id uuid, day date)
             ON s.n = r.n AND (s.small, s.middle, s.large, s.exact, s.truth, s.words, s.id, s.day)
                IS NOT DISTINCT FROM (r.small, r.middle, r.large, r.exact::float8, r.truth, r.words, r.id, r.day)`,
            [
              JSON.stringify(
                rows.map((row, n) => ({ ...row, exact: row.exact === null ? null : String(row.exact), n })),
              ),
            ],
          )
          expect(copied).toBe(rows.length)
        }),
        { numRuns: 60 },
      )
    })

    it('writes times, documents, lists of ids and geometry', async () => {
      const { db } = opened
      const time = fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
      const document = fc.dictionary(
        storableText,
        fc.oneof(storableText, fc.integer(), fc.boolean(), fc.constant(null)),
      )
      const row = fc.tuple(
        time,
        document,
        fc.array(fc.uuid(), { maxLength: 5 }),
        fc.integer({ min: -180, max: 180 }),
      )
      await fc.assert(
        fc.asyncProperty(row, async ([at, data, ids, lon]) => {
          await db.query('TRUNCATE rich')
          const writer = copyWriter()
          writer.row(4)
          writer.timestamp(at)
          writer.jsonb(data)
          writer.uuids(ids)
          const { view, offset } = writer.reserve(21)
          view.setUint8(offset, 1)
          view.setUint32(offset + 1, 1, true)
          view.setFloat64(offset + 5, lon, true)
          view.setFloat64(offset + 13, 31.5, true)
          await db.copyIn('rich', ['at', 'data', 'ids', 'geom'], [writer.take()])
          // The database compares the documents: JSON.parse of Node 24 takes a key "\t" for "\\" once it has seen "\\".
          const read = await one(
            db,
            'SELECT at, data = $1::jsonb AS same, ids::text[] AS ids, ST_AsText(geom) AS geom FROM rich',
            [JSON.stringify(data)],
          )
          expect(read).toEqual({ at, same: true, ids, geom: `POINT(${lon} 31.5)` })
        }),
        { numRuns: 60 },
      )
    })

    it('writes nulls for what is not there', async () => {
      const { db } = opened
      const writer = copyWriter()
      writer.row(4)
      writer.timestamp(null)
      writer.jsonb(null)
      writer.uuids(null)
      writer.null()
      await db.copyIn('rich', ['at', 'data', 'ids', 'geom'], [writer.take()])
      expect(await db.query('SELECT * FROM rich')).toEqual([{ at: null, data: null, ids: null, geom: null }])
    })

    it('takes no rows for an answer', async () => {
      const { db } = opened
      expect(await db.copyIn('sample', COPY_COLUMNS, [])).toBe(0)
      expect(await readCopy(db.copyOut('SELECT * FROM sample'), () => expect.unreachable())).toBe(0)
    })

    it('leaves nothing of a COPY that fails midway inside a transaction', async () => {
      const { db } = opened
      const source = failing(new Error('the source broke'))
      await expect(db.transaction(tx => tx.copyIn('sample', COPY_COLUMNS, source))).rejects.toThrow(
        'the source broke',
      )
      const refused = [...chunksOf([blank, blank], 1), Uint8Array.from([0, 9, 0, 0])]
      await expect(db.transaction(tx => tx.copyIn('sample', COPY_COLUMNS, refused))).rejects.toThrow()
      expect(await countSamples()).toBe(0)
    })

    it('goes on working after a failed COPY', async () => {
      const { db } = opened
      for (let i = 0; i < 20; i++)
        await expect(db.copyIn('sample', COPY_COLUMNS, failing(new Error('again')))).rejects.toThrow('again')
      await db.query('TRUNCATE sample')
      expect(await db.copyIn('sample', COPY_COLUMNS, chunksOf([blank], 1))).toBe(1)
    })

    it(`outside a transaction ${engine === 'postgres' ? 'leaves nothing' : 'leaves the chunks before the one that failed'}`, async () => {
      await expect(opened.db.copyIn('sample', COPY_COLUMNS, failing(new Error('broke')))).rejects.toThrow(
        'broke',
      )
      expect(await countSamples()).toBe(engine === 'postgres' ? 0 : 2)
    })

    it('gives the connection back when the reader has enough', async () => {
      const { db } = opened
      await db.query('INSERT INTO sample (n) SELECT generate_series(1, 50000)')
      for (let i = 0; i < 20; i++) for await (const _chunk of db.copyOut('SELECT * FROM sample')) break
      expect(await countSamples()).toBe(50_000)
    })

    it('tells what is wrong with a query to copy out', async () => {
      const all = async () => {
        for await (const _chunk of opened.db.copyOut('SELECT nothing FROM nowhere')) expect.unreachable()
      }
      await expect(all()).rejects.toThrow(/nowhere/)
      expect(await countSamples()).toBe(0)
    })
  })

  const countSamples = async () => (await one<{ n: number }>(opened.db, 'SELECT count(*) AS n FROM sample')).n
})

const blank: Sample = {
  small: null,
  middle: null,
  large: null,
  exact: null,
  truth: null,
  words: null,
  id: null,
  day: null,
}

function* chunksOf(rows: readonly Sample[], perChunk: number): Generator<Uint8Array> {
  const writer = copyWriter()
  for (const [n, row] of rows.entries()) {
    writeSample(writer, n, row)
    if (writer.rows === perChunk) yield writer.take()
  }
  if (writer.rows > 0) yield writer.take()
}

/** Two good chunks of one row, then the error. */
async function* failing(error: Error): AsyncGenerator<Uint8Array> {
  yield* chunksOf([blank, blank], 1)
  throw error
}
