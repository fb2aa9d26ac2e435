/** Where delivered components lie: moved to lon/lat, judged against the district, and points placed in their area. */
import { bboxOf, eachPosition, type Geometry, mapPositions } from '../../../gis/geometry.ts'
import { type Reading, reader } from '../../../gis/reading.ts'
import { type SuspectReason, suspectPosition } from '../../../gis/suspect.ts'
import { farOutside } from '../registry/placing.ts'
import type { PlacementReason } from '../registry/schema.ts'
import type { ComponentContext } from './component-context.ts'
import type { Finding, FindingCode } from './findings.ts'
import { boxOf, firstPosition, unionBox } from './position.ts'
import type { SourceLayer } from './readers/source.ts'

const suspects: Record<SuspectReason, FindingCode> = {
  'not-finite': 'position.not-finite',
  swapped: 'position.swapped',
  'zone-prefix': 'position.zone-prefix',
}

export function openPositions(
  { districtGrids, placer }: Pick<ComponentContext, 'districtGrids' | 'placer'>,
  layer: Pick<SourceLayer, 'position'>,
  reading: Reading,
) {
  const read = reader(reading)
  const plain = !reading.swapAxes && reading.degrees === 'decimal'
  const far = farOutside(districtGrids)
  const districtBox = unionBox(districtGrids.map(grid => bboxOf(grid.geometry)))
  const field = layer.position ? Object.values(layer.position).join(', ') : null
  const single = [0]
  const none: readonly number[] = []
  return { located, placed, areasOf }

  function located(geometry: Geometry): Geometry {
    if (geometry.type === 'Point') {
      const [x, y] = geometry.coordinates as [number, number]
      return { type: 'Point', coordinates: read(x, y) }
    }
    return mapPositions(geometry, read)
  }

  /** The area of a position, and what is wrong with it. For lines and polygons only whether they are near; PostGIS places them. */
  function placed(
    geometry: Geometry,
    delivered: Geometry,
    report: (code: FindingCode, at?: Partial<Finding>) => void,
  ): number | PlacementReason | null {
    const box = boxOf(geometry)
    const [west, south, east, north] = box
    const [x, y] = firstPosition(delivered)
    const finite =
      Number.isFinite(west) && Number.isFinite(south) && Number.isFinite(east) && Number.isFinite(north)
    if (!finite) {
      report('position.not-finite', { field, value: `${x}, ${y}` })
      return null
    }
    if (far(box)) {
      const why = plain ? suspectPosition(reading.crs, x, y, districtBox) : null
      report(why ? suspects[why] : 'position.outside', { field, value: `${x}, ${y}` })
      return null
    }
    if (geometry.type !== 'Point') return null
    const place = placer.place(west, south)
    if (place === 'outside') report('position.beyond-border', { field, value: `${x}, ${y}` })
    else if (place === 'gap') report('position.gap', { field, value: `${x}, ${y}` })
    return place
  }

  /** The areas a thing lies in: of a line or polygon those of its corners and its middle, PostGIS having the last word on its place. */
  function areasOf(geometry: Geometry, place: number | PlacementReason | null): readonly number[] {
    if (geometry.type === 'Point') {
      if (typeof place !== 'number') return none
      single[0] = place
      return single
    }
    const areas = new Set<number>()
    const add = (lon: number, lat: number) => {
      const area = placer.place(lon, lat)
      if (typeof area === 'number') areas.add(area)
    }
    const [west, south, east, north] = boxOf(geometry)
    add((west + east) / 2, (south + north) / 2)
    eachPosition(geometry, add)
    return [...areas]
  }
}
