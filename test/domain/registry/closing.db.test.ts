/** Closing rows: those that count, and none of a batch that lands meanwhile. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { one, type Queryable } from '../../../src/core/db.ts'
import { closeRows } from '../../../src/domain/registry/closing.ts'
import type { Batch } from '../../../src/domain/registry/schema.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, featureCollection, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'

const LANDS = 90
const CLOSES = 91

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    const lamp = { properties: { OBJCODE: componentCode(1), OBJNAME: '路灯' }, geometry: { type: 'Point', coordinates: [120.601, 31.31] } } // biome-ignore format: a line
    const { delivery } = await intake.load('components', { 's.geojson': featureCollection([lamp]) })
    expect(delivery.state).toBe('published')
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  it('leaves the rows of a batch that began as late as before the statement that closes', async () => {
    const row = await one<{ id: string; batch: number }>(
      opened.db,
      'SELECT id, batch FROM component WHERE district = $1',
      [HOME],
    )
    /** Another loads the same component just before the row is closed. */
    const begin = async () => {
      await opened.db.query(
        `INSERT INTO batch SELECT (jsonb_populate_record(b, jsonb_build_object('no', $3::int, 'version', NULL))).*
         FROM batch b WHERE district = $1 AND no = $2`,
        [HOME, row.batch, LANDS],
      )
      await opened.db.query(
        `INSERT INTO component SELECT (jsonb_populate_record(c, jsonb_build_object('batch', $3::int))).*
         FROM component c WHERE district = $1 AND id = $2::uuid`,
        [HOME, row.id, LANDS],
      )
    }
    let begun = 0
    const db: Queryable = {
      ...opened.db,
      async query(sql, params) {
        if (/^\s*UPDATE component/.test(sql) && begun++ === 0) await begin()
        return opened.db.query(sql, params)
      },
    }
    const batch: Batch = {
      ...{ district: HOME, no: CLOSES, part: 0, generation: 1, gridGeneration: 1 },
      dictionaryId: '',
    }
    await closeRows(db, batch, 2, [row.id])
    expect(begun).toBe(1)
    const closed = await opened.db.query(
      'SELECT batch, closed_version AS closed FROM component WHERE district = $1 ORDER BY batch',
      [HOME],
    )
    expect(closed).toEqual([
      { batch: row.batch, closed: 2 },
      { batch: LANDS, closed: null },
    ])
  })
})
