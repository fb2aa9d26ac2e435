/**
 * One delivered row to one registry row: class, code, units, state, dates, position, area. Rows that
 * pass are written in COPY form for `component` (and, for points, `placement`); everything noticed is a
 * finding, all of it even where the first refuses the row. Runs in the load's own thread; no I/O.
 *
 *   SourceRow -> code, class -> position, area -> key -> units, states, dates -> write -> same as before?
 */
import { type Geometry, shapeFault } from '../../../gis/geometry.ts'
import type { Reading } from '../../../gis/reading.ts'
import { newIdBytes } from '../../core/id.ts'
import type { ComponentClass } from '../catalog/schema.ts'
import { openRequired } from './checks/required.ts'
import { openStatedGrid } from './checks/stated-grid.ts'
import { readClass } from './component-class.ts'
import { openCodes } from './component-code.ts'
import type { ComponentContext } from './component-context.ts'
import { openIdentities } from './component-identity.ts'
import { openNearRows } from './component-near.ts'
import { openPositions } from './component-position.ts'
import { type DecodedRow, openRow } from './component-row.ts'
import { openUnits } from './component-units.ts'
import { openDates, readCurrency, readState } from './component-words.ts'
import { componentWriter, type RowOutcome } from './component-writer.ts'
import { saysWhyNowhere } from './findings.ts'
import { kindOf } from './position.ts'
import type { ResolvedLayer } from './profile.ts'
import type { SourceLayer, SourceRow } from './readers/source.ts'

export interface LayerDecoder {
  /** Looks at rows before they are decoded: what only many of them together tell. */
  look(rows: readonly SourceRow[]): void
  /**
   * @param settling whether a row may be taken for a thing of another key: then all rows that have a key of the registry
   *   must be through. Before, such a row is put off ('later'), and nothing of it is told or kept.
   */
  decode(source: SourceRow, settling?: boolean): RowOutcome | 'later'
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
  const identities = openIdentities(context, layer, fileNo)
  const write = componentWriter(context, row, fileNo)

  return {
    look(rows) {
      codes.look(rows)
      stated?.look(rows)
    },
    decode(source, settling = false) {
      const outcome = row.begin(source) ? decodeRow(source, settling) : 'refused'
      if (outcome === 'later') row.drop()
      else row.end()
      return outcome
    },
    end() {
      stated?.end(row)
      row.end()
    },
  }

  function decodeRow(source: SourceRow, settling: boolean): RowOutcome | 'later' {
    const delivered = codes.read(row)
    const { code } = delivered
    const ofClass = readClass(row, context.classes, resolved.class, delivered)
    if (ofClass) context.classesSeen.add(ofClass.code)
    const geometry = source.geometry === null ? null : located(source.geometry)
    row.classCode = ofClass?.code ?? null
    row.geometry = geometry
    const it = { code, geometry, class: ofClass }
    const other = identities.candidate(row, it)
    if (other >= 0 && !settling) return 'later'
    checkShape(row, geometry, ofClass)
    const place = geometry ? placed(geometry, source.geometry!, row.report) : null
    const key = identities.keyOf(row, it)
    // a row that is refused is not missing either
    const found = key === null ? -1 : known.find(key)
    if (found >= 0) identities.sayMoved(row, found, key!, it)
    const recognised = found < 0 ? other : -1
    const before = found < 0 ? recognised : found
    if (recognised >= 0) identities.sayWithheld(row, recognised, code)
    identities.sayRetired(row, key, before < 0)
    const state = readState(row)
    const currency = readCurrency(row)
    const units = readUnits(row)
    const dates = readDates(row)
    if (ofClass) required(row, ofClass)
    if (stated && geometry && !row.refused) stated.check(row, geometry, areasOf(geometry, place))
    if (row.refused || geometry === null || key === null || !ofClass) {
      if (recognised >= 0) known.spare(recognised)
      tellPictures(row, null, code, geometry)
      return 'refused'
    }
    context.commission?.({ class: ofClass, place, newCode: found < 0 ? code : null }, row.report)
    nearRows.check(row, geometry, ofClass.code, units.owner, code)
    for (const i of rest) {
      const value = source.values[i]
      if (value !== null && value !== undefined && value !== '') row.attributes[layer.fields[i]!.name] = value
    }
    if (row.refused) {
      if (recognised >= 0) known.spare(recognised)
      tellPictures(row, null, code, geometry)
      return 'refused'
    }
    if (recognised >= 0) known.claim(recognised)
    const id = context.identity?.id ?? (before < 0 ? newIdBytes(idBytes) : known.id(before, idBytes))
    tellPictures(row, id, code, geometry)
    const decoded = {
      id,
      key,
      code,
      surveyNo: identities.numberOf(row),
      class: ofClass,
      geometry,
      place,
      state,
      currency,
      units,
      dates,
    }
    const outcome = write(decoded, before < 0 ? null : known.content(before))
    if (recognised >= 0 && outcome !== 'unchanged') identities.sayRecognised(row, recognised, it)
    if (outcome === 'unchanged') context.unchanged?.add(ofClass.code, place, () => known.text(before))
    return outcome
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
}
