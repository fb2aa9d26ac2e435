/**
 * What can be done with a delivery: create it, take it up for loading, end its load (deciding.ts: publish it or send it back).
 *
 *   received -> loading -> published            (the district lets loads count at once)
 *                       -> checked -> published | rejected
 *                       -> failed | cancelled    (load again)
 */
import { one, type Queryable } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import type { Reach } from '../orgs/rules.ts'
import { dropBatch } from '../registry/commands.ts'
import { isInspected } from './acceptance/store.ts'
import { keepParameters, ownerOf } from './crs-parameters.ts'
import { actorOf, type LoadHouse } from './loading.ts'
import type { Delivery, DeliveryKind, DeliveryState, LoadOptions, Profile } from './schema.ts'
import { getDelivery } from './store.ts'

export async function createDelivery(
  db: LoadHouse['db'],
  input: {
    district: string
    kind: DeliveryKind
    name: string
    contractor: string | null
    firmId?: string | null
    packageId?: string | null
    profile: Profile | null
    /** The registry's version it brings back. */
    restore?: number
    /** How many of its sender's may wait to be loaded, this one with them. */
    mostOpen?: number
    actor: string
    /** Whose kept parameters its profile may name. */
    reach?: Reach
  },
): Promise<Delivery> {
  const id = newId()
  await db.transaction(async tx => {
    await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [input.district])
    if (input.mostOpen !== undefined) await fewOpen(tx, input.actor, input.mostOpen)
    const profile = await keepParameters(tx, input.profile, {
      ...input,
      reach: input.reach ?? 'all',
      owner: ownerOf({ firmId: input.firmId ?? null, createdBy: input.actor }),
    })
    const { no } = await one<{ no: number }>(
      tx,
      `INSERT INTO delivery (district, id, no, kind, name, contractor, state, profile, created_by, options, firm_id, package_id)
       SELECT $1, $2::uuid, coalesce(max(no), 0) + 1, $3, $4, $5, 'received', $6::jsonb, $7, $8::jsonb, $9::uuid, $10::uuid
       FROM delivery WHERE district = $1 RETURNING no`,
      [
        input.district,
        id,
        input.kind,
        input.name,
        input.contractor,
        profile && JSON.stringify(profile),
        input.actor,
        JSON.stringify(input.restore === undefined ? {} : { restore: input.restore }),
        input.firmId ?? null,
        input.packageId ?? null,
      ],
    )
    await append(tx, input.district, input.actor, [
      { kind: 'delivery.received', data: { delivery: id, no, kind: input.kind } },
    ])
  })
  return getDelivery(db, id)
}

/** @throws delivery.open where an account has so many deliveries that it announced and did not load */
async function fewOpen(tx: Queryable, actor: string, most: number): Promise<void> {
  const { n } = await one<{ n: number }>(
    tx,
    `SELECT count(*)::int AS n FROM delivery WHERE created_by = $1 AND state = 'received'`,
    [actor],
  )
  if (n >= most) throw problem('delivery.open', { n })
}

/** Folder of the file store a delivery's files lie in. */
export const folderOf = (delivery: Pick<Delivery, 'district' | 'id'>): string =>
  `deliveries/${delivery.district}/${delivery.id}`

const LOADABLE: readonly DeliveryState[] = ['received', 'checked', 'failed', 'cancelled']

/**
 * Takes a delivery up for loading; the job that follows reads it. Rows that a supervisor looks at stay until he
 * gives his word or releases them: nobody loads his way out of what is found.
 * @throws delivery.state, inspection.open
 */
export async function startLoad(
  db: LoadHouse['db'],
  id: string,
  input: { profile?: Profile; options: LoadOptions; actor: string; reach?: Reach },
): Promise<Delivery> {
  const delivery = await getDelivery(db, id)
  const former = delivery.batchNo
  await db.transaction(async tx => {
    await tx.query('SELECT 1 FROM delivery WHERE district = $1 AND id = $2::uuid FOR UPDATE', [
      delivery.district,
      id,
    ])
    if (await isInspected(tx, delivery)) throw problem('inspection.open', { no: delivery.no })
    const profile = await keepParameters(tx, input.profile, {
      district: delivery.district,
      actor: input.actor,
      reach: input.reach ?? 'all',
      owner: ownerOf(delivery),
    })
    const rows = await tx.query(
      `UPDATE delivery SET state = 'loading', profile = coalesce($3::jsonb, profile), heard_at = now(),
       options = $4::jsonb || jsonb_strip_nulls(jsonb_build_object('restore', options->'restore')),
       progress = '{"phase":"waiting"}', counts = '{}', findings = '{}', files = '[]', reason = NULL, batch_no = NULL,
       decided_at = NULL, decided_by = NULL, started_by = $6, crs_version = NULL, senders = CASE WHEN $6 = ANY(senders) THEN senders ELSE array_append(senders, $6) END
     WHERE district = $1 AND id = $2::uuid AND state = ANY($5::text[]) RETURNING id`,
      [
        delivery.district,
        id,
        profile ? JSON.stringify(profile) : null,
        JSON.stringify(input.options),
        LOADABLE,
        input.actor,
      ],
    )
    if (rows.length === 0) throw problem('delivery.state', { state: delivery.state, action: 'loaded' })
    await append(tx, delivery.district, input.actor, [
      { kind: 'load.started', data: { delivery: id, no: delivery.no } },
    ])
  })
  if (former !== null) await dropBatch(db, delivery.district, former)
  await forgetFindings(db, delivery)
  return getDelivery(db, id)
}

