/** Photos of upkeep: who sees those of a request or a report, and the door to those of a component. */
import { z } from 'zod'
import { problem } from '../../core/problem.ts'
import { type Call, type Endpoint, endpoint } from '../../http/endpoint.ts'
import { EvidenceEntry } from '../evidence/schema.ts'
import { listEvidence } from '../evidence/store.ts'
import { districtOf } from '../orgs/districts.ts'
import { scopeOf } from '../orgs/rules.ts'
import { findComponent } from '../registry/store.ts'
import type { UpkeepHouse } from './commands.ts'
import { changeKinds } from './schema.ts'
import { getRequest, listRequests } from './store.ts'

/** Most requests of one component whose photos its card shows. */
const MOST_REQUESTS = 100

/** Photos of a request are seen by who may ask for changes; of one that counts, by who sees its component. */
export const seesChange =
  ({ db }: UpkeepHouse) =>
  async ({ principal }: Call, { holderId }: { holderId: string }): Promise<boolean> =>
    principal.rights.has('registry.propose') || (await getRequest(db, holderId)).state === 'approved'

/** What people reported is for who answers them. */
export const seesReport = async ({ principal }: Call): Promise<boolean> =>
  principal.rights.has('registry.propose')

export function evidenceOfComponents({ db }: UpkeepHouse): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/components/:id/evidence',
      right: 'registry.read',
      summary: 'Photos of the requests by which a component became what it is, newest request first',
      params: z.strictObject({ id: z.uuid() }),
      query: z.strictObject({
        district: z
          .string()
          .regex(/^[0-9]{6}$/)
          .optional(),
      }),
      answer: z.object({
        items: z.array(
          EvidenceEntry.omit({ removed: true }).extend({
            requestNo: z.number(),
            requestKind: z.enum(changeKinds),
          }),
        ),
      }),
      async run({ params: { id }, query }, call) {
        const district = await districtOf(db, call.principal, query.district)
        if (!(await findComponent(db, scopeOf(district), id))) throw problem('component.unknown', { id })
        const wish = { states: ['approved'] as const, component: id, before: null, limit: MOST_REQUESTS }
        const requests = await listRequests(db, district, wish)
        const ids = requests.map(each => each.id)
        const photos = await listEvidence(db, district, ids)
        return {
          items: requests.flatMap(({ id, no, kind }) =>
            photos(id).map(({ removed: _, ...photo }) => ({ ...photo, requestNo: no, requestKind: kind })),
          ),
        }
      },
    }),
  ]
}
