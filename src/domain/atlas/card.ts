/** The card of one component: the five answers first, then area, class, state, dates, and proof of where the record came from. */
import { maybe, type Queryable } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import { type Reach, reaches, type Scope } from '../orgs/rules.ts'
import { holds, lineage } from '../registry/lineage.ts'
import { findPlacement } from '../registry/placements.ts'
import { findEnd, listMerged } from '../registry/retired.ts'
import { type UnitRole, type UnitStateLetter, unitStates } from '../registry/schema.ts'
import { type ComponentRow, findComponent, listHistory } from '../registry/store.ts'
import { pointOn } from './anchor.ts'
import { sieve } from './filter.ts'
import { type Model, type ModelGrid, pathOf } from './model.ts'

/**
 * @param reach whose deliveries are told as where the record came from
 * @throws Problem component.unknown, also for what the scope may not see
 */
export async function cardOf(
  db: Queryable,
  model: Model,
  { scope, reach, lang }: { scope: Scope; reach: Reach; lang: 'zh' | 'en' },
  id: string,
) {
  const row = await findComponent(db, scope, id)
  if (!row) throw await whyGone(db, scope, id)
  const lonLat = pointOn(row.geometry)
  const placement = await placementOf(
    db,
    model,
    scope,
    row.id,
    row.batch,
    row.geometry.type === 'Point' ? lonLat : null,
  )
  const areaIndex = placement.area ? model.areas.indexOf(placement.area) : -1
  if (!visible(model, scope, row, areaIndex)) throw problem('component.unknown', { id })

  const klass = model.classes[model.classAt.get(row.class) ?? -1]
  const delivered = row.attributes ?? {}
  const attributes = Object.fromEntries(
    Object.entries(delivered).filter(([key]) => !key.endsWith('AsDelivered')),
  )
  const unit = (role: UnitRole, unitId: string | null, at: number) => {
    const found = unitId === null ? undefined : model.units[model.unitAt.get(unitId) ?? -1]
    return {
      unit: found ? { id: found.id, code: found.code, name: found.name, kind: found.kind } : null,
      raw:
        (delivered[`${role}AsDelivered`] as { code: string | null; name: string | null } | undefined) ?? null,
      state: unitStates[row.unitStates[at] as UnitStateLetter],
    }
  }
  const delivery = await maybe<{
    no: number
    name: string
    contractor: string | null
    created_at: Date
    created_by: string
    firmId: string | null
  }>(
    db,
    'SELECT no, name, contractor, created_at, created_by, firm_id AS "firmId" FROM delivery WHERE district = $1 AND id = $2::uuid',
    [scope.district, row.deliveryId],
  )
  const reached =
    reach === 'all' || (delivery !== null && reaches(reach, { ...delivery, createdBy: delivery.created_by }))
  const told = reached ? delivery : null
  return {
    id: row.id,
    code: row.code,
    class: {
      code: row.class,
      name: klass?.name ?? row.class,
      nameEn: klass?.nameEn ?? row.class,
      dictionary: model.dictionary.name,
    },
    name: row.name,
    geometry: row.geometry,
    lonLat,
    place: model.places.describe(lonLat[0], lonLat[1], lang),
    competent: unit('competent', row.competentId, 0),
    owner: unit('owner', row.ownerId, 1),
    maintainer: unit('maintainer', row.maintainerId, 2),
    area: {
      path: placement.area ? pathOf(model, placement.area).map(named) : [],
      reason: placement.reason,
      touched: placement.touched.map(named),
    },
    state: row.state,
    currency: row.currency,
    surveyedOn: row.surveyedOn,
    changedOn: row.changedOn,
    attributes,
    dataSource: row.dataSource,
    note: row.note,
    picture: row.picture,
    statedGrid: row.statedGrid,
    source: {
      kind: row.source,
      request: reach === 'all' && row.source === 'upkeep' ? await requestOf(db, scope.district, row) : null,
      handover: await handoverOf(db, scope.district, row),
      deliveryId: reached && row.source === 'delivery' ? row.deliveryId : null,
      deliveryNo: told?.no ?? null,
      deliveryName: told?.name ?? null,
      contractor: told?.contractor ?? null,
      file: reached ? row.file : null,
      row: reached ? row.rowNo : null,
      loadedAt: told?.created_at ?? null,
      loadedBy: told?.created_by ?? null,
      registryVersion: row.version,
      publishedAt: row.publishedAt,
      publishedBy: reached ? row.publishedBy : null,
    },
    history: await listHistory(db, scope, id),
    merged: (await listMerged(db, scope.district, id)).map(({ key, componentId, requestNo, retiredOn }) => ({
      key,
      componentId,
      requestNo,
      on: retiredOn,
    })),
  }
}

