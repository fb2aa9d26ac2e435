/** Prices and accuracy classes as lines of text, and back. Pure. */
import type { SettledUnit, Terms } from '../api/acceptance.ts'

const units: Readonly<Record<string, SettledUnit>> = {
  件: 'piece', 个: 'piece', piece: 'piece', 米: 'metre', m: 'metre', metre: 'metre', 平方米: 'm2', m2: 'm2', 'm²': 'm2',
} // biome-ignore format: a table

export type Parsed<T> = { ok: true; value: T } | { ok: false; n: number; line: string }

function parse<T>(text: string, each: (words: string[]) => [string, T] | null): Parsed<Record<string, T>> {
  const value: Record<string, T> = {}
  for (const [i, line] of text.split('\n').entries()) {
    const words = line
      .normalize('NFKC')
      .trim()
      .split(/[\s,，;；]+/)
      .filter(Boolean)
    if (words.length === 0) continue
    const read = /^[0-9A-Za-z]{2,10}$/.test(words[0]!) ? each(words) : null
    if (!read) return { ok: false, n: i + 1, line: line.trim() }
    value[read[0]] = read[1]
  }
  return { ok: true, value }
}

export const parsePrices = (text: string): Parsed<Terms['prices']> =>
  parse(text, ([code, unit, price, ...rest]) => {
    const known = Object.hasOwn(units, unit ?? '') ? units[unit!]! : null
    const number = Number(price)
    return known && price !== undefined && rest.length === 0 && number >= 0 && number <= 1e9
      ? [code!, { unit: known, price: number }]
      : null
  })
export const parseAccuracy = (text: string): Parsed<Terms['accuracy']> =>
  parse(text, ([code, letter, ...rest]) => {
    const known = letter?.toUpperCase()
    return rest.length === 0 && (known === 'A' || known === 'B' || known === 'C') ? [code!, known] : null
  })

/** @param unitName of a unit in the reader's language */
export const priceLines = (prices: Terms['prices'], unitName: (unit: SettledUnit) => string): string =>
  Object.entries(prices)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { unit, price }]) => `${code} ${unitName(unit)} ${price}`)
    .join('\n')
export const accuracyLines = (accuracy: Terms['accuracy']): string =>
  Object.entries(accuracy)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, letter]) => `${code} ${letter}`)
    .join('\n')