/** Findings one statement removes. */
const FORGET_AT_ONCE = 5_000

/** Makes room for those of the load that begins. */
export async function forgetFindings(
  db: Queryable,
  { district, no }: Pick<Delivery, 'district' | 'no'>,
): Promise<void> {
  const { last } = await one<{ last: number }>(
    db,
    'SELECT coalesce(max(no), 0) AS last FROM finding WHERE district = $1 AND delivery_no = $2',
    [district, no],
  )
  for (let after = 0; after < last; after += FORGET_AT_ONCE) {
    await db.query('DELETE FROM finding WHERE district = $1 AND delivery_no = $2 AND no > $3 AND no <= $4', [
      district,
      no,
      after,
      after + FORGET_AT_ONCE,
    ])
  }
}

/**
 * Takes a load that waits for its turn. Of several who try, one gets it; nobody gets one that was ended meanwhile.
 * @returns whether it is the caller's to run
 */
export async function takeLoad(db: LoadHouse['db'], delivery: Delivery): Promise<boolean> {
  const mine = await db.query(
    `UPDATE delivery SET progress = '{"phase":"opening"}', heard_at = now()
     WHERE district = $1 AND id = $2::uuid AND state = 'loading' AND progress->>'phase' = 'waiting' RETURNING id`,
    [delivery.district, delivery.id],
  )
  return mine.length === 1
}

/** Says that a load goes on, and with it that those waiting behind it do. */
export async function hearLoad(
  db: LoadHouse['db'],
  delivery: Delivery,
  progress: Delivery['progress'],
): Promise<void> {
  await updateDelivery(db, delivery, { progress }, 'loading')
  await db.query(
    `UPDATE delivery SET heard_at = now() WHERE state = 'loading' AND progress->>'phase' = 'waiting'`,
  )
}

/**
 * Changes what is known of a running or finished load.
 * @param from only while it is in this state
 * @returns whether it was
 */
export async function updateDelivery(
  db: Queryable,
  delivery: Pick<Delivery, 'district' | 'id'>,
  change: Partial<
    Pick<
      Delivery,
      'state' | 'progress' | 'counts' | 'files' | 'findings' | 'batchNo' | 'version' | 'reason' | 'crsVersion'
    >
  >,
  from?: DeliveryState,
): Promise<boolean> {
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value))
  const changed = await db.query(
    `UPDATE delivery SET heard_at = now(), state = coalesce($3, state), progress = coalesce($4::jsonb, progress),
       counts = coalesce($5::jsonb, counts), files = coalesce($6::jsonb, files), findings = coalesce($7::jsonb, findings),
       batch_no = coalesce($8::int, batch_no), version = coalesce($9::int, version), reason = coalesce($10, reason),
       crs_version = coalesce($12::int, crs_version)
     WHERE district = $1 AND id = $2::uuid AND ($11::text IS NULL OR state = $11) RETURNING id`,
    [
      delivery.district,
      delivery.id,
      change.state ?? null,
      json(change.progress),
      json(change.counts),
      json(change.files),
      json(change.findings),
      change.batchNo ?? null,
      change.version ?? null,
      change.reason ?? null,
      from ?? null,
      change.crsVersion ?? null,
    ],
  )
  return changed.length === 1
}

/**
 * Ends a load that is still under way, and says so in the journal, in the caller's transaction.
 * @returns false when it was ended already
 */
export async function endLoad(
  tx: Queryable,
  delivery: Delivery,
  state: DeliveryState,
  result: Omit<Parameters<typeof updateDelivery>[2], 'state'>,
  /** Who cancelled it, where somebody did. */
  actor = actorOf(delivery),
): Promise<boolean> {
  if (!(await updateDelivery(tx, delivery, { ...result, state }, 'loading'))) return false
  await append(tx, delivery.district, actor, [
    { kind: `delivery.${state}`, data: { delivery: delivery.id, no: delivery.no } },
  ])
  return true
}

/** Forgets a delivery that nobody has begun to load. @returns whether it still waited */
export async function cancelReceived(
  db: LoadHouse['db'],
  delivery: Delivery,
  actor: string,
): Promise<boolean> {
  return db.transaction(async tx => {
    if (!(await updateDelivery(tx, delivery, { state: 'cancelled' }, 'received'))) return false
    await append(tx, delivery.district, actor, [
      { kind: 'delivery.cancelled', data: { delivery: delivery.id, no: delivery.no } },
    ])
    return true
  })
}
