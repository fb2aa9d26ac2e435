/** The doors of plates and reports: printed, scanned by whoever stands there, told what is wrong, and answered. */
import { z } from 'zod'
import { problem } from '../../core/problem.ts'
import { created } from '../../http/answer.ts'
import { type Endpoint, endpoint, raw } from '../../http/endpoint.ts'
import { listClasses } from '../catalog/store.ts'
import { listEvidence, type ToldPhoto } from '../evidence/store.ts'
import { districtOf } from '../orgs/districts.ts'
import { scopeOf } from '../orgs/rules.ts'
import { getDistrict } from '../orgs/store.ts'
import { findComponent } from '../registry/store.ts'
import type { UpkeepHouse } from './commands.ts'
import {
  PlateAnswer,
  PlateEntry,
  PlatePolicy,
  PlateWish,
  Report,
  ReportEntry,
  StreetReport,
  Token,
} from './plate-schema.ts'
import { getPlate, getPolicy, issuePlates, setPolicy } from './plates.ts'
import { closeReport, getReport, listReports, reportComponent } from './reports.ts'
import { type Street, seesCard } from './street.ts'

const District = z.string().regex(/^[0-9]{6}$/)
const DistrictQuery = z.strictObject({ district: District.optional() })
const Nobody = z.strictObject({ nobody: z.enum(['ok']).optional() })
const Sent = z.object({ no: z.number().describe('The report’s number') })
export interface PlateHouse extends UpkeepHouse {
  street: Street
}

export function plateRoutes(house: PlateHouse): Endpoint[] {
  return [...printDoors(house), ...streetDoors(house), ...reportDoors(house)]
}

function printDoors({ db }: UpkeepHouse): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/api/plates',
      right: 'registry.propose',
      summary: 'Plates of components, for printing; made where there are none',
      query: DistrictQuery,
      body: PlateWish,
      answer: z.object({ items: z.array(PlateEntry), hotline: z.string().nullable() }),
      async run({ query, body }, call) {
        const district = await districtOf(db, call.principal, query.district)
        const ids = [...new Set(body.components)]
        const plates = await issuePlates(db, {
          district,
          ids,
          renew: body.renew,
          actor: call.principal.actor,
        })
        const names = await classNames(db, district)
        return {
          items: plates.map(({ token, ...plate }) => ({
            ...plate,
            className: names.get(plate.class)?.[call.lang === 'zh' ? 'name' : 'nameEn'] ?? plate.class,
            address: `${call.origin}/q/${token}`,
          })),
          hotline: (await getPolicy(db, district)).hotline,
        }
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/plate-policy',
      right: 'registry.propose',
      summary: 'What people in the street are told by a plate',
      query: DistrictQuery,
      answer: PlatePolicy,
      async run({ query }, call) {
        return getPolicy(db, await districtOf(db, call.principal, query.district))
      },
    }),
    endpoint({
      method: 'put',
      path: '/api/plate-policy',
      right: 'orgs.admin',
      summary: 'Turn the public page of plates on or off, and say whom to call',
      query: DistrictQuery,
      body: PlatePolicy,
      async run({ query, body }, call) {
        const district = await districtOf(db, call.principal, query.district)
        await setPolicy(db, { district, policy: body, actor: call.principal.actor })
        return undefined
      },
    }),
  ]
}

const classNames = async (db: UpkeepHouse['db'], district: string) => {
  const [row] = await db.query<{ dictionary_id: string }>(
    'SELECT dictionary_id FROM district WHERE code = $1',
    [district],
  )
  return new Map((await listClasses(db, row!.dictionary_id)).map(each => [each.code, each]))
}

