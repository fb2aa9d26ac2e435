/**
 * One delivered row to one registry row: class, code, units, state, dates, position, area. Rows that
 * pass are written in COPY form for `component` (and, for points, `placement`); everything noticed is a
 * finding. Runs in the load's own thread; no I/O.
 *
 *   SourceRow -> class -> code and key -> position -> area -> units, states, dates -> same as before?
 */
import { ewkbSize, writeEwkb } from '../../../gis/ewkb.ts'
import { shapeFault } from '../../../gis/geometry.ts'
import type { Reading } from '../../../gis/reading.ts'
import { newId } from '../../core/id.ts'
import { codeNamesClass } from '../catalog/codes.ts'
import { writePlacement } from '../registry/placing.ts'
import { COMPONENT_COLUMNS, type PlacementReason } from '../registry/schema.ts'
import { readCode } from './component-code.ts'
import type { ComponentContext } from './component-context.ts'
import { openPositions } from './component-position.ts'
import type { Finding, FindingCode } from './findings.ts'
import { saysWhyNowhere, severityOf } from './findings.ts'
import { anchor, kindOf } from './position.ts'
import type { ResolvedLayer } from './profile.ts'
import type { SourceLayer, SourceRow } from './readers/source.ts'
import { numberKey } from './running-numbers.ts'
import type { ProfileField } from './schema.ts'
import { currencyList, currencyOf, dateOf, stateList, stateOf, textOf } from './values.ts'

const SRID = 4490

export type RowOutcome = 'refused' | 'unchanged' | 'added' | 'changed'

