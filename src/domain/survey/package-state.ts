/** Where a package stands, from its newest delivery, and how its deadline does. Pure. */
import type { PackageState } from './package-schema.ts'
import type { DeliveryState } from './schema.ts'

const byDelivery: Record<DeliveryState, PackageState> = {
  received: 'delivered',
  loading: 'delivered',
  checked: 'checked',
  published: 'published',
  failed: 'failed',
  rejected: 'returned',
  cancelled: 'open',
}

export function packageState(accepted: boolean, newest: DeliveryState | null): PackageState {
  if (accepted) return 'accepted'
  return newest === null ? 'open' : byDelivery[newest]
}

/** Districts keep the one time of the country. */
const TIME_ZONE = 'Asia/Shanghai'
const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: TIME_ZONE })

/** The day of the district, 'YYYY-MM-DD'. */
export const dayOf = (at: Date): string => calendar.format(at)

/** Days from today to the day it is due, below zero after it; null without a deadline. */
export function daysLeft(dueOn: string | null, today: string): number | null {
  return dueOn === null ? null : Math.round((Date.parse(dueOn) - Date.parse(today)) / 86_400_000)
}

/** A package runs over when its day is past and nothing of it counts yet. */
export const isOverdue = (state: PackageState, left: number | null): boolean =>
  left !== null && left < 0 && state !== 'published' && state !== 'accepted'