function streetDoors({ db, street }: PlateHouse): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/q/:token',
      right: 'open',
      summary: 'The address on a plate: leads to the console',
      params: z.strictObject({ token: z.string().max(40) }),
      answer: { bytes: 'text/html' },
      async run({ params }) {
        return raw({
          status: 302,
          headers: { location: `/#/q/${encodeURIComponent(params.token)}` },
          body: '',
        })
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/plates/:token',
      right: 'asked',
      summary: 'What a plate says to who scans it: the card, the public page, or the way to sign in',
      params: z.strictObject({ token: Token }),
      query: Nobody,
      answer: PlateAnswer,
      async run({ params }, call) {
        const plate = await getPlate(db, params.token)
        const { district, componentId } = plate
        if (seesCard(call, plate)) return { to: 'card' as const, district, componentId }
        const { publicPage, hotline } = await getPolicy(db, district)
        if (!publicPage) return { to: 'sign-in' as const }
        const { name, demo } = await getDistrict(db, district)
        const found = plate.class === null ? undefined : (await classNames(db, district)).get(plate.class)
        const told = found && !found.sensitive ? found : null
        return {
          to: 'public' as const,
          // a code holds the class's digits
          plate: told ? plate.code : null,
          className: told?.name ?? null,
          classNameEn: told?.nameEn ?? null,
          district: name,
          hotline,
          demo,
        }
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/plates/:token/reports',
      right: 'asked',
      summary: 'Report a problem from the street, without an account',
      params: z.strictObject({ token: Token }),
      query: Nobody,
      body: StreetReport,
      answer: Sent,
      status: 201,
      async run({ params, body }, call) {
        const { district, componentId, actor } = await street.enter(call, params.token, 'report')
        return created({ no: await reportComponent(db, { district, componentId, report: body, actor }) })
      },
    }),
  ]
}

function reportDoors({ db }: UpkeepHouse): Endpoint[] {
  const right = 'registry.propose'
  return [
    endpoint({
      method: 'post',
      path: '/api/components/:id/reports',
      right: 'registry.read',
      summary: 'Report a problem of a component',
      params: z.strictObject({ id: z.uuid() }),
      query: DistrictQuery,
      body: Report,
      answer: Sent,
      status: 201,
      async run({ params, query, body }, call) {
        const district = await districtOf(db, call.principal, query.district)
        const { id } = params
        if (!(await findComponent(db, scopeOf(district), id))) throw problem('component.unknown', { id })
        const { actor } = call.principal
        return created({ no: await reportComponent(db, { district, componentId: id, report: body, actor }) })
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/reports',
      right,
      summary: 'Problems reported of components, newest first',
      query: z.strictObject({
        district: District.optional(),
        state: z.enum(['open', 'closed']).default('open'),
        before: z.coerce
          .number()
          .int()
          .min(1)
          .max(2 ** 31 - 1)
          .optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      answer: z.object({ items: z.array(ReportEntry), next: z.number().nullable() }),
      async run({ query }, call) {
        const district = await districtOf(db, call.principal, query.district)
        const { state, before, limit } = query
        const items = await listReports(db, district, { state, before: before ?? null, limit })
        const photos = await listEvidence(
          db,
          district,
          items.map(each => each.id),
        )
        return {
          items: items.map(each => shown(each, photos(each.id))),
          next: items.length === limit ? items.at(-1)!.no : null,
        }
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/reports/:id/close',
      right,
      summary: 'Say what became of a report; the number to ask back and photos from the street are forgotten',
      params: z.strictObject({ id: z.uuid() }),
      body: z.strictObject({ answer: z.string().trim().min(1).max(1000) }),
      answer: ReportEntry,
      async run({ params, body }, call) {
        const report = await getReport(db, params.id)
        const { districts, actor } = call.principal
        if (districts !== '*' && !districts.includes(report.district))
          throw problem('report.unknown', { id: params.id })
        const closed = await closeReport(db, report, { actor, answer: body.answer })
        const photos = await listEvidence(db, closed.district, [closed.id])
        return shown(closed, photos(closed.id))
      },
    }),
  ]
}

const shown = (
  { district: _, ...report }: Awaited<ReturnType<typeof getReport>>,
  photos: readonly ToldPhoto[],
) => ({ ...report, photos })
