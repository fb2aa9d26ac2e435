/**
 * 结算量: what is settled of a delivery, by class and state, in pieces, metres and square metres. Refused rows
 * were never taken, so they are in no quantity; what the inspection found wrong is taken off where the terms
 * say so. There are amounts only where there are prices. Pure.
 */
import { longest } from './sampling.ts'
import type { Brought, Quantity, SettledState, SettledUnit, Terms } from './schema.ts'

export interface SettledClass {
  class: string
  added: Quantity
  changed: Quantity
  /** Pieces alone, as they are told; they are settled in every measure. */
  unchanged: number
  ended: number
  /** Found wrong, or not there. */
  wrong: Quantity
  /** What counts, after deduction. */
  settled: Quantity
  unit: SettledUnit | null
  price: number | null
  amount: number | null
}
export interface Settlement {
  classes: SettledClass[]
  total: Omit<SettledClass, 'class' | 'unit' | 'price'>
  /** Rows that were never taken. */
  refused: number
  settle: Terms['settle']
}

export const noQuantity = (): Quantity => ({ pieces: 0, metres: 0, m2: 0 })
export const plus = (a: Quantity, b: Quantity): Quantity => ({
  pieces: a.pieces + b.pieces,
  metres: a.metres + b.metres,
  m2: a.m2 + b.m2,
})
const less = (a: Quantity, b: Quantity): Quantity => ({
  pieces: Math.max(0, a.pieces - b.pieces),
  metres: Math.max(0, a.metres - b.metres),
  m2: Math.max(0, a.m2 - b.m2),
})
const isNothing = ({ pieces, metres, m2 }: Quantity): boolean => pieces + metres + m2 === 0
const cents = (amount: number): number => Math.round(amount * 100) / 100

export interface Settling {
  brought: Readonly<Record<string, Brought>>
  unchanged: Readonly<Record<string, Quantity>>
  ended: Readonly<Record<string, Quantity>>
  /** By class and by what it was delivered as; each thing once. */
  wrong: Readonly<Record<string, Partial<Record<SettledState, Quantity>>>>
  refused: number
}

export function settle(
  { brought, unchanged, ended, wrong, refused }: Settling,
  terms: Pick<Terms, 'settle' | 'prices'>,
): Settlement {
  const codes = [brought, unchanged, ended, wrong].flatMap(each => Object.keys(each))
  const classes = [...new Set(codes)].sort().map((code): SettledClass => {
    const states: Record<SettledState, Quantity> = {
      added: brought[code]?.added ?? noQuantity(),
      changed: brought[code]?.changed ?? noQuantity(),
      unchanged: unchanged[code] ?? noQuantity(),
      ended: ended[code] ?? noQuantity(),
    }
    const off = wrong[code] ?? {}
    // what is not settled anyway takes nothing off what is
    const counts = (state: SettledState) =>
      terms.settle.deductWrong ? less(states[state], off[state] ?? noQuantity()) : states[state]
    const settled = [...new Set(terms.settle.states)].map(counts).reduce(plus, noQuantity())
    const price = longest(terms.prices, code)
    return {
      class: code,
      added: states.added,
      changed: states.changed,
      unchanged: states.unchanged.pieces,
      ended: states.ended.pieces,
      wrong: Object.values(off).reduce(plus, noQuantity()),
      settled,
      unit: price?.unit ?? null,
      price: price?.price ?? null,
      amount: price
        ? cents(
            settled[price.unit === 'piece' ? 'pieces' : price.unit === 'metre' ? 'metres' : 'm2'] *
              price.price,
          )
        : null,
    }
  })
  return { classes, total: totalOf(classes), refused, settle: terms.settle }
}

function totalOf(classes: readonly SettledClass[]): Settlement['total'] {
  const sum = (of: (each: SettledClass) => Quantity) => classes.map(of).reduce(plus, noQuantity())
  const number = (of: (each: SettledClass) => number) => classes.reduce((all, each) => all + of(each), 0)
  return {
    added: sum(each => each.added),
    changed: sum(each => each.changed),
    unchanged: number(each => each.unchanged),
    ended: number(each => each.ended),
    wrong: sum(each => each.wrong),
    settled: sum(each => each.settled),
    // a sum of which parts have no price is no sum; what is not settled needs none
    amount:
      classes.some(each => each.amount !== null) &&
      classes.every(each => each.amount !== null || isNothing(each.settled))
        ? cents(number(each => each.amount ?? 0))
        : null,
  }
}

/** Several settlements as one: of a contractor over a period. Prices that differ between them are not told, amounts are added. */
export function sumOf(settlements: readonly Settlement[]): Pick<Settlement, 'classes' | 'total' | 'refused'> {
  const byCode = Map.groupBy(
    settlements.flatMap(each => each.classes),
    each => each.class,
  )
  const classes = [...byCode]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, all]): SettledClass => {
      const { classes: _, ...summed } = { classes: all, ...totalOf(all) }
      const [first] = all
      const alike = all.every(each => each.price === first!.price && each.unit === first!.unit)
      return { class: code, ...summed, unit: alike ? first!.unit : null, price: alike ? first!.price : null }
    })
  return {
    classes,
    total: totalOf(classes),
    refused: settlements.reduce((sum, each) => sum + each.refused, 0),
  }
}
