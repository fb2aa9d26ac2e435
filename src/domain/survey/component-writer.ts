/**
 * Rows that passed, as they land: in COPY form for `component` and, of points, `placement`. A row that says what the
 * registry has already is taken back.
 */
import { ewkbSize, writeEwkb } from '../../../gis/ewkb.ts'
import type { Geometry } from '../../../gis/geometry.ts'
import type { CopyWriter } from '../../core/copy.ts'
import type { ComponentClass } from '../catalog/schema.ts'
import { writePlacement } from '../registry/placing.ts'
import { COMPONENT_COLUMNS, type PlacementReason } from '../registry/schema.ts'
import { textHash } from './checks/near.ts'
import type { ComponentContext } from './component-context.ts'
import type { DecodedRow } from './component-row.ts'
import type { DeliveredUnits } from './component-units.ts'
import type { DeliveredDates } from './component-words.ts'

const SRID = 4490

export type RowOutcome = 'refused' | 'unchanged' | 'added' | 'changed'

/** A row as it is written, beside what `DecodedRow` says of it. */
export interface Decoded {
  /** 16 bytes. */
  id: Uint8Array
  key: string
  code: string | null
  surveyNo: string | null
  class: ComponentClass
  geometry: Geometry
  place: number | PlacementReason | null
  state: string | null
  currency: string | null
  units: DeliveredUnits
  dates: DeliveredDates
}

/** Writes rows in COPY form; those that are as they were are taken back. */
export function componentWriter(
  { batch, components: out, placements, placer }: ComponentContext,
  row: DecodedRow,
  fileNo: number,
): (decoded: Decoded, before: bigint | null) => RowOutcome {
  const { district, part, generation, no } = batch
  return (
    { id, key, code, surveyNo, class: ofClass, geometry, place, state, currency, units, dates },
    before,
  ) => {
    const start = out.bytes
    out.row(COMPONENT_COLUMNS.length)
    out.text(district)
    out.int4(part)
    out.int4(no)
    out.uuid(id)
    out.int2(fileNo)
    out.int4(row.source.row)
    out.bool(before !== null)
    out.text(surveyNo)
    out.text(key)
    // under which key a row without a code is known is no matter of what it says
    const hashed = out.bytes
    out.text(code)
    out.text(ofClass.code)
    out.text(row.given('name'))
    const { view, offset } = out.reserve(ewkbSize(geometry))
    writeEwkb(view, offset, geometry, SRID)
    out.text(state)
    out.text(currency)
    for (const unit of units.ids) out.uuid(unit)
    out.text(units.states)
    out.date(dates.surveyedOn)
    out.date(dates.changedOn)
    out.text(row.given('source'))
    out.text(row.given('picture'))
    out.text(row.given('note'))
    out.text(row.given('statedGrid'))
    const content = writeAttributes(out, row.attributes, hashed) ^ numberHash(surveyNo)
    if (content === before) {
      out.rewind(start)
      return 'unchanged'
    }
    out.int8(content)
    if (geometry.type === 'Point') {
      const gridId = typeof place === 'number' ? placer.areas[place]!.id : null
      // a district may take what lies far away
      const reason = typeof place === 'number' ? null : (place ?? 'outside')
      writePlacement(placements, {
        district,
        part,
        generation,
        batch: no,
        componentId: id,
        gridId,
        reason,
        touched: null,
      })
    }
    return before === null ? 'added' : 'changed'
  }
}

/**
 * Writes what has no column of its own, and hashes it with all from `hashed` on. A number is the same as its text: one
 * format of a file has it so, the other so.
 */
function writeAttributes(out: CopyWriter, attributes: Record<string, unknown>, hashed: number): bigint {
  if (isEmpty(attributes)) {
    out.null()
    return out.hashFrom(hashed)
  }
  const numbers = Object.entries(attributes).filter(([, value]) => typeof value === 'number')
  if (numbers.length === 0) {
    out.jsonb(attributes)
    return out.hashFrom(hashed)
  }
  const start = out.bytes
  out.jsonb({
    ...attributes,
    ...Object.fromEntries(numbers.map(([name, value]) => [name, String(value)])),
  })
  const hash = out.hashFrom(hashed)
  out.unwrite(start)
  out.jsonb(attributes)
  return hash
}

/** Of its number, whoever counted it. */
const numberHash = (surveyNo: string | null): bigint =>
  surveyNo === null ? 0n : BigInt(textHash(surveyNo.slice(surveyNo.indexOf('#'))))

function isEmpty(attributes: Record<string, unknown>): boolean {
  for (const _ in attributes) return false
  return true
}
