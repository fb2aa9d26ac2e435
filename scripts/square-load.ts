/** One delivery of the square district taken in through the house's own socket, to its end. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../src/app.ts'
import { clientOf } from '../src/cli/house.ts'
import { loadDelivery, type ShownDelivery } from '../src/cli/load.ts'
import { SQUARE, squareProfile } from './square.ts'

/** @throws Error where it does not end as `wanted` */
export async function takeIn(
  app: App,
  dir: string,
  kind: 'grids' | 'components',
  name: string,
  text: string,
  wanted: readonly ShownDelivery['state'][],
): Promise<ShownDelivery> {
  const file = join(dir, `${name}.${kind === 'grids' ? 'geojson' : 'csv'}`)
  const profile = join(dir, 'profile.json')
  await writeFile(file, text)
  await writeFile(profile, JSON.stringify(squareProfile))
  const { delivery } = await loadDelivery(clientOf(app.socket), {
    kind,
    files: [file],
    district: SQUARE,
    options: {},
    ...(kind === 'components' ? { profile } : {}),
  })
  if (!wanted.includes(delivery.state)) throw new Error(`${name} is ${delivery.state}, not ${wanted}`)
  return delivery
}
