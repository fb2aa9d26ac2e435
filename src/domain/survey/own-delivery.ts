/** Whose delivery a caller may reach. */
import type { Db } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import type { Call } from '../../http/endpoint.ts'
import { reaches, reachOf } from '../orgs/rules.ts'
import type { Delivery } from './schema.ts'
import { getDelivery } from './store.ts'

/** The delivery, where the caller may know of it. @throws Problem delivery.unknown */
export const ownDelivery =
  (db: Db) =>
  async (call: Call, id: string): Promise<Delivery> => {
    const delivery = await getDelivery(db, id)
    const { districts } = call.principal
    // of another district's or another firm's delivery not even where it belongs is told
    const here = districts === '*' || districts.includes(delivery.district)
    if (!here || !reaches(reachOf(call.principal, delivery.district), delivery))
      throw problem('delivery.unknown', { id })
    return delivery
  }