/** What is said of a component that is not there: which one has its place, that it was scrapped, or nothing. */
async function whyGone(db: Queryable, scope: Scope, id: string) {
  const end = await findEnd(db, scope.district, id)
  if (!end || end.reason === 'recoded') return problem('component.unknown', { id })
  const { reason, requestNo: no, retiredOn: on, survivorId: survivor, otherCode: other } = end
  return problem(`component.${reason}`, { no, on, ...(survivor ? { survivor, other } : {}) })
}

type Origin = Pick<ComponentRow, 'id' | 'originBatch' | 'deliveryId'>

/** The request that a row comes from. */
const requestOf = (db: Queryable, district: string, { id, originBatch }: Origin) =>
  maybe<{
    id: string
    no: number
    kind: string
    reason: string
    proposedBy: string
    proposedAt: Date
    decidedBy: string | null
    decidedAt: Date | null
  }>(
    db,
    `SELECT id, no, kind, reason, proposed_by AS "proposedBy", proposed_at AS "proposedAt", decided_by AS "decidedBy",
       decided_at AS "decidedAt" FROM change_request WHERE district = $1 AND component_id = $2::uuid AND batch_no = $3`,
    [district, id, originBatch],
  )

/** The handover of new works that a row came with, and who answers until then. */
const handoverOf = (db: Queryable, district: string, { deliveryId }: Origin) =>
  maybe<{
    no: number
    name: string
    builder: string
    state: string
    handoverOn: string
    warrantyUntil: string | null
  }>(
    db,
    `${lineage()} SELECT no, name, builder, handover_on AS "handoverOn", warranty_until AS "warrantyUntil",
       CASE WHEN state = 'transferred' AND version IS NOT NULL AND NOT ${holds('version')} THEN 'reversed' ELSE state END AS state
     FROM handover
     WHERE district = $1 AND (delivery_id = $2::uuid OR id = $2::uuid) AND state <> 'withdrawn'`,
    [district, deliveryId],
  )

const named = ({ level, code, name }: ModelGrid) => ({ level, code, name })

/** Points are placed by the same locator that wrote their placement; lines and polygons by what PostGIS wrote. */
async function placementOf(
  db: Queryable,
  model: Model,
  scope: Scope,
  id: string,
  batch: number,
  point: readonly [number, number] | null,
) {
  if (point) {
    const at = model.locators[3].locator.covering(point[0], point[1])
    const inside = model.locators[0].locator.covering(point[0], point[1]) >= 0
    return { area: model.areas[at] ?? null, reason: at >= 0 ? null : inside ? 'gap' : 'outside', touched: [] }
  }
  const placed = await findPlacement(db, scope.district, id, batch)
  const grid = (gridId: string) => model.byId.get(gridId)
  return {
    area: (placed?.gridId && grid(placed.gridId)) || null,
    reason: placed?.reason ?? null,
    touched: (placed?.touched ?? []).map(grid).filter(each => each !== undefined),
  }
}

function visible(
  model: Model,
  scope: Scope,
  row: { class: string; competentId: string | null; ownerId: string | null; maintainerId: string | null },
  areaIndex: number,
): boolean {
  const { areaMask, classMask } = sieve(model, scope, {})
  if (areaMask && areaMask[areaIndex + 1] !== 1) return false
  if (classMask && classMask[model.classAt.get(row.class) ?? -1] !== 1) return false
  if (scope.units === 'all') return true
  return [row.competentId, row.ownerId, row.maintainerId].some(id => id !== null && scope.units.includes(id))
}
