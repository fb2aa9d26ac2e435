/**
 * Running numbers (序号) tell a contractor's things apart, and no others': everybody's begin at 1. So the key
 * of a component without a code says whose number it is. Pure.
 */
import type { Delivery } from './schema.ts'

/**
 * Whose running numbers a delivery's are: the contractor it names, else the account that announced it. Null
 * where it came from this machine and names nobody.
 */
export function numbersOf(delivery: Pick<Delivery, 'contractor' | 'createdBy'>): string | null {
  const named = delivery.contractor?.normalize('NFKC').replace(/\s+/gu, ' ').trim()
  if (named) return named
  return delivery.createdBy.startsWith('account:') ? delivery.createdBy : null
}

/** What a component keeps of its number beside a code: whose it is, and the number, in whatever layer it came. */
export const surveyNo = (whose: string | null, number: string): string => `${whose ?? ''}#${number}`

/** Neither part has a slash of its own, so that no two pairs make the same key. */
export const numberKey = (whose: string | null, layer: string, number: string): string =>
  whose === null ? `${layer}#${number}` : `${whose.replaceAll('/', '\u2215')}/${layer}#${number}`
