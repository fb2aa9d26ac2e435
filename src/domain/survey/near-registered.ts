/**
 * Delivered components against those the registry holds beside them: `duplicate.probable` with what is there
 * already. The delivery's things are the table that is asked; the registry streams past it by binary COPY,
 * only classes the delivery brings and of which it does not bring everything, so memory stays flat.
 *
 *   delivered things (typed arrays) <-- asked by -- each current component that the delivery does not bring
 */
import { readEwkb } from '../../../gis/ewkb.ts'
import type { Db } from '../../core/db.ts'
import { textTable } from '../../core/text-table.ts'
import type { KnownComponents } from '../registry/comparing.ts'
import { eachCurrent } from '../registry/store.ts'
import { duplicateDistanceM, type EffectiveRules } from './check-rules.ts'
import { isTrait, type NearTable, openNear, withTrait } from './checks/near.ts'
import type { Finding } from './findings.ts'
import type { PhotoHashes } from './photos/photo-name.ts'
import { boxOf } from './position.ts'

export interface DeliveredThings {
  table: NearTable
  /** 1 for each known component that the delivery brings. */
  asked: Uint8Array
  /** By file number: its name, and the column its codes stand in. */
  files: readonly string[]
  codeFields: readonly (string | null)[]
}

const COLUMNS = `c.class, c.geom, coalesce(c.code, c.key), c.owner_id, c.picture, c.name, c.attributes,
  coalesce(c.origin_batch, c.batch), c.key`

/** One finding for each delivered row that has such a neighbour, the nearest. */
export async function findRegisteredNear(
  db: Db,
  district: string,
  { table, asked, files, codeFields }: DeliveredThings,
  known: KnownComponents,
  rules: EffectiveRules,
  photoHashes: PhotoHashes | null,
): Promise<Finding[]> {
  const compared = new Set(table.classes.filter(code => duplicateDistanceM(rules, code) > 0))
  const classes = new Set<string>()
  const keys = textTable(known.marks)
  for (let i = 0; i < keys.size; i++) {
    const ofClass = known.classNames[known.classes[i]!]!
    if (asked[i] === 0 && compared.has(ofClass)) classes.add(ofClass)
  }
  if (classes.size === 0 || table.count === 0) return []
  const deliveries = await deliveryNumbers(db, district)
  const near = openNear(code => duplicateDistanceM(rules, code), table)
  const nearest = new Map<string, { distanceM: number; finding: Finding }>()
  await eachCurrent(
    db,
    district,
    COLUMNS,
    row => {
      const ofClass = row.text(2)!
      if (!classes.has(ofClass) || asked[keys.find(row.text(10)!)] !== 0) return
      const [west, south, east, north] = boxOf(readEwkb(row.bytes(3)))
      const [lon, lat] = [(west + east) / 2, (south + north) / 2]
      const owner = row.uuid(5) ?? ownerAsDelivered(row.isNull(8) ? null : row.bytes(8))
      const picture = row.text(6)
      const found = near.find(
        {
          lon,
          lat,
          extent: east - west + north - south,
          class: ofClass,
          owner,
          picture: (picture !== null && photoHashes?.get(picture)) || picture,
        },
        () => traitsOf(row.text(7), row.isNull(8) ? null : row.bytes(8)),
      )
      if (!found) return
      const at = `${found.file}:${found.row}`
      const former = nearest.get(at)
      if (former && former.distanceM <= found.distanceM) return
      const other = `${row.text(4)} (#${deliveries.get(row.int4(9)) ?? '?'})`
      nearest.set(at, {
        distanceM: found.distanceM,
        finding: {
          code: 'duplicate.probable',
          file: files[found.file]!,
          row: found.row,
          field: codeFields[found.file] ?? null,
          value: null,
          detail: { other, distance: found.distanceM.toFixed(2), alike: found.alike },
          lonLat: [lon, lat],
          class: ofClass,
        },
      })
    },
    { classes: [...classes] },
  )
  return [...nearest.values()].map(({ finding }) => finding)
}

/** Numbers of the deliveries that batches came with. */
async function deliveryNumbers(db: Db, district: string): Promise<Map<number, number>> {
  const rows = await db.query<{ batch: number; no: number }>(
    `SELECT b.no AS batch, d.no FROM batch b JOIN delivery d ON d.district = b.district AND d.id = b.delivery_id
     WHERE b.district = $1 AND b.version IS NOT NULL`,
    [district],
  )
  return new Map(rows.map(({ batch, no }) => [batch, no]))
}

/** jsonb as COPY gives it: a version byte, then the text. */
function attributesOf(bytes: Uint8Array | null): Record<string, unknown> {
  return bytes === null ? {} : JSON.parse(new TextDecoder().decode(bytes.subarray(1)))
}

/** What the delivery said of an owner the directory does not have. */
function ownerAsDelivered(bytes: Uint8Array | null): string | null {
  const said = attributesOf(bytes).ownerAsDelivered as
    | { code: string | null; name: string | null }
    | undefined
  return said ? (said.name ?? said.code) : null
}

function traitsOf(name: string | null, attributes: Uint8Array | null): number {
  let sum = name === null ? 0 : withTrait(0, 'name', name)
  for (const [field, value] of Object.entries(attributesOf(attributes)))
    if (isTrait(field)) sum = withTrait(sum, field, value)
  return sum
}
