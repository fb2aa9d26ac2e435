/**
 * What hints on coordinates are judged by, read from the district: its border and areas, streets with what
 * stands along them, and where the registry has the things of the sample.
 */
import { bboxOf, type LonLat } from '../../../gis/geometry.ts'
import { buildLocator, type Locator } from '../../../gis/locate.ts'
import { isMainland } from '../../../gis/mainland.ts'
import { openNearCells } from '../../../gis/near-cells.ts'
import type { Db } from '../../core/db.ts'
import type { Grid } from '../grids/schema.ts'
import { scopeOf } from '../orgs/rules.ts'
import { eachAddress, eachPlace } from '../places/store.ts'
import { positionsByCodes, positionsByIds } from '../registry/store-positions.ts'
import { needsStreets } from './displaced-hint.ts'
import type { HintGround, PositionHint } from './hint.ts'
import { unionBox } from './position.ts'
import { positionHints } from './position-hints.ts'
import type { PositionSample } from './position-sample.ts'

/** Metres: lamps and covers stand within two or three of these of the middle of a street. */
const STREET_CELL_M = 8
/** Things looked up in the registry, of each layer: far more than decide. */
const KEYS_A_LAYER = 200
/** Cells of streets below which addresses are asked too. */
const FEWEST_CELLS = 2000

/**
 * The hints of a delivery's layers, layer by layer; empty for good ones.
 * @param grids of the district, all levels
 * @param keys what tells the things of the samples: ids of the registry, or codes
 * @param tellsUnjudged whether it is said too where nothing tells if positions are shifted
 */
export async function hintsOf(
  db: Db,
  district: string,
  {
    samples,
    grids,
    keys,
    tellsUnjudged = false,
  }: {
    samples: readonly PositionSample[]
    grids: readonly Grid[]
    keys: 'ids' | 'codes'
    tellsUnjudged?: boolean
  },
): Promise<PositionHint[]> {
  const ground = groundOf(grids)
  if (!ground) return positionHints(samples, null)
  const asked = samples.flatMap(({ keys: all }) => all.filter(key => key !== null).slice(0, KEYS_A_LAYER))
  const known = await (keys === 'ids' ? positionsByIds : positionsByCodes)(db, district, asked)
  const shifted = isShiftedGround(ground.bbox)
  const asking = needsStreets(samples, known) && shifted
  const isNearStreet = asking ? await streetsOf(db, district, ground) : undefined
  return positionHints(samples, {
    ...ground,
    isNearStreet,
    known,
    tellsUnjudged: tellsUnjudged && shifted,
  })
}

/** Web maps are shifted in the mainland only. */
const isShiftedGround = ([west, south, east, north]: HintGround['bbox']): boolean =>
  isMainland((west + east) / 2, (south + north) / 2)

/** Null for a district without border. */
function groundOf(grids: readonly Grid[]): Omit<HintGround, 'known'> | null {
  const outer = grids.filter(grid => grid.level === 0)
  if (outer.length === 0) return null
  const areas = grids.filter(grid => grid.level === 3)
  const inDistrict = buildLocator(outer)
  // few deliveries state grids, and many areas take their time
  let inAreas: Locator | null = null
  return {
    bbox: unionBox(outer.map(grid => bboxOf(grid.geometry))),
    holds: (lon, lat) => inDistrict.covering(lon, lat) >= 0,
    areaAt(lon, lat) {
      inAreas ??= buildLocator(areas)
      return areas[inAreas.covering(lon, lat)]?.code ?? null
    },
  }
}

async function streetsOf(
  db: Db,
  district: string,
  { bbox }: Pick<HintGround, 'bbox'>,
): Promise<HintGround['isNearStreet']> {
  const cells = openNearCells(STREET_CELL_M, bbox)
  await eachPlace(db, scopeOf(district), ({ kind, geometry }) => {
    if (kind === 'street') cells.mark(geometry)
  })
  if (cells.size < FEWEST_CELLS)
    await eachAddress(db, scopeOf(district), ({ lonLat: [lon, lat] }: { lonLat: LonLat }) =>
      cells.mark({ type: 'Point', coordinates: [lon, lat] }),
    )
  return cells.size === 0 ? undefined : cells.isNear
}