/** A decoder for one layer. */
export function componentDecoder(
  context: ComponentContext,
  layer: SourceLayer,
  resolved: ResolvedLayer,
  reading: Reading,
  fileNo: number,
): (row: SourceRow) => RowOutcome {
  const { batch, classes, units, placer, components: out, codeProfile: profile } = context
  const { located, placed } = openPositions(context, layer, reading)
  const district = batch.district
  const { columns, constants } = resolved
  const codeColumn = columns.code === undefined ? null : layer.fields[columns.code]!
  const fieldName = (field: ProfileField): string | null =>
    columns[field] === undefined ? null : layer.fields[columns[field]]!.name

  return row => {
    let refused = false
    const report = (code: FindingCode, at: Partial<Finding> = {}) => {
      if (severityOf(code) === 'error') refused = true
      const value = at.value == null ? null : at.value.slice(0, 200)
      context.found({
        row: row.row,
        field: null,
        detail: {},
        lonLat: null,
        ...at,
        value,
        code,
        file: layer.file,
      })
    }
    const given = (field: ProfileField): string | null => {
      const column = columns[field]
      return (column === undefined ? null : textOf(row.values[column])) ?? constants[field] ?? null
    }
    for (const finding of row.findings ?? []) {
      context.found(finding)
      if (severityOf(finding.code) === 'error') refused = true
    }

    // code
    const code = given('code')
    const { segments, codeClass } = readCode(
      { code, raw: row.values[columns.code ?? -1], column: codeColumn, profile, district },
      report,
    )

    // class
    const stated = given('classCode') ?? resolved.class
    const name = given('className')
    const match = classes.match({ code: stated ?? codeClass, name })
    if (match.finding) {
      report(match.finding.code, {
        field: fieldName('className') ?? fieldName('classCode'),
        value: name ?? stated,
        detail: match.finding.detail,
      })
    } else if (stated !== null && !codeNamesClass(segments, match.class.code)) {
      report('code.class', {
        field: fieldName('code'),
        value: code,
        detail: { class: `${match.class.code} ${match.class.name}` },
      })
    }

    // position
    const geometry = row.geometry === null ? null : located(row.geometry)
    const fault = row.geometry && shapeFault(row.geometry)
    if (geometry === null) {
      if (!row.findings?.some(saysWhyNowhere)) report('geometry.missing')
    } else if (fault)
      report('geometry.invalid', { value: geometry.type, detail: { reason: fault, place: `row ${row.row}` } })
    else if (match.class && !match.class.geometry.includes(kindOf[geometry.type])) {
      report('geometry.type', { value: geometry.type, detail: { rule: match.class.geometry.join(' / ') } })
    }
    let place: number | PlacementReason | null = null
    if (geometry && row.geometry) place = placed(geometry, row.geometry, report)

    // identity
    const sourceId = given('sourceId')
    const key =
      code ??
      (sourceId
        ? numberKey(context.numbersOf, layer.name, sourceId)
        : geometry
          ? `@${match.class?.code ?? '?'}:${anchor(geometry)}`
          : null)
    if (key !== null && !refused) {
      const other = context.seen.get(key)
      if (other === undefined) context.seen.set(key, `${layer.file}:${row.row}`)
      else
        report('code.duplicate', {
          field: fieldName(code ? 'code' : 'sourceId'),
          value: code ?? sourceId ?? key,
          detail: { other },
        })
    }
    // a row that is refused is not missing either
    const before = key === null ? null : context.known.find(key)
    if (match.class) context.classesSeen.add(match.class.code)
    if (refused || geometry === null || key === null || !match.class) return 'refused'

    context.commission?.({ class: match.class, place, newCode: before ? null : code }, report)

    const id = before?.id ?? newId()
    const start = out.bytes
    out.row(COMPONENT_COLUMNS.length)
    out.text(district)
    out.int4(batch.part)
    out.int4(batch.no)
    out.uuid(id)
    out.int2(fileNo)
    out.int4(row.row)
    const hashed = out.bytes
    out.text(key)
    out.text(code)
    out.text(match.class.code)
    out.text(given('name'))
    const { view, offset } = out.reserve(ewkbSize(geometry))
    writeEwkb(view, offset, geometry, SRID)

    const attributes: Record<string, unknown> = {}
    const word = (
      field: 'state' | 'currency',
      read: (text: string) => string | undefined,
      rule: string,
    ): string | null => {
      const text = given(field)
      if (text === null) return null
      const known = read(text)
      if (known !== undefined) return known
      report('state.unknown', { field: fieldName(field), value: text, detail: { rule } })
      attributes[fieldName(field) ?? field] = text
      return null
    }
    out.text(word('state', stateOf, stateList))
    out.text(word('currency', currencyOf, currencyList))

    let unitStates = ''
    for (const role of ['competent', 'owner', 'maintainer'] as const) {
      const unitCode = given(`${role}Code`)
      const unitName = given(`${role}Name`)
      const found = unitCode === null && unitName === null ? null : units.find(unitCode, unitName)
      out.uuid(found?.id ?? null)
      unitStates += found?.id ? 'p' : 'u'
      if (!found) continue
      const field = fieldName(`${role}Name`) ?? fieldName(`${role}Code`)
      const raw = [unitCode, unitName].filter(part => part !== null).join(' ')
      if (!found.id) report('unit.unknown', { field, value: raw })
      else if (found.mismatch) {
        report('unit.mismatch', {
          field,
          value: raw,
          detail: { code: unitCode ?? '', name: unitName ?? '', expected: found.mismatch },
        })
      }
      if (!found.id || found.mismatch || found.matchedBy === 'alias')
        attributes[`${role}AsDelivered`] = { code: unitCode, name: unitName }
    }
    out.text(unitStates)

    const date = (field: 'surveyedOn' | 'changedOn'): string | null => {
      const column = columns[field]
      const value = (column === undefined ? null : row.values[column]) ?? constants[field]
      const read = dateOf(value)
      if (read === null && field === 'surveyedOn' && column !== undefined)
        report('date.missing', { field: fieldName(field) })
      if (read !== 'invalid') return read
      report('date.invalid', { field: fieldName(field), value: textOf(value) })
      attributes[fieldName(field) ?? field] = textOf(value)
      return null
    }
    const surveyedOn = date('surveyedOn')
    const changedOn = date('changedOn')
    if (surveyedOn && changedOn && changedOn < surveyedOn) {
      report('date.order', { field: fieldName('changedOn'), value: changedOn, detail: { other: surveyedOn } })
    }
    out.date(surveyedOn)
    out.date(changedOn)

    out.text(given('source'))
    out.text(given('picture'))
    out.text(given('note'))
    out.text(given('statedGrid'))
    for (const i of resolved.rest) {
      const value = row.values[i]
      if (value !== null && value !== undefined && value !== '') attributes[layer.fields[i]!.name] = value
    }
    let any = false
    for (const _ in attributes) {
      any = true
      break
    }
    out.jsonb(any ? attributes : null)

    const content = out.int8HashFrom(hashed)
    if (before && before.content === content) {
      out.rewind(start)
      return 'unchanged'
    }
    if (geometry.type === 'Point') {
      const area = typeof place === 'number' ? placer.areas[place]!.id : null
      const reason = typeof place === 'number' ? null : place
      writePlacement(context.placements, {
        district,
        part: batch.part,
        generation: batch.generation,
        batch: batch.no,
        componentId: id,
        gridId: area,
        reason,
        touched: null,
      })
    }
    return before ? 'changed' : 'added'
  }
}
