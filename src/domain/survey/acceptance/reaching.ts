/** What the doors of acceptance are given, and whose inspections a caller may reach. */
import { Problem, problem } from '../../../core/problem.ts'
import type { Call } from '../../../http/endpoint.ts'
import type { LoadHouse } from '../loading.ts'
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
