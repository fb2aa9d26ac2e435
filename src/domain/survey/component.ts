/**
 * One delivered row to one registry row: class, code, units, state, dates, position, area. Rows that
 * pass are written in COPY form for `component` (and, for points, `placement`); everything noticed is a
 * finding, all of it even where the first refuses the row. Runs in the load's own thread; no I/O.
 *
 *   SourceRow -> code, class -> position, area -> key -> units, states, dates -> write -> same as before?
 */
import { type Geometry, shapeFault } from '../../../gis/geometry.ts'
import { distanceM } from '../../../gis/measure.ts'
import type { Reading } from '../../../gis/reading.ts'
import { newIdBytes } from '../../core/id.ts'
import type { ComponentClass } from '../catalog/schema.ts'
import { movedDistanceM } from './check-rules.ts'
import { openRequired } from './checks/required.ts'
import { openStatedGrid } from './checks/stated-grid.ts'
import { readClass } from './component-class.ts'
import { openCodes } from './component-code.ts'
import type { ComponentContext } from './component-context.ts'
import { openNearRows } from './component-near.ts'
import { openPositions } from './component-position.ts'
import { type DecodedRow, openRow } from './component-row.ts'
import { openUnits } from './component-units.ts'
import { openDates, readCurrency, readState } from './component-words.ts'
import { componentWriter, type RowOutcome } from './component-writer.ts'
import { saysWhyNowhere } from './findings.ts'
import { anchor, kindOf, middleOnEarth } from './position.ts'
import type { ResolvedLayer } from './profile.ts'
import type { SourceLayer, SourceRow } from './readers/source.ts'
import { numberKey, surveyNo } from './running-numbers.ts'
import type { SeenFirst } from './seen-keys.ts'

export interface LayerDecoder {
  /** Looks at rows before they are decoded: what only many of them together tell. */
  look(rows: readonly SourceRow[]): void
  decode(source: SourceRow): RowOutcome
  /** Tells what is known when the last row is through. */
  end(): void
}

