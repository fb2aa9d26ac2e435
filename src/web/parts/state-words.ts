/** 部件状态 and 现势性 in the user's language; what the registry does not know stays as it stood. */
import { currencies, states } from '../../domain/registry/schema.ts'
import { inEnglish } from '../stores/settings.ts'
import { capital } from './format.ts'

const worded = (table: Record<string, readonly [string, string]>, key: string | null): string =>
  key === null ? '' : capital(table[key]?.[inEnglish.value ? 1 : 0] ?? key)

export const stateWord = (state: string | null): string => worded(states, state)
export const currencyWord = (currency: string | null): string => worded(currencies, currency)
/** Nothing to see to. */
export const sound = (state: string | null): boolean => state === 'intact'
