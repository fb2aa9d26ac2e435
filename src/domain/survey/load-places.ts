/** Addresses and named places from files: decoded, landed unseen, published in one step. */
import { toLonLat } from '../../../gis/crs.ts'
import { bboxOf, type Geometry, mapPositions, shapeFault } from '../../../gis/geometry.ts'
import { currentGeneration, listGrids } from '../grids/store.ts'
import { scopeOf } from '../orgs/rules.ts'
import { dropPlaces, landAddresses, landPlaces, openPlaces, publishPlaces } from '../places/commands.ts'
import { placeClassOf, placeKindOf, placeKinds } from '../places/kinds.ts'
import type { AddressDraft, PlaceDraft } from '../places/schema.ts'
import { farOutside } from '../registry/placing.ts'
import { layerCrs } from './crs.ts'
import { FileFault, type Finding, type FindingCode, severityOf } from './findings.ts'
import type { Loaded, LoadHouse, LoadInput } from './loading.ts'
import { resolveLayer } from './profile.ts'
import { openSources } from './readers/open.ts'
import type { SourceRow } from './readers/source.ts'
import { type DeliveryFile, noCounts, type ProfileField } from './schema.ts'
import { textOf } from './values.ts'

export async function loadPlaces(house: LoadHouse, input: LoadInput): Promise<Loaded> {
  const { db } = house
  const { district, no, kind, createdBy } = input.delivery
  if (kind !== 'addresses' && kind !== 'places') throw new Error(`not places: ${kind}`)
  const grids = await listGrids(db, scopeOf(district), await currentGeneration(db, district))
  const districtGrids = grids.filter(grid => grid.level === 0)
  const far = farOutside(districtGrids)
  const counts = noCounts()
  const files: DeliveryFile[] = []
  const opened = await openSources(input.files, {
    encoding: input.profile.encoding,
    position: input.profile.position,
  })
  input.ledger.know(opened.layers)
  await input.ledger.add(opened.findings)
  if (districtGrids.length === 0) {
    await input.ledger.add([
      {
        code: 'grid.no-district',
        file: input.delivery.name,
        row: null,
        field: null,
        value: null,
        detail: {},
        lonLat: null,
      },
    ])
    return { counts, files, refusedWhole: true, batchNo: null }
  }
  const rowsTotal = opened.layers.reduce<number | null>(
    (sum, layer) => (sum === null || layer.rowCount === null ? null : sum + layer.rowCount),
    0,
  )
  let broken = false
  const landing = await openPlaces(db, district, no, kind)
  try {
    for (const layer of opened.layers) {
      const file: DeliveryFile = { name: layer.file, bytes: null, read: 0, accepted: 0, refused: 0 }
      files.push(file)
      const findings: Finding[] = []
      const resolved = resolveLayer(input.profile, layer, opened.layers.length)
      findings.push(...resolved.findings)
      const crs = resolved.skip ? null : layerCrs(layer, input.profile, found => findings.push(found))
      await input.ledger.add(findings.splice(0))
      if (!crs || resolved.findings.length > 0) continue
      const reproject = toLonLat(crs)
      const swap = input.profile.swapAxes ?? false

      const draft = (row: SourceRow): (AddressDraft & PlaceDraft) | null => {
        let refused = false
        const report = (code: FindingCode, more: Partial<Finding> = {}) => {
          refused ||= severityOf(code) === 'error'
          findings.push({
            row: row.row,
            field: null,
            value: null,
            detail: {},
            lonLat: null,
            ...more,
            code,
            file: layer.file,
          })
        }
        for (const found of row.findings ?? []) {
          findings.push(found)
          refused ||= severityOf(found.code) === 'error'
        }
        const given = (field: ProfileField): string | null => {
          const at = resolved.columns[field]
          return (at === undefined ? null : textOf(row.values[at])) ?? resolved.constants[field] ?? null
        }
        const text = given('text')
        if (kind === 'addresses' && text === null) report('address.empty')
        const kindText = given('placeKind') ?? resolved.placeKind
        const placeKind = kindText === null ? null : placeKindOf(kindText)
        if (kind === 'places' && placeKind === null) {
          report('place.kind', { value: kindText, detail: { rule: Object.keys(placeKinds).join(', ') } })
        }
        const geometry =
          row.geometry && mapPositions<Geometry>(row.geometry, swap ? (x, y) => reproject(y, x) : reproject)
        const fault = row.geometry && shapeFault(row.geometry)
        if (!geometry) report('geometry.missing')
        else if (fault)
          report('geometry.invalid', {
            value: geometry.type,
            detail: { reason: fault, place: `row ${row.row}` },
          })
        else {
          const box = bboxOf(geometry)
          const [west, south, east, north] = box
          const [lon, lat] = [(west + east) / 2, (south + north) / 2]
          if (!Number.isFinite(lon + lat)) report('position.not-finite', { value: `${west}, ${south}` })
          else if (far(box)) report('position.outside', { value: `${lon}, ${lat}`, lonLat: [lon, lat] })
        }
        if (refused || !geometry) return null
        const classText = given('placeClass')
        return {
          row: row.row,
          text: text ?? '',
          kind: placeKind ?? 'poi',
          class: classText && placeKind ? (placeClassOf(placeKind, classText) ?? classText) : null,
          name: given('name'),
          geometry,
        }
      }

      async function* drafts(): AsyncGenerator<(AddressDraft & PlaceDraft)[]> {
        for await (const rows of layer.rows()) {
          input.signal.throwIfAborted()
          const good: (AddressDraft & PlaceDraft)[] = []
          for (const row of rows) {
            file.read++
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
      file.accepted = file.read - file.refused
      counts.refused += file.refused
      counts.accepted += file.accepted
    }
    input.signal.throwIfAborted()
    if (broken || counts.accepted === 0) {
      await dropPlaces(db, district, no)
      return { counts, files, refusedWhole: broken, batchNo: null }
    }
    const findings = await input.ledger.close()
    await db.transaction(async tx => {
      await publishPlaces(tx, district, no, createdBy)
      await input.ended(tx, { counts, files, findings })
    })
    return { counts, files, refusedWhole: false, batchNo: null }
  } catch (error) {
    await dropPlaces(db, district, no).catch(left =>
      house.log.warn({ err: left }, 'places left to be dropped later'),
    )
    throw error
  }
}
