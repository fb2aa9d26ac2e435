/** The doors of the intake: deliveries, their files, profiles, findings, and the decision on them. */
import { z } from 'zod'
import type { Jobs } from '../../core/jobs.ts'
import { problem } from '../../core/problem.ts'
import { type Call, type Endpoint, endpoint } from '../../http/endpoint.ts'
import { districtOf } from '../orgs/districts.ts'
import { reachOf, rights } from '../orgs/rules.ts'
import { acceptanceRoutes } from './acceptance/routes.ts'
import { announce, mustDeliver } from './announcing.ts'
import { DeliveryEntry, GuessAnswer } from './answers.ts'
import { codeRoutes } from './code-routes.ts'
import { cancelReceived, startLoad } from './commands.ts'
import { keepParameters, ownerOf } from './crs-parameters.ts'
import { crsRoutes } from './crs-routes.ts'
import { approveDelivery, rejectDelivery } from './deciding.ts'
import { findingRoutes } from './finding-routes.ts'
import { titleOf } from './finding-titles.ts'
import { inspect } from './inspect.ts'
import { cancelWaiting } from './interruption.ts'
import { openLooks } from './looking.ts'
import { ownDelivery } from './own-delivery.ts'
import { packageRoutes } from './package-routes.ts'
import { resolveFolder } from './photos/photo-folder.ts'
import { photoRoutes } from './photos/routes.ts'
import { profileRoutes } from './profile-routes.ts'
import { gdalProgram } from './readers/gdal-program.ts'
import { reportRoutes } from './report-routes.ts'
import { ruleRoutes } from './rule-routes.ts'
import type { Runner } from './run.ts'
import { type Delivery, DeliveryKind, INT4_MAX, LoadOptions, Profile } from './schema.ts'
import { getDelivery, listDeliveries } from './store.ts'
import { told, toldHints } from './telling.ts'
import { templateRoutes } from './template-routes.ts'
import { type UploadDoors, uploadRoutes } from './upload-routes.ts'
import { forgetCancelled } from './uploading.ts'
import { versionRoutes } from './version-routes.ts'

const Id = z.strictObject({ id: z.uuid() })
const District = z.string().regex(/^[0-9]{6}$/)
const None = z.strictObject({})

const Create = z.strictObject({
  kind: DeliveryKind,
  district: District.optional(),
  name: z.string().trim().min(1).max(200),
  contractor: z.string().trim().min(1).max(200).optional(),
  firm: z.uuid().optional().describe('Whose it is; of who works for a firm, always this firm’s'),
  package: z.uuid().optional().describe('The package it answers, and with it the firm'),
  profile: Profile.optional(),
})

