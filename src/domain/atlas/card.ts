/** The card of one component: the five answers first, then area, class, state, dates, and proof of where the record came from. */
import { maybe, type Queryable } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import { type Reach, reaches, type Scope } from '../orgs/rules.ts'
import { type UnitRole, type UnitStateLetter, unitStates } from '../registry/schema.ts'
import { findComponent, findPlacement, listHistory } from '../registry/store.ts'
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
  if (!row) throw problem('component.unknown', { id })
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
      deliveryId: reached ? row.deliveryId : null,
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
  }
}

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
