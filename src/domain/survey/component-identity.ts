/**
 * Which component a delivered row is: by its key (its code, else the survey's number in its layer, else class and
 * position), or, under a key that nobody knows, by the survey's number, the class and the spot. What is odd about it is
 * told: a code that stands twice, a place far from the registry's, a key that was ended.
 */
import type { Geometry } from '../../../gis/geometry.ts'
import { distanceM } from '../../../gis/measure.ts'
import type { ComponentClass } from '../catalog/schema.ts'
import { movedDistanceM } from './check-rules.ts'
import type { ComponentContext } from './component-context.ts'
import type { DecodedRow } from './component-row.ts'
import { anchor, middleOnEarth } from './position.ts'
import type { SourceLayer } from './readers/source.ts'
import { numberKey, surveyNo } from './running-numbers.ts'
import type { SeenFirst } from './seen-keys.ts'

/** What a row says of itself so far. */
export interface Said {
  code: string | null
  geometry: Geometry | null
  class: ComponentClass | null
}

export function openIdentities(
  context: ComponentContext,
  { name }: Pick<SourceLayer, 'name'>,
  fileNo: number,
) {
  const { known, identity, numbersOf } = context

  /** The survey's number with whose it is; null where nobody is named: anybody's number 1 is nobody's. */
  const numberOf = (row: DecodedRow): string | null => {
    if (identity) return identity.surveyNo
    const number = row.given('sourceId')
    return number === null || numbersOf === null ? null : surveyNo(numbersOf, number)
  }

  const keyFor = (row: DecodedRow, it: Said): string | null => {
    if (it.code !== null) return it.code
    if (identity?.key) return identity.key
    const number = row.given('sourceId')
    if (number) return numberKey(numbersOf, name, number)
    return it.geometry ? `@${it.class?.code ?? '?'}:${anchor(it.geometry)}` : null
  }

  /** Both rows are told of it: which of them is right, nobody knows here. */
  function sayTwice(row: DecodedRow, first: SeenFirst, at: { field: string | null; value: string }): void {
    const place = (file: number, no: number) => `${context.files[file]}:${no}`
    row.report('code.duplicate', { ...at, detail: { other: place(first.file, first.row) } })
    if (first.again) return
    context.found({
      ...{ code: 'code.duplicate-kept', file: context.files[first.file]!, row: first.row },
      ...{ field: first.file === fileNo ? at.field : null, value: at.value, lonLat: null, class: null },
      detail: { other: place(fileNo, row.source.row) },
    })
  }

  return {
    numberOf,

    /** What tells the component from others; one that another row of the delivery has already is refused. */
    keyOf(row: DecodedRow, it: Said): string | null {
      const key = keyFor(row, it)
      if (key === null || row.refused) return key
      const first = context.seen.meet(key, fileNo, row.source.row)
      if (first !== null) {
        const field = row.column(it.code ? 'code' : 'sourceId')
        sayTwice(row, first, { field, value: it.code ?? row.given('sourceId') ?? key })
      }
      return key
    },

    /** The thing that a row of an unknown key may be by its number, class and spot, or -1. */
    candidate(row: DecodedRow, it: Said): number {
      const number = identity ? null : numberOf(row)
      if (number === null || it.geometry === null || !it.class) return -1
      const key = keyFor(row, it)
      if (key === null || known.holds(key)) return -1
      const at = middleOnEarth(it.geometry)
      return at ? known.candidate(number, at, it.class.code) : -1
    },

    /** A row without a code does not take the code of what it is. */
    sayWithheld(row: DecodedRow, n: number, code: string | null): void {
      if (code === null && known.isCoded(n))
        row.report('code.withheld', { field: row.column('code'), value: row.given('sourceId') })
    },

    sayRecognised(row: DecodedRow, n: number, it: Said): void {
      const m = distanceM(middleOnEarth(it.geometry!)!, known.lonLat(n)).toFixed(2)
      const field = row.column(it.code === null ? 'sourceId' : 'code')
      const detail = { number: row.given('sourceId')!, m }
      row.report('component.recognised', { field, value: it.code ?? row.given('sourceId'), detail })
    },

    /** Far from where the registry has it: another thing's code, or a position that is wrong. */
    sayMoved(row: DecodedRow, n: number, key: string, it: Said): void {
      const at = it.geometry && !identity && !row.refused && middleOnEarth(it.geometry)
      if (!at || !it.class) return
      const limit = movedDistanceM(context.rules, it.class.code)
      const m = distanceM(at, known.lonLat(n))
      if (!(limit > 0 && m > limit)) return
      const field = row.column(it.code === null ? 'sourceId' : 'code')
      const value = it.code ?? row.given('sourceId') ?? key
      row.report('position.moved', { field, value, detail: { m: m.toFixed(1) } })
    },

    /** A person decided that nothing more comes under this key: it comes, and is told so. */
    sayRetired(row: DecodedRow, key: string | null, unknown: boolean): void {
      const retired = key !== null && unknown ? context.retired.get(key) : undefined
      if (!retired) return
      const { reason, requestNo: no, retiredOn: on, otherCode } = retired
      row.report(`component.${reason}`, { value: key, detail: { no, on, other: otherCode ?? '' } })
    },
  }
}