export function surveyRoutes(
  input: Omit<UploadDoors, 'own'> & { jobs: () => Jobs; runner: Runner },
): Endpoint[] {
  const { db } = input
  const own = ownDelivery(db)
  const queue = async (delivery: string) => void (await input.jobs().send('survey.load', { delivery }))
  const looks = openLooks()
  /** Folders of the server hold photos of more than one firm. */
  const mayTake = async (call: Call, folder: string): Promise<void> => {
    if (!call.principal.rights.has('survey.all')) throw problem('photos.folder', { folder })
    await resolveFolder(input.photoLimits?.roots ?? [], folder)
  }
  return [
    ...versionRoutes({ ...input, own, queue }),
    ...findingRoutes({ db, own }),
    ...reportRoutes({ ...input, own, looks }),
    ...acceptanceRoutes({ ...input, own }),
    ...uploadRoutes({ ...input, own }),
    ...photoRoutes(input),
    ...crsRoutes(db),
    ...profileRoutes(db),
    ...packageRoutes(db),
    ...codeRoutes(db),
    ...templateRoutes(input),
    ...ruleRoutes(db),
    endpoint({
      method: 'get',
      path: '/api/intake',
      right: 'survey.load',
      summary: 'Whether GDAL reads more formats here, and the largest file that is taken',
      answer: z.object({ gdal: z.boolean(), uploadBytes: z.number() }),
      async run() {
        return { gdal: (await gdalProgram()) !== null, uploadBytes: input.uploadBytes }
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/deliveries',
      right: 'survey.load',
      summary: 'Announce a delivery; then send its files',
      body: Create,
      answer: DeliveryEntry,
      async run({ body }, call) {
        sameKind(body.profile, body.kind)
        const district = await districtOf(db, call.principal, body.district)
        return present(await announce(input, { ...body, district }, call.principal), call)
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/deliveries/:id/guess',
      right: 'survey.load',
      summary:
        'Look into the files: layers, columns, sample rows, encoding, CRS, and the profile one would write',
      params: Id,
      body: z.strictObject({ profile: Profile.optional() }),
      answer: GuessAnswer,
      async run({ params, body }, call) {
        const delivery = await own(call, params.id)
        sameKind(body.profile, delivery.kind)
        const { actor } = call.principal
        const given = await db.transaction(tx =>
          keepParameters(tx, body.profile, {
            district: delivery.district,
            actor,
            reach: reachOf(call.principal, delivery.district),
            owner: ownerOf(delivery),
            draftOf: delivery.id,
          }),
        )
        const leave = looks.enter(actor)
        const profile = given ?? delivery.profile
        const seen = await inspect(input, delivery, profile, call.signal).finally(leave)
        const findings = seen.findings.map(finding => told(finding, call.lang))
        return { ...seen, findings, hints: toldHints(seen.hints, call.lang) }
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/deliveries/:id/load',
      right: 'survey.read',
      summary:
        'Load a delivery, of who may load; one that brings a version back, of who may approve. Progress and result are in the delivery',
      params: Id,
      body: z.strictObject({ profile: Profile.optional(), options: LoadOptions.optional() }),
      answer: DeliveryEntry,
      async run({ params, body }, call) {
        const announced = await own(call, params.id)
        const { kind, options, district } = announced
        mayRun(call, options)
        if (options.restore === undefined) await mustDeliver(input, announced, call.principal)
        sameKind(body.profile, kind)
        if (body.options?.photos !== undefined) await mayTake(call, body.options.photos)
        const delivery = await startLoad(db, params.id, {
          profile: body.profile,
          options: body.options ?? {},
          actor: call.principal.actor,
          reach: reachOf(call.principal, district),
        })
        await queue(params.id)
        await input.uploading.drop(delivery)
        return present(delivery, call)
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/deliveries',
      right: 'survey.read',
      summary: 'Deliveries, newest first; those given up before they were loaded only with `all=true`',
      query: z.strictObject({
        district: District.optional(),
        before: z.coerce.number().int().min(1).max(INT4_MAX).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
        all: z.enum(['true', 'false']).default('false'),
      }),
      answer: z.object({ items: z.array(DeliveryEntry), next: z.number().nullable() }),
      async run({ query }, call) {
        const district = await districtOf(db, call.principal, query.district)
        const reach = reachOf(call.principal, district)
        const items = await listDeliveries(db, district, reach, {
          before: query.before ?? null,
          limit: query.limit,
          all: query.all === 'true',
        })
        return {
          items: items.map(each => present(each, call)),
          next: items.length === query.limit ? items.at(-1)!.no : null,
        }
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/deliveries/:id',
      right: 'survey.read',
      summary: 'One delivery: state, progress, counts, findings by code',
      params: Id,
      answer: DeliveryEntry,
      async run({ params }, call) {
        return present(await own(call, params.id), call)
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/deliveries/:id/approve',
      right: 'survey.approve',
      summary: 'Make a checked delivery count, or begin to (loading); never by who sent it',
      params: Id,
      body: None,
      answer: DeliveryEntry,
      async run({ params }, call) {
        await own(call, params.id)
        const delivery = await approveDelivery(input, params.id, call.principal.actor)
        if (delivery.state === 'loading') await queue(params.id)
        return present(delivery, call)
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/deliveries/:id/reject',
      right: 'survey.approve',
      summary: 'Send a checked delivery back with the reason',
      params: Id,
      body: z.strictObject({ reason: z.string().trim().min(1).max(1000) }),
      answer: DeliveryEntry,
      async run({ params, body }, call) {
        await own(call, params.id)
        return present(await rejectDelivery(input, params.id, call.principal.actor, body.reason), call)
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/deliveries/:id/cancel',
      right: 'survey.read',
      summary: 'Stop a load, of who may begin it; nothing of it stays',
      params: Id,
      body: None,
      answer: DeliveryEntry,
      async run({ params }, call) {
        const delivery = await own(call, params.id)
        mayRun(call, delivery.options)
        const { actor } = call.principal
        // its turn may come between the two: then it runs
        const cancelled =
          delivery.state === 'received'
            ? await cancelReceived(db, delivery, actor)
            : input.runner.cancel(params.id, actor) ||
              (await cancelWaiting(input, delivery, actor)) ||
              input.runner.cancel(params.id, actor)
        if (!cancelled) {
          const { state } = await getDelivery(db, params.id)
          throw problem('delivery.state', { state, action: 'cancelled here' })
        }
        if (delivery.state === 'received') {
          await input.uploading.drop(delivery)
          await forgetCancelled(input)
        }
        return present(await getDelivery(db, params.id), call)
      },
    }),
  ]
}

/** An earlier version is brought back by who may approve: what they ordered is theirs to run and to stop. */
function mayRun({ principal, lang }: Call, { restore }: Delivery['options']): void {
  const right = restore === undefined ? 'survey.load' : 'survey.approve'
  if (principal.rights.has(right)) return
  throw problem('right.missing', { right: rights[right][lang === 'zh' ? 0 : 1], rightCode: right })
}

function sameKind(profile: Profile | undefined, kind: DeliveryKind): void {
  if (profile && profile.kind !== kind) throw problem('profile.kind', { given: profile.kind, expected: kind })
}

/** A delivery as it is shown: findings by code carry their title in the caller's language. */
function present(delivery: Delivery, call: Call) {
  const byCode = delivery.findings.byCode.map(each => ({
    ...each,
    title: titleOf(each.code, call.lang),
  }))
  return { ...delivery, findings: { ...delivery.findings, byCode } }
}
