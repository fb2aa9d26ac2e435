/** An earlier version of the registry as a delivery without files: landed, and waiting or published like any other. */

import { one } from '../../core/db.ts'
import { currentGeneration, listGrids } from '../grids/store.ts'
import { scopeOf } from '../orgs/rules.ts'
import { dropBatch, openBatch } from '../registry/commands.ts'
import { listSuperseded } from '../registry/comparing.ts'
import { countClosedSince, landRestored } from '../registry/restoring.ts'
import { currentVersion } from '../registry/store.ts'
import { actorOf, type Loaded, type LoadHouse, type LoadInput } from './loading.ts'
import { noCounts } from './schema.ts'

/** @returns the batch, landed and unseen; nothing is left of it when this throws */
export async function loadRestored(
  { db, log }: LoadHouse,
  { delivery, signal, progress }: Pick<LoadInput, 'delivery' | 'signal' | 'progress'>,
  to: number,
): Promise<Loaded> {
  const { district, id: deliveryId } = delivery
  const actor = actorOf(delivery)
  const gridGeneration = await currentGeneration(db, district)
  const base = await currentVersion(db, district)
  const expectedRows = await countClosedSince(db, district, to)
  const grids = await listGrids(db, scopeOf(district), gridGeneration)
  const { dictionary_id: dictionaryId } = await one<{ dictionary_id: string }>(
    db,
    'SELECT dictionary_id FROM district WHERE code = $1',
    [district],
  )
  const batch = await openBatch(db, {
    district,
    deliveryId,
    dictionaryId,
    files: [],
    gridGeneration,
    baseVersion: base,
    expectedRows,
  })
  try {
    progress('restoring', 0, expectedRows)
    const { copied, ended } = await landRestored(db, batch, { to, base, grids, actor, signal })
    const changed = copied === 0 ? 0 : (await listSuperseded(db, batch)).length
    const counts = {
      ...noCounts(),
      read: copied,
      accepted: copied,
      added: copied - changed,
      changed,
      missing: ended,
    }
    return { counts, files: [], refusedWhole: false, batchNo: batch.no }
  } catch (error) {
    await dropBatch(db, district, batch.no).catch(left =>
      log.warn({ err: left }, 'batch left to be dropped later'),
    )
    throw error
  }
}
