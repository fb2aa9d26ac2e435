/**
 * Tiles of the set `addresses`: near the ground each with its text, further out counted. Who does not see the
 * ground of an address does not see it.
 */
import { buildColumns, runsInTile } from '../../../gis/columns.ts'
import { type PointSet, pointSet } from '../../../gis/point-set.ts'
import { encodeCrowd } from '../../../tiles/bins.ts'
import { HIGH, LOW } from '../../../tiles/clip.ts'
import { rowTest } from '../../../tiles/filter.ts'
import { EXTENT } from '../../../tiles/mvt.ts'
import { encodeShapes, type Shape } from '../../../tiles/shapes.ts'
import type { Sieve } from './filter.ts'
import type { Model } from './model.ts'
import { DOTS_FROM } from './rules.ts'

/** Far out, bins of 16 pixels in a tile of 512. */
const PER_SIDE = 32

/** Made at the first tile of some grids, since areas are theirs and addresses may be older. */
const made = new WeakMap<Model['grids'], { of: Model['places']; set: PointSet }>()

function pointsOf(model: Model): PointSet {
  const known = made.get(model.grids)
  if (known?.of === model.places) return known.set
  const { addresses } = model.places
  const n = addresses.length
  const lon = Float64Array.from(addresses, each => each.lonLat[0])
  const lat = Float64Array.from(addresses, each => each.lonLat[1])
  const set = pointSet(
    buildColumns({
      n,
      lon,
      lat,
      classIndex: new Uint16Array(n),
      state: new Uint16Array(n),
      id: Uint32Array.from({ length: n }, (_, i) => i),
      area: model.locators[3].locator.coveringEach(lon, lat),
    }),
  )
  made.set(model.grids, { of: model.places, set })
  return set
}

/** Of the sieve only the areas count: an address has no class and no unit. */
export function addressTile(
  model: Model,
  { areaMask }: Sieve,
  z: number,
  x: number,
  y: number,
): Uint8Array | null {
  const set = pointsOf(model)
  const filter = { areaMask }
  if (z < DOTS_FROM)
    return encodeCrowd(set, z, x, y, {
      layer: 'addresses',
      classCodes: ['address'],
      perSide: PER_SIDE,
      filter,
    })
  const { base } = set
  const test = rowTest(base, filter)
  const perUnit = EXTENT / 2 ** (32 - z)
  const shapes: Shape[] = []
  runsInTile(base, z, x, y, HIGH - EXTENT + 1, (from, to) => {
    for (let row = from; row < to; row++) {
      if (test !== null && !test(row)) continue
      const px = Math.floor(base.x[row]! * perUnit - x * EXTENT + 0.5)
      const py = Math.floor(base.y[row]! * perUnit - y * EXTENT + 0.5)
      if (px < LOW || py < LOW || px > HIGH || py > HIGH) continue
      const id = base.id[row]!
      shapes.push({
        id,
        type: 'points',
        parts: [[px, py]],
        properties: { text: model.places.addresses[id]!.text },
      })
    }
  })
  return encodeShapes('addresses', shapes)
}
