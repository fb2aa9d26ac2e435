/**
 * Delivered components against those taken before them in the same delivery: `duplicate.probable`. What the
 * registry holds beside them is compared when all rows are in (near-registered.ts).
 */
import type { Geometry } from '../../../gis/geometry.ts'
import { isTrait, type Thing, withTrait } from './checks/near.ts'
import type { ComponentContext } from './component-context.ts'
import type { DecodedRow } from './component-row.ts'
import { boxOf } from './position.ts'
import type { SourceLayer } from './readers/source.ts'

interface NearRows {
  /** Compares a row that is taken, and keeps it for those to come. */
  check(
    row: DecodedRow,
    geometry: Geometry,
    classCode: string,
    owner: string | null,
    code: string | null,
  ): void
}

/** @param rest positions of the columns that become attributes */
export function openNearRows(
  { near, photoHashes, files }: Pick<ComponentContext, 'near' | 'photoHashes' | 'files'>,
  { fields }: Pick<SourceLayer, 'fields'>,
  rest: readonly number[],
  fileNo: number,
): NearRows {
  const traits = rest.filter(i => isTrait(fields[i]!.name))
  const thing: Thing = { lon: 0, lat: 0, extent: 0, class: '', owner: null, picture: null, traits: 0 }
  const itsTraits = () => thing.traits
  const point: [number, number] = [0, 0]

  /** Middle of the box; the same array for every row. */
  const middle = (geometry: Geometry) => {
    if (geometry.type === 'Point') {
      point[0] = geometry.coordinates[0]!
      point[1] = geometry.coordinates[1]!
      thing.extent = 0
      return point
    }
    const [west, south, east, north] = boxOf(geometry)
    point[0] = (west + east) / 2
    point[1] = (south + north) / 2
    thing.extent = east - west + north - south
    return point
  }
  return {
    check(row, geometry, classCode, owner, code) {
      const [lon, lat] = middle(geometry)
      const picture = row.given('picture')
      thing.lon = lon
      thing.lat = lat
      thing.class = classCode
      thing.owner = owner
      thing.picture = (picture !== null && photoHashes?.get(picture)) || picture
      const name = row.given('name')
      let sum = name === null ? 0 : withTrait(0, 'name', name)
      for (let i = 0; i < traits.length; i++) {
        const value = row.source.values[traits[i]!]
        if (value !== null && value !== undefined && value !== '')
          sum = withTrait(sum, fields[traits[i]!]!.name, value)
      }
      thing.traits = sum
      const found = near.find(thing, itsTraits)
      near.add(thing, fileNo, row.source.row)
      if (!found) return
      row.report('duplicate.probable', {
        field: row.column('code'),
        value: code,
        detail: {
          other: `${files[found.file]}:${found.row}`,
          distance: found.distanceM.toFixed(2),
          alike: found.alike,
        },
      })
    },
  }
}
