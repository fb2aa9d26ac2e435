/** Single values of a delivery read as what they mean: text, dates, states. Pure. */
import { currencies, states } from '../registry/schema.ts'
import type { SourceValue } from './readers/source.ts'

/** The value as trimmed text, or null where there is nothing. */
export function textOf(value: SourceValue | undefined): string | null {
  if (value === null || value === undefined) return null
  let text = (typeof value === 'string' ? value : String(value)).trim()
  // PostgreSQL's text holds no NUL: it is kept as its symbol
  if (text.includes('\0')) text = text.replaceAll('\0', '\u2400')
  return text === '' ? null : text
}

/**
 * A date written YYYYMMDD, YYYY-MM-DD, YYYY/M/D or YYYY年M月D日, as 'YYYY-MM-DD'.
 * @returns null for nothing, 'invalid' for what is no date of the years 1900 to 2199
 */
export function dateOf(value: SourceValue | undefined): string | null | 'invalid' {
  const text = textOf(value)
  if (text === null) return null
  let date = dates.get(text)
  if (date === undefined) {
    date = readDate(text)
    if (dates.size < REMEMBERED) dates.set(text, date)
  }
  return date
}

/** A survey has few days and many rows. */
const dates = new Map<string, string | null | 'invalid'>()
const REMEMBERED = 20_000

function readDate(text: string): string | null | 'invalid' {
  if (/^0+$/.test(text)) return null
  const match =
    /^(\d{4})(\d{2})(\d{2})$/.exec(text) ??
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:日|[ T].*)?$/.exec(text)
  if (!match) return 'invalid'
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const at = new Date(Date.UTC(year, month - 1, day))
  const real = year >= 1900 && year < 2200 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day
  return real ? at.toISOString().slice(0, 10) : 'invalid'
}

/** Days of a spreadsheet's calendar that a survey may mean: 1954 to 2100. */
const SERIALS = [20_000, 73_415] as const
/** Day 0 of that calendar, with the leap day 1900 never had. */
const SERIAL_EPOCH_MS = Date.UTC(1899, 11, 30)
const DAY_MS = 86_400_000

/** What a text that is no date is, as a finding: an empty date of a database, a spreadsheet's day number, or nonsense. */
export function dateFault(text: string): {
  code: 'date.zero' | 'date.serial' | 'date.invalid'
  detail: Record<string, string>
} {
  if (/^0[0./年月日 :T-]*0/.test(text) && !/[1-9]/.test(text)) return { code: 'date.zero', detail: {} }
  const day = /^\d{5}(\.\d+)?$/.test(text) ? Math.floor(Number(text)) : 0
  if (day < SERIALS[0] || day > SERIALS[1]) return { code: 'date.invalid', detail: {} }
  const date = new Date(SERIAL_EPOCH_MS + day * DAY_MS).toISOString().slice(0, 10)
  return { code: 'date.serial', detail: { date } }
}

const wordsOf = (table: Record<string, readonly [string, string]>): Map<string, string> => {
  const words = new Map<string, string>()
  for (const [key, [zh, en]] of Object.entries(table)) {
    words.set(zh, key)
    words.set(en, key)
    words.set(key, key)
  }
  return words
}

const stateWords = wordsOf(states)
const currencyWords = wordsOf(currencies)

/** 完好 -> intact ...; undefined for a word that is no state. */
export const stateOf = (text: string): string | undefined => stateWords.get(text.toLowerCase())
export const currencyOf = (text: string): string | undefined => currencyWords.get(text.toLowerCase())
export const stateList = [...Object.values(states).map(([zh]) => zh)].join('、')
export const currencyList = [...Object.values(currencies).map(([zh]) => zh)].join('、')
