/** Samples of where things lie, taken from the layers of a delivery that is looked into before it is loaded. */
import type { Crs } from '../../../gis/crs.ts'
import { quietCrs, readingOf } from './crs.ts'
import { FileFault } from './findings.ts'
import { openSampler, type PositionSample, sampleSize } from './position-sample.ts'
import { resolveLayer } from './profile.ts'
import type { SourceLayer } from './readers/source.ts'
import type { Profile } from './schema.ts'

/** A person waits: a large layer is judged by its beginning, and a large delivery by what was read in time. */
const ROWS_A_LAYER = 60_000
const TIME_MS = 4000

/** Of the layers that the profile reads and that lie in a system that can be read. */
export async function samplesOf(
  layers: readonly SourceLayer[],
  profile: Profile,
  named: Crs | null,
): Promise<PositionSample[]> {
  const samples: PositionSample[] = []
  const until = performance.now() + TIME_MS
  for (const layer of layers) {
    if (performance.now() > until) break
    const { columns, skip } = resolveLayer(profile, layer, layers.length)
    const crs = quietCrs(layer, profile, named)
    if (skip || crs === undefined || layer.geometryKind === 'none') continue
    const sampler = openSampler(columns, sampleSize(layers.length))
    await offerRows(layer, sampler.offer, until)
    const reading = crs
      ? readingOf(profile, crs)
      : { crs, swapAxes: profile.swapAxes ?? false, degrees: 'decimal' as const }
    samples.push({ file: layer.file, ...reading, ...sampler.taken() })
  }
  return samples
}

async function offerRows(
  layer: SourceLayer,
  offer: ReturnType<typeof openSampler>['offer'],
  until: number,
): Promise<void> {
  let read = 0
  try {
    for await (const rows of layer.rows()) {
      for (const row of rows) offer(row)
      read += rows.length
      if (read >= ROWS_A_LAYER || performance.now() > until) break
    }
  } catch (error) {
    // a layer that ends too early is told when it is loaded
    if (!(error instanceof FileFault)) throw error
  }
}
