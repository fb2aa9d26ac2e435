/**
 * What was found in the field, item by item: verdicts on a row's fields, its position measured again, an area
 * walked. Positions come in any system and are kept in lon/lat; how far off they are is computed here.
 *
 *   answer -> placed (crs, local:NAME) -> deviation from the row's geometry -> item
 */
import { type Crs, findCrs, toLonLat } from '../../../../gis/crs.ts'
import { haversineM } from '../../../../gis/measure.ts'
import type { Queryable } from '../../../core/db.ts'
import { append } from '../../../core/journal.ts'
import { problem } from '../../../core/problem.ts'
import { findDistrictDictionary, listClasses } from '../../catalog/store.ts'
import { dropEvidence, takeEvidence } from '../../evidence/commands.ts'
import { withoutParameters } from '../crs-masking.ts'
import type { LoadHouse } from '../loading.ts'
import { namedCrs } from '../local-crs.ts'
import { deviationM } from './deviation.ts'
import { holdOpen } from './replanning.ts'
import { rowComplete } from './rules.ts'
import {
  type AreaAnswer,
  EXISTS,
  type MeasuredPosition,
  type PlacedSighting,
  type RowAnswer,
} from './schema.ts'
import { fieldsOf, getItem, type Inspection, type Item, type KeptAnswer } from './store.ts'
import { deliveredAs } from './surplus.ts'

/** A position further off than this is in another system, or has its axes swapped: nobody walked so far. */
const FARTHEST_M = 20_000

interface Placed {
  kept: KeptAnswer
  complete: boolean
  measured: [number, number] | null
  deviationM: number | null
}

/**
 * Keeps what was found; a later answer takes the place of an earlier one.
 * @throws Problem inspection.item, inspection.field, inspection.class, inspection.position, crs.unknown
 */
export async function answerItem(
  db: LoadHouse['db'],
  inspection: Inspection,
  no: number,
  { answer, actor }: { answer: RowAnswer | AreaAnswer; actor: string },
): Promise<Item> {
  return db.transaction(async tx => {
    const { district, id } = await holdOpen(tx, inspection)
    const item = await getItem(tx, inspection, no)
    const fits = item.kind === ('walked' in answer ? 'area' : 'row')
    if (!fits || item.replacedBy !== null) throw problem('inspection.item', { no })
    const placed =
      'walked' in answer
        ? await placedArea(tx, inspection, item, answer)
        : await placedRow(tx, district, item, answer)
    const [lon, lat] = placed.measured ?? [null, null]
    await keepPhotos(tx, { district, holderId: id, no }, { before: item.answer, after: placed.kept, actor })
    await tx.query(
      `UPDATE inspection_item SET answer = $4::jsonb, complete = $5, deviation_m = $6,
         measured = CASE WHEN $7::float8 IS NULL THEN NULL ELSE ST_SetSRID(ST_MakePoint($7::float8, $8::float8), 4490) END,
         answered_at = now(), answered_by = $9 WHERE district = $1 AND inspection_id = $2::uuid AND no = $3`,
      [district, id, no, JSON.stringify(placed.kept), placed.complete, placed.deviationM, lon, lat, actor],
    )
    await append(tx, district, actor, [
      {
        kind: 'inspection.answered',
        data: { inspection: id, no, answer: placed.kept, deviationM: placed.deviationM },
      },
    ])
    return getItem(tx, inspection, no)
  })
}

