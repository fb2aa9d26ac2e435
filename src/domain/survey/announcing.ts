/** A delivery announced: whose it is, which package it answers, and whether its sender may bring its kind. */

import { type Clock, systemClock } from '../../core/clock.ts'
import { problem } from '../../core/problem.ts'
import type { Principal } from '../../http/endpoint.ts'
import { getFirm } from '../orgs/firms.ts'
import { mayDeliver, reachOf } from '../orgs/rules.ts'
import { createDelivery } from './commands.ts'
import { type LoadHouse, standardLimits } from './loading.ts'
import { getPackage, listAskedKinds } from './packages.ts'
import type { Delivery, DeliveryKind, Profile } from './schema.ts'

/**
 * Of who works for a firm the delivery is always this firm's; others name the firm, or the package and
 * with it the firm, or nobody. Only who reaches all deliveries names a contractor that is no firm.
 * @throws firm.unknown, package.unknown, package.firm, package.accepted, package.kind, delivery.kind, delivery.open
 */
export async function announce(
  { db, intakeLimits = standardLimits }: Pick<LoadHouse, 'db' | 'intakeLimits'>,
  wish: {
    district: string
    kind: DeliveryKind
    name: string
    contractor?: string | undefined
    firm?: string | undefined
    package?: string | undefined
    profile?: Profile | undefined
  },
  principal: Principal,
  clock: Clock = systemClock,
): Promise<Delivery> {
  const { district, kind, name } = wish
  const reach = reachOf(principal, district)
  const asked =
    wish.package === undefined ? null : await getPackage(db, district, wish.package, reach, clock.now())
  if (asked?.acceptedAt) throw problem('package.accepted', { name: asked.name })
  if (asked && !asked.kinds.some(each => each === kind))
    throw problem('package.kind', { name: asked.name, kind })
  if (!mayDeliver(principal.rights, kind, asked?.kinds ?? [])) throw problem('delivery.kind', { kind })
  const own = reach === 'all' ? undefined : (reach.firm ?? undefined)
  const named = wish.firm ?? own ?? asked?.firm.id
  const firm = named === undefined ? null : await getFirm(db, district, named, reach)
  if (asked && firm && asked.firm.id !== firm.id) throw problem('package.firm', { name: asked.name })
  return createDelivery(db, {
    district,
    kind,
    name,
    contractor: firm?.name ?? (reach === 'all' ? (wish.contractor ?? null) : null),
    firmId: firm?.id ?? null,
    packageId: asked?.id ?? null,
    profile: wish.profile ?? null,
    mostOpen: intakeLimits.open,
    actor: principal.actor,
    reach,
  })
}

/**
 * A delivery that was announced is begun only by who might announce it today.
 * @throws delivery.kind
 */
export async function mustDeliver(
  { db }: Pick<LoadHouse, 'db'>,
  { district, kind, packageId }: Pick<Delivery, 'district' | 'kind' | 'packageId'>,
  { rights }: Principal,
): Promise<void> {
  const asked = packageId ? await listAskedKinds(db, district, packageId) : []
  if (!mayDeliver(rights, kind, asked)) throw problem('delivery.kind', { kind })
}
