/**
 * What changes in a plan that is drawn: rows and areas added by hand, and another put in the place of one
 * that cannot be reached, for a reason that is kept.
 */
import { maybe, one, type Queryable } from '../../../core/db.ts'
import { append } from '../../../core/journal.ts'
import { problem } from '../../../core/problem.ts'
import type { LoadHouse } from '../loading.ts'
import { writeArea, writeRows } from './planning.ts'
import { accuracyOf } from './sampling.ts'
import type { AreaContent, Drawn } from './schema.ts'
import { getInspection, getItem, type Inspection } from './store.ts'

type Db = LoadHouse['db']
const ITEM = 'district = $1 AND inspection_id = $2::uuid AND no = $3'

/** Items may be drawn, answered and replaced until it is decided. @throws Problem inspection.void, inspection.decided */
export async function holdOpen(
  tx: Queryable,
  { id, district }: Pick<Inspection, 'id' | 'district'>,
): Promise<Inspection> {
  await tx.query('SELECT 1 FROM inspection WHERE district = $1 AND id = $2::uuid FOR UPDATE', [district, id])
  const now = await getInspection(tx, id)
  if (now.state === 'void') throw problem('inspection.void')
  if (now.state !== 'open') throw problem('inspection.decided', { state: now.state })
  return now
}

const nextNo = async (
  tx: Queryable,
  { district, id }: Pick<Inspection, 'id' | 'district'>,
): Promise<number> =>
  (
    await one<{ no: number }>(
      tx,
      'SELECT coalesce(max(no), 0) + 1 AS no FROM inspection_item WHERE district = $1 AND inspection_id = $2::uuid',
      [district, id],
    )
  ).no

type Wanted = { componentId: string } | { area: string }

/** What a code on a plate or a map stands for. */
async function meant(tx: Queryable, { district, batchNo }: Inspection, code: string): Promise<Wanted> {
  const component = await maybe<{ id: string }>(
    tx,
    'SELECT id FROM component WHERE district = $1 AND batch = $2 AND code = $3 LIMIT 1',
    [district, batchNo, code],
  )
  if (component) return { componentId: component.id }
  const area = await maybe(tx, 'SELECT 1 FROM grid WHERE district = $1 AND level = 3 AND code = $2 LIMIT 1', [
    district,
    code,
  ])
  if (!area) throw problem('inspection.code', { code })
  return { area: code }
}

/**
 * Adds a row of the batch, or an area, that the supervisor wants to see. It is judged and told, but is no part of a rate.
 * @param wanted `code` is that of a component of the batch, else of an area
 * @returns its number
 * @throws Problem inspection.twice, component.unknown, grid.unknown, inspection.code
 */
export async function addByHand(
  db: Db,
  inspection: Inspection,
  asked: Wanted | { code: string },
  actor: string,
): Promise<number> {
  return db.transaction(async tx => {
    const { district, id, batchNo, terms } = await holdOpen(tx, inspection)
    const wanted = 'code' in asked ? await meant(tx, inspection, asked.code) : asked
    const what = 'area' in wanted ? wanted.area : wanted.componentId
    const known = await maybe<{ no: number; drawn: Drawn }>(
      tx,
      `SELECT no, drawn FROM inspection_item WHERE district = $1 AND inspection_id = $2::uuid
       AND ${'area' in wanted ? "kind = 'area' AND area = $3" : 'component_id = $3::uuid'}`,
      [district, id, what],
    )
    if (known && known.drawn !== 'reserve') throw problem('inspection.twice', { no: known.no })
    // one that waited as a reserve is looked at now, and waits no longer
    if (known)
      await tx.query(`UPDATE inspection_item SET drawn = 'hand' WHERE ${ITEM}`, [district, id, known.no])
    const no = known?.no ?? (await nextNo(tx, inspection))
    if (!known && 'area' in wanted) {
      const area = await maybe<{ name: string; present: AreaContent['present'] | null }>(
        tx,
        `SELECT g.name, i.areas->g.code->'present' AS present FROM inspection i
         JOIN grid g ON g.district = i.district AND g.level = 3 AND g.code = $3
         WHERE i.district = $1 AND i.id = $2::uuid ORDER BY g.generation DESC LIMIT 1`,
        [district, id, wanted.area],
      )
      if (!area) throw problem('grid.unknown', { code: wanted.area })
      await writeArea(tx, inspection, {
        no,
        drawn: 'hand',
        code: wanted.area,
        name: area.name,
        present: area.present ?? {},
      })
    } else if (!known && 'componentId' in wanted) {
      const { componentId } = wanted
      const change = (await isChanged(tx, inspection, componentId)) ? 'changed' : 'added'
      const row = { no, id: componentId, drawn: 'hand', measure: false, accuracy: 'B', change } as const
      if ((await writeRows(tx, { district, id, batchNo }, [row])) === 0)
        throw problem('component.unknown', { id: wanted.componentId })
      const { class: code } = await getItem(tx, inspection, no)
      const accuracy = accuracyOf(code!, terms.accuracy)
      await tx.query(`UPDATE inspection_item SET accuracy = $4 WHERE ${ITEM}`, [district, id, no, accuracy])
    }
    await append(tx, district, actor, [{ kind: 'inspection.added', data: { inspection: id, no, what } }])
    return no
  })
}

/**
 * Puts the next of the same class, or the next area, in the place of one that cannot be looked at.
 * @returns the number of the one to look at instead
 * @throws Problem inspection.item, inspection.reserve
 */
export async function replaceItem(
  db: Db,
  inspection: Inspection,
  no: number,
  { reason, actor }: { reason: string; actor: string },
): Promise<number> {
  return db.transaction(async tx => {
    const { district, id } = await holdOpen(tx, inspection)
    const item = await getItem(tx, inspection, no)
    if (item.replacedBy !== null || item.drawn === 'hand') throw problem('inspection.item', { no })
    const next = await maybe<{ no: number }>(
      tx,
      `UPDATE inspection_item SET drawn = 'replacement', measure = $5 WHERE district = $1 AND inspection_id = $2::uuid AND no = (
         SELECT min(no) FROM inspection_item WHERE district = $1 AND inspection_id = $2::uuid AND drawn = 'reserve'
           AND kind = $3 AND class IS NOT DISTINCT FROM $4) RETURNING no`,
      [district, id, item.kind, item.class, item.measure],
    )
    if (!next) throw problem('inspection.reserve', { no })
    await tx.query(`UPDATE inspection_item SET replaced_by = $4, replaced_why = $5 WHERE ${ITEM}`, [
      district,
      id,
      no,
      next.no,
      reason,
    ])
    await append(tx, district, actor, [
      { kind: 'inspection.replaced', data: { inspection: id, no, by: next.no, reason } },
    ])
    return next.no
  })
}

/** Whether the row of a batch is a new one of a component that was seen before it. */
async function isChanged(tx: Queryable, { district, batchNo }: Inspection, id: string): Promise<boolean> {
  const former = await maybe(
    tx,
    `SELECT 1 FROM component c JOIN batch o ON o.district = c.district AND o.no = c.batch
       JOIN batch b ON b.district = c.district AND b.no = $2
     WHERE c.district = $1 AND c.id = $3::uuid AND c.batch <> $2 AND o.version < coalesce(b.version, o.version + 1)
       AND (c.closed_version IS NULL OR c.closed_version >= coalesce(b.version, c.closed_version)) LIMIT 1`,
    [district, batchNo, id],
  )
  return former !== null
}