/** A decoder for one layer. */
export function componentDecoder(
  context: ComponentContext,
  layer: SourceLayer,
  resolved: ResolvedLayer,
  reading: Reading,
  fileNo: number,
): LayerDecoder {
  const { columns, rest } = resolved
  const { known } = context
  const idBytes = new Uint8Array(16)
  const row = openRow(context, layer, resolved)
  const codeColumn = columns.code === undefined ? null : layer.fields[columns.code]!
  const codes = openCodes(context.codeProfile, context.batch.district, columns.code, codeColumn)
  const { located, placed, areasOf } = openPositions(context, layer, reading)
  const readUnits = openUnits(context.units, context.identity)
  const readDates = openDates(context.dates)
  const required = openRequired(context.rules, layer, resolved)
  const stated =
    columns.statedGrid === undefined ? null : openStatedGrid(context.statedGrids, columns.statedGrid)
  const nearRows = openNearRows(context, layer, rest, fileNo)
  const write = componentWriter(context, row, fileNo)

  return {
    look(rows) {
      codes.look(rows)
      stated?.look(rows)
    },
    decode(source) {
      const outcome = row.begin(source) ? decodeRow(source) : 'refused'
      row.end()
      return outcome
    },
    end() {
      stated?.end(row)
      row.end()
    },
  }

  function decodeRow(source: SourceRow): RowOutcome {
    const delivered = codes.read(row)
    const { code } = delivered
    const ofClass = readClass(row, context.classes, resolved.class, delivered)
    if (ofClass) context.classesSeen.add(ofClass.code)
    const geometry = source.geometry === null ? null : located(source.geometry)
    row.classCode = ofClass?.code ?? null
    row.geometry = geometry
    checkShape(row, geometry, ofClass)
    const place = geometry ? placed(geometry, source.geometry!, row.report) : null
    const key = keyOf(code, geometry, ofClass)
    // a row that is refused is not missing either
    const number = context.identity ? context.identity.surveyNo : numberOf(row)
    let before = key === null ? -1 : known.find(key)
    if (before >= 0) sayMoved(row, before, { key: key!, geometry, class: ofClass })
    else if (number !== null) before = recognise(row, number, code, geometry)
    sayRetired(row, key, before < 0)
    const state = readState(row)
    const currency = readCurrency(row)
    const units = readUnits(row)
    const dates = readDates(row)
    if (ofClass) required(row, ofClass)
    if (stated && geometry && !row.refused) stated.check(row, geometry, areasOf(geometry, place))
    if (row.refused || geometry === null || key === null || !ofClass) {
      tellPictures(row, null, code, geometry)
      return 'refused'
    }
    context.commission?.({ class: ofClass, place, newCode: before < 0 ? code : null }, row.report)
    nearRows.check(row, geometry, ofClass.code, units.owner, code)
    for (const i of rest) {
      const value = source.values[i]
      if (value !== null && value !== undefined && value !== '') row.attributes[layer.fields[i]!.name] = value
    }
    const id = context.identity?.id ?? (before < 0 ? newIdBytes(idBytes) : known.id(before, idBytes))
    tellPictures(row, id, code, geometry)
    const decoded = {
      id,
      key,
      code,
      surveyNo: number,
      class: ofClass,
      geometry,
      place,
      state,
      currency,
      units,
      dates,
    }
    const outcome = write(decoded, before < 0 ? null : known.content(before))
    if (outcome === 'unchanged') context.unchanged?.add(ofClass.code, place, () => known.text(before))
    return outcome
  }

  function numberOf(row: DecodedRow): string | null {
    const number = row.given('sourceId')
    return number === null ? null : surveyNo(context.numbersOf, number)
  }

  /** Under another code than the registry's, or its first: the number and the spot say what it is. */
  function recognise(
    row: DecodedRow,
    number: string,
    code: string | null,
    geometry: Geometry | null,
  ): number {
    const at = geometry && middleOnEarth(geometry)
    const n = at ? known.recognise(number, at) : -1
    if (n >= 0 && code !== null)
      row.report('component.recognised', {
        field: row.column('code'),
        value: code,
        detail: { number: row.given('sourceId')!, m: distanceM(at!, known.lonLat(n)).toFixed(2) },
      })
    return n
  }

  /** Far from where the registry has it: another thing's code, or a position that is wrong. */
  function sayMoved(
    row: DecodedRow,
    n: number,
    it: { key: string; geometry: Geometry | null; class: ComponentClass | null },
  ): void {
    const at = it.geometry && !context.identity && !row.refused && middleOnEarth(it.geometry)
    if (!at || !it.class) return
    const limit = movedDistanceM(context.rules, it.class.code)
    const m = distanceM(at, known.lonLat(n))
    if (!(limit > 0 && m > limit)) return
    const value = row.given('code') ?? row.given('sourceId') ?? it.key
    const field = row.column(row.given('code') === null ? 'sourceId' : 'code')
    row.report('position.moved', { field, value, detail: { m: m.toFixed(1) } })
  }

  function tellPictures(
    row: DecodedRow,
    id: Uint8Array | null,
    code: string | null,
    geometry: Geometry | null,
  ) {
    context.pictured?.add({
      ...{ id, code, geometry, fileNo, row: row.source.row },
      sourceId: row.given('sourceId'),
      picture: row.given('picture'),
      field: row.column('picture'),
    })
  }

  function checkShape(row: DecodedRow, geometry: Geometry | null, ofClass: ComponentClass | null): void {
    const { source } = row
    if (geometry === null) {
      if (!source.findings?.some(saysWhyNowhere)) row.report('geometry.missing')
      return
    }
    const reason = shapeFault(source.geometry!)
    if (reason) {
      row.report('geometry.invalid', { value: geometry.type, detail: { reason, place: `row ${source.row}` } })
      return
    }
    const allowed = ofClass && (context.rules.geometry[ofClass.code] ?? ofClass.geometry)
    if (allowed && !allowed.includes(kindOf[geometry.type]))
      row.report('geometry.type', { value: geometry.type, detail: { rule: allowed.join(' / ') } })
  }

  /** A person decided that nothing more comes under this key: it comes, and is told so. */
  function sayRetired(row: DecodedRow, key: string | null, unknown: boolean): void {
    const retired = key !== null && unknown ? context.retired.get(key) : undefined
    if (!retired) return
    const { reason, requestNo: no, retiredOn: on, otherCode } = retired
    row.report(`component.${reason}`, { value: key, detail: { no, on, other: otherCode ?? '' } })
  }

  /** What tells the component from others; one that another row of the delivery has already is refused. */
  function keyOf(
    code: string | null,
    geometry: Geometry | null,
    ofClass: ComponentClass | null,
  ): string | null {
    const sourceId = row.given('sourceId')
    const key =
      code ??
      context.identity?.key ??
      (sourceId
        ? numberKey(context.numbersOf, layer.name, sourceId)
        : geometry
          ? `@${ofClass?.code ?? '?'}:${anchor(geometry)}`
          : null)
    if (key === null || row.refused) return key
    const first = context.seen.meet(key, fileNo, row.source.row)
    if (first !== null)
      sayTwice(row, first, { field: row.column(code ? 'code' : 'sourceId'), value: code ?? sourceId ?? key })
    return key
  }

  /** Both rows are told of it: which of them is right, nobody knows here. */
  function sayTwice(
    row: DecodedRow,
    first: SeenFirst,
    { field, value }: { field: string | null; value: string },
  ): void {
    const place = (file: number, no: number) => `${context.files[file]}:${no}`
    row.report('code.duplicate', { field, value, detail: { other: place(first.file, first.row) } })
    if (first.again) return
    context.found({
      ...{ code: 'code.duplicate-kept', file: context.files[first.file]!, row: first.row },
      ...{ field: first.file === fileNo ? field : null, value, lonLat: null, class: null },
      detail: { other: place(fileNo, row.source.row) },
    })
  }
}
