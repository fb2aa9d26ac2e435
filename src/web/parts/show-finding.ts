/** A finding on the big map; one far from the district together with it, where alone it would say nothing. */
import type { Router } from 'vue-router'
import type { Finding } from '../api/deliveries.ts'
import { district } from '../stores/district.ts'
import { look, mark, view } from '../stores/view.ts'

export async function showOnMap(router: Router, { lonLat }: Pick<Finding, 'lonLat'>): Promise<void> {
  if (!lonLat) return
  const [lon, lat] = lonLat
  const [west, south, east, north] = district.current?.bbox ?? [lon, lat, lon, lat]
  const outside = lon < west || lon > east || lat < south || lat > north
  Object.assign(view, { centre: lonLat, zoom: 18.5 })
  await router.push({ name: 'map' })
  mark.value = lonLat
  look(
    outside
      ? { bbox: [Math.min(west, lon), Math.min(south, lat), Math.max(east, lon), Math.max(north, lat)] }
      : { lonLat, zoom: 18.5 },
  )
}
