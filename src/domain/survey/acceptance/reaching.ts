/** What the doors of acceptance are given, and whose inspections a caller may reach. */
import { Problem, problem } from '../../../core/problem.ts'
import type { Call } from '../../../http/endpoint.ts'
import { reachOf } from '../../orgs/rules.ts'
import type { LoadHouse } from '../loading.ts'
import { ownDelivery } from '../own-delivery.ts'
import type { Delivery } from '../schema.ts'
import { getInspection, type Inspection } from './store.ts'

export interface AcceptanceHouse extends LoadHouse {
  /** The delivery, if it is the caller's to see. */
  own(call: Call, id: string): Promise<Delivery>
}

/** The inspection, if its delivery is the caller's to see. @throws Problem inspection.unknown */
export async function ownInspection(house: AcceptanceHouse, call: Call, id: string): Promise<Inspection> {
  const inspection = await getInspection(house.db, id)
  await house.own(call, inspection.deliveryId).catch(error => {
    // of another's inspection not even that it is there is told
    throw error instanceof Problem ? problem('inspection.unknown', { id }) : error
  })
  return inspection
}

/** Whether the plan is kept from the caller: from who sends, until a word is given. Its seed tells the next sample too. */
export const isSealed = (
  call: Call,
  { district, results }: Pick<Inspection, 'district' | 'results'>,
): boolean => results === null && reachOf(call.principal, district) !== 'all'

/** The inspection, if what is looked at is the caller's to see. @throws Problem inspection.unknown, inspection.sealed */
export async function ownPlan(house: AcceptanceHouse, call: Call, id: string): Promise<Inspection> {
  const inspection = await ownInspection(house, call, id)
  if (isSealed(call, inspection)) throw problem('inspection.sealed')
  return inspection
}

/** Photos of an inspection are seen by who sees what is looked at. */
export const seesInspection =
  (house: LoadHouse) =>
  async (call: Call, { holderId }: { holderId: string }): Promise<boolean> => {
    if (!call.principal.rights.has('survey.read')) return false
    return ownPlan({ ...house, own: ownDelivery(house.db) }, call, holderId).then(
      () => true,
      error => {
        if (error instanceof Problem) return false
        throw error
      },
    )
  }
