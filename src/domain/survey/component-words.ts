/** States and dates of one delivered component: what is not understood is told and kept as delivered. */
import type { ComponentContext } from './component-context.ts'
import type { DecodedRow } from './component-row.ts'
import { currencyList, currencyOf, dateFault, dateOf, stateList, stateOf, textOf } from './values.ts'

export const readState = (row: DecodedRow) => word(row, 'state', stateOf, stateList)
export const readCurrency = (row: DecodedRow) => word(row, 'currency', currencyOf, currencyList)

function word(
  row: DecodedRow,
  field: 'state' | 'currency',
  read: (text: string) => string | undefined,
  rule: string,
): string | null {
  const text = row.given(field)
  if (text === null) return null
  const known = read(text)
  if (known !== undefined) return known
  row.report('state.unknown', { field: row.column(field), value: text, detail: { rule } })
  row.attributes[row.column(field) ?? field] = text
  return null
}

export interface DeliveredDates {
  /** 'YYYY-MM-DD' */
  surveyedOn: string | null
  changedOn: string | null
}

/** @returns the same object for every row */
export function openDates({
  earliest,
  latest,
}: ComponentContext['dates']): (row: DecodedRow) => DeliveredDates {
  const read: DeliveredDates = { surveyedOn: null, changedOn: null }
  const one = (row: DecodedRow, field: 'surveyedOn' | 'changedOn'): string | null => {
    const value = row.raw(field)
    const date = dateOf(value)
    if (date === null) {
      if (field === 'surveyedOn' && row.column(field) !== null)
        row.report('date.missing', { field: row.column(field) })
      return null
    }
    const text = textOf(value)
    if (date === 'invalid') {
      const { code, detail } = dateFault(text!)
      row.report(code, { field: row.column(field), value: text, detail })
      row.attributes[row.column(field) ?? field] = text
      return null
    }
    if (date > latest)
      row.report('date.future', { field: row.column(field), value: text, detail: { latest } })
    else if (date < earliest) {
      const detail = { earliest: earliest.slice(0, 4) }
      row.report('date.too-early', { field: row.column(field), value: text, detail })
    }
    return date
  }
  return row => {
    read.surveyedOn = one(row, 'surveyedOn')
    read.changedOn = one(row, 'changedOn')
    const { surveyedOn: other, changedOn: value } = read
    if (other && value && value < other)
      row.report('date.order', { field: row.column('changedOn'), value, detail: { other } })
    return read
  }
}
