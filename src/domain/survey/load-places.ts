/** Addresses and named places from files: decoded, landed unseen, published in one step. */
import { type Bbox, bboxOf } from '../../../gis/geometry.ts'
import { currentGeneration, listGrids } from '../grids/store.ts'
import { scopeOf } from '../orgs/rules.ts'
import { dropPlaces, landAddresses, landPlaces, openPlaces, publishPlaces } from '../places/commands.ts'
import { placeClassOf, placeKindOf, placeKinds } from '../places/kinds.ts'
import type { AddressDraft, PlaceDraft } from '../places/schema.ts'
import { farOutside } from '../registry/placing.ts'
import { type FieldRow, type Fields, finding, openFields } from './field-rows.ts'
import { FileFault, type Finding } from './findings.ts'
import { hintsOf } from './hint-ground.ts'
import { withoutOtherKinds } from './layer-kind.ts'
import { actorOf, type Loaded, type LoadHouse, type LoadInput } from './loading.ts'
import { openSampler, type PositionSample, sampleSize } from './position-sample.ts'
import { openSources } from './readers/open.ts'
import type { SourceRow } from './readers/source.ts'
import { type DeliveryFile, noCounts } from './schema.ts'

export async function loadPlaces(house: LoadHouse, input: LoadInput): Promise<Loaded> {
  const { db } = house
  const { district, no, kind } = input.delivery
  if (kind !== 'addresses' && kind !== 'places') throw new Error(`not places: ${kind}`)
  const grids = await listGrids(db, scopeOf(district), await currentGeneration(db, district))
  const districtGrids = grids.filter(grid => grid.level === 0)
  const far = farOutside(districtGrids)
  const counts = noCounts()
  const files: DeliveryFile[] = []
  const opened = await openSources(input.files, {
    encoding: input.profile.encoding,
    position: input.profile.position,
    signal: input.signal,
  })
  input.ledger.know(opened.layers)
  const others: Finding[] = []
  const profile = withoutOtherKinds(input.profile, opened.layers, each => others.push(each))
  await input.ledger.add([...opened.findings, ...others])
  if (districtGrids.length === 0) {
    await input.ledger.add([finding('grid.no-district', input.delivery.name, null)])
    return { counts, files, refusedWhole: true, batchNo: null }
  }
  const rowsTotal = opened.layers.reduce<number | null>(
    (sum, layer) => (sum === null || layer.rowCount === null ? null : sum + layer.rowCount),
    0,
  )
  let broken = false
  const samples: PositionSample[] = []
  const landing = await openPlaces(db, district, no, kind)
  try {
    for (const layer of opened.layers) {
      const file: DeliveryFile = { name: layer.file, bytes: null, read: 0, accepted: 0, refused: 0 }
      files.push(file)
      const findings: Finding[] = []
      const fields = openFields(layer, profile, opened.layers.length, each => findings.push(each), input.crs)
      await input.ledger.add(findings.splice(0))
      if (!fields || fields === 'skip') continue
      const sampler = openSampler({}, sampleSize(opened.layers.length))

      const draft = (row: SourceRow) =>
        draftOf(
          kind,
          fields,
          fields.read(row, each => findings.push(each)),
          far,
        )

      async function* drafts(): AsyncGenerator<(AddressDraft & PlaceDraft)[]> {
        for await (const rows of layer.rows()) {
          input.signal.throwIfAborted()
          const good: (AddressDraft & PlaceDraft)[] = []
          for (const row of rows) {
            file.read++
            sampler.offer(row)
            const one = draft(row)
            if (one) good.push(one)
            else file.refused++
          }
          counts.read += rows.length
          input.progress('reading', counts.read, rowsTotal)
          await input.ledger.add(findings.splice(0))
          yield good
        }
      }
      try {
        const land = kind === 'addresses' ? landAddresses : landPlaces
        const landed = await land(db, landing, drafts())
        counts.added += landed.landed
        counts.unchanged += landed.unchanged + landed.repeated
      } catch (error) {
        if (!(error instanceof FileFault)) throw error
        await input.ledger.add([...findings, error.finding])
        broken = true
      }
      samples.push({ file: layer.file, ...fields.reading, ...sampler.taken() })
      file.accepted = file.read - file.refused
      counts.refused += file.refused
      counts.accepted += file.accepted
    }
    input.signal.throwIfAborted()
    const hints = await hintsOf(db, district, { samples, grids, keys: 'codes' })
    await input.ledger.add(hints.map(hint => hint.finding))
    if (broken || counts.accepted === 0) {
      await dropPlaces(db, district, no)
      return { counts, files, refusedWhole: broken, batchNo: null }
    }
    const findings = await input.ledger.close()
    await db.transaction(async tx => {
      await publishPlaces(tx, district, no, actorOf(input.delivery))
      await input.ended(tx, { counts, files, findings }, counts.added > 0)
    })
    return { counts, files, refusedWhole: false, batchNo: null }
  } catch (error) {
    await dropPlaces(db, district, no).catch(left =>
      house.log.warn({ err: left }, 'places left to be dropped later'),
    )
    throw error
  }
}

function draftOf(
  kind: 'addresses' | 'places',
  { resolved }: Fields,
  row: FieldRow,
  far: (box: Bbox) => boolean,
): (AddressDraft & PlaceDraft) | null {
  const text = row.given('text')
  if (kind === 'addresses' && text === null) row.report('address.empty')
  const kindText = row.given('placeKind') ?? resolved.placeKind
  const placeKind = kindText === null ? null : placeKindOf(kindText)
  if (kind === 'places' && placeKind === null)
    row.report('place.kind', { value: kindText, detail: { rule: Object.keys(placeKinds).join(', ') } })
  if (!row.geometry) return null
  const box = bboxOf(row.geometry)
  const lonLat: [number, number] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]
  if (far(box)) row.report('position.outside', { value: lonLat.join(', '), lonLat })
  if (row.refused) return null
  const classText = row.given('placeClass')
  return {
    row: row.row,
    text: text ?? '',
    kind: placeKind ?? 'poi',
    class: classText && placeKind ? (placeClassOf(placeKind, classText) ?? classText) : null,
    name: row.given('name'),
    geometry: row.geometry,
  }
}
