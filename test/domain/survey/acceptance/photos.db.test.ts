/** Photos of an inspection: one may show two things, and is kept as long as anything that was found names it. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId } from '../../../../src/core/id.ts'
import { findEvidence } from '../../../../src/domain/evidence/store.ts'
import { setAcceptance } from '../../../../src/domain/orgs/districts.ts'
import { answerItem } from '../../../../src/domain/survey/acceptance/answering.ts'
import { drawInspection } from '../../../../src/domain/survey/acceptance/planning.ts'
import { AreaAnswer, RowAnswer } from '../../../../src/domain/survey/acceptance/schema.ts'
import { type Inspection, type Item, listItems } from '../../../../src/domain/survey/acceptance/store.ts'
import { type OpenedDb, onEachEngine } from '../../../support/engines.ts'
import { componentCode, featureCollection, gridsGeojson, squareDistrict } from '../../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../../support/intake.ts'

const supervisor = 'account:jianli'
const lamps = featureCollection(
  Array.from({ length: 12 }, (_, i) => ({
    properties: { OBJCODE: componentCode(i + 1), OBJNAME: '路灯' },
    geometry: { type: 'Point', coordinates: [120.601 + i * 0.0001, 31.31] },
  })),
)

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let inspection: Inspection
  let rows: Item[]
  let area: Item
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    await setAcceptance(opened.db, HOME, 'required', 'account:admin')
    const how = { actor: 'account:c', contractor: '甲测绘' }
    const { delivery } = await intake.load('components', { 's.geojson': lamps }, how)
    inspection = await drawInspection(opened.db, delivery, { actor: supervisor })
    const items = await listItems(opened.db, inspection)
    rows = items.filter(item => item.kind === 'row')
    area = items.find(item => item.kind === 'area')!
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  const sent = async (): Promise<string> => {
    const id = newId()
    await opened.db.query(
      `INSERT INTO evidence (district, id, kind, sent_bytes, bytes, width, height, sha256, sent_by)
       VALUES ($1, $2::uuid, 'image/jpeg', 1, 1, 1, 1, '', $3)`,
      [HOME, id, supervisor],
    )
    return id
  }
  const found = ({ no }: Item, photos: string[]) =>
    answerItem(opened.db, inspection, no, {
      answer: RowAnswer.parse({ verdicts: {}, photos }),
      actor: supervisor,
    })
  const seen = (photos: string[]) =>
    answerItem(opened.db, inspection, area.no, {
      answer: AreaAnswer.parse({ walked: true, sightings: [{ kind: 'missing', class: '0118', photos }] }),
      actor: supervisor,
    })
  const holder = async (id: string) => (await findEvidence(opened.db, HOME, id))?.holderId ?? null

  it('a photo that two rows name stays when one of them lets it go, and goes with the other', async () => {
    const [id, alone] = [await sent(), await sent()]
    await found(rows[0]!, [id, alone])
    await found(rows[1]!, [id])
    await found(rows[0]!, [])
    expect([await holder(id), await holder(alone)]).toEqual([inspection.id, null])
    await found(rows[1]!, [id])
    await found(rows[1]!, [])
    expect(await holder(id)).toBeNull()
  })

  it('so does one that a row and a sighting in an area name', async () => {
    const id = await sent()
    await found(rows[0]!, [id])
    await seen([id])
    await found(rows[0]!, [])
    expect(await holder(id)).toBe(inspection.id)
    await seen([])
    expect(await holder(id)).toBeNull()
  })
})