/** Photos of the answer are the inspection's from now on; such as no answer of it names any more are let go. */
async function keepPhotos(
  tx: Queryable,
  { no, ...of }: { district: string; holderId: string; no: number },
  { before, after, actor }: { before: KeptAnswer | null; after: KeptAnswer; actor: string },
): Promise<void> {
  const named = photosOf(after)
  await takeEvidence(tx, { ...of, holder: 'inspection' }, { ids: named, sentBy: actor })
  const dropped = photosOf(before).filter(id => !named.includes(id))
  if (dropped.length === 0) return
  const others = await tx.query<{ id: string }>(
    `SELECT DISTINCT p #>> '{}' AS id FROM inspection_item i
       CROSS JOIN LATERAL jsonb_path_query(i.answer, '$.**.photos[*]') p
     WHERE i.district = $1 AND i.inspection_id = $2::uuid AND i.no <> $3 AND p #>> '{}' = ANY($4::text[])`,
    [of.district, of.holderId, no, dropped],
  )
  const kept = new Set(others.map(({ id }) => id))
  const free = dropped.filter(id => !kept.has(id))
  await dropEvidence(tx, { ...of, holder: 'inspection' }, free)
}

const photosOf = (answer: KeptAnswer | null): string[] => [
  ...new Set([...(answer?.photos ?? []), ...(answer?.sightings ?? []).flatMap(each => each.photos ?? [])]),
]

async function placedRow(tx: Queryable, district: string, item: Item, answer: RowAnswer): Promise<Placed> {
  const fields = fieldsOf(item)
  const stranger = [...Object.keys(answer.verdicts), ...Object.keys(answer.found)].find(
    field => field !== EXISTS && !fields.includes(field),
  )
  if (stranger !== undefined) throw problem('inspection.field', { no: item.no, field: stranger })
  const { position, verdicts, found, note, photo, photos } = answer
  const measured = position ? await lonLatOf(tx, district, position, item) : null
  const kept: KeptAnswer = { verdicts, found, note, photo, photos }
  if (position !== undefined) kept.position = position === null ? 'impossible' : 'measured'
  return {
    kept,
    complete: rowComplete(fields, item.measure, answer),
    measured,
    deviationM: measured && item.geometry ? deviationM(item.geometry, measured) : null,
  }
}

async function placedArea(
  tx: Queryable,
  inspection: Inspection,
  item: Item,
  { walked, sightings, note }: AreaAnswer,
): Promise<Placed> {
  const { district } = inspection
  const placed: PlacedSighting[] = []
  const dictionary = await findDistrictDictionary(tx, district)
  const known = new Set((await listClasses(tx, dictionary?.id ?? '')).map(each => each.code))
  const stranger = sightings.find(each => !known.has(each.class))
  if (stranger) throw problem('inspection.class', { no: item.no, class: stranger.class })
  for (const { position, ...rest } of sightings)
    placed.push({ ...rest, lonLat: position ? await lonLatOf(tx, district, position, item) : null })
  const codes = sightings.flatMap(each => (each.kind === 'surplus' && each.code ? each.code : []))
  const delivered = await deliveredAs(tx, inspection, item.no, codes)
  return {
    kept: { walked, sightings: placed, delivered, note },
    complete: walked,
    measured: null,
    deviationM: null,
  }
}

/** @throws Problem crs.unknown, inspection.position */
async function lonLatOf(
  tx: Queryable,
  district: string,
  { x, y, crs }: MeasuredPosition,
  item: Item,
): Promise<[number, number]> {
  const [lon, lat] = toLonLat(await crsOf(tx, district, crs))(x, y)
  const far = item.geometry === null ? 0 : distance(item.geometry, [lon, lat])
  if (!Number.isFinite(lon + lat) || far > FARTHEST_M)
    throw problem('inspection.position', { no: item.no, position: `${x}, ${y}` })
  return [lon, lat]
}

function distance(geometry: NonNullable<Item['geometry']>, [lon, lat]: [number, number]): number {
  let at: unknown = geometry.coordinates
  while (Array.isArray(at) && Array.isArray(at[0])) at = at[0]
  const [x, y] = at as [number, number]
  return haversineM(x, y, lon, lat)
}

async function crsOf(tx: Queryable, district: string, stated = 'EPSG:4490'): Promise<Crs> {
  const named = await namedCrs(tx, district, stated)
  if (named) return named
  const answer = findCrs(stated)
  if (!answer.ok) throw problem('crs.unknown', { name: withoutParameters(stated.replace(/^local:/, '')) })
  return answer.crs
}
