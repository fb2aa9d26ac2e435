/** A look into a delivery before it is loaded: what is in it, what it seems to say, and the profile one would write. */
import { currentGeneration, listGrids } from '../grids/store.ts'
import { scopeOf } from '../orgs/rules.ts'
import { folderOf } from './commands.ts'
import { withoutParameters } from './crs-masking.ts'
import type { Finding } from './findings.ts'
import { FileFault } from './findings.ts'
import type { PositionHint } from './hint.ts'
import { hintsOf } from './hint-ground.ts'
import { samplesOf } from './hint-sample.ts'
import type { LoadHouse } from './loading.ts'
import { namedCrs } from './local-crs.ts'
import { guessProfile, proposeCrs } from './profile.ts'
import { openSources } from './readers/open.ts'
import type { SourceLayer } from './readers/source.ts'
import { unpack } from './readers/unpack.ts'
import type { Delivery, Profile } from './schema.ts'

export interface Seen {
  layers: ReturnType<typeof shown>[]
  profile: Profile
  findings: Finding[]
  /** How many photos came with it. */
  photos: number
  /** On the coordinates as the profile reads them. */
  hints: PositionHint[]
}

export async function inspect(
  house: Pick<LoadHouse, 'files' | 'db' | 'unpackLimits'>,
  delivery: Delivery,
  profile: Profile | null,
  signal?: AbortSignal,
): Promise<Seen> {
  const { files: store, unpackLimits } = house
  const scratch = await store.scratch()
  try {
    const unpacked = await unpack(
      (await store.list(folderOf(delivery))).map(file => file.path),
      scratch,
      unpackLimits,
      signal,
    )
    const opened = await openSources(unpacked.files, {
      encoding: profile?.encoding,
      position: profile?.position,
      signal,
    })
    const findings = [...unpacked.findings, ...opened.findings]
    const guess = profile ?? guessed(delivery, opened.layers, findings)
    const hints = await hinted(house, delivery, opened.layers, guess)
    const photos = unpacked.photos.length
    return { layers: opened.layers.map(shown), profile: guess, findings, photos, hints }
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    const guess = profile ?? guessProfile(delivery.kind, [])
    return { layers: [], profile: guess, findings: [error.finding], photos: 0, hints: [] }
  } finally {
    await store.removeScratch(scratch)
  }
}

function guessed({ kind }: Delivery, layers: SourceLayer[], findings: Finding[]): Profile {
  const guess = guessProfile(kind, layers)
  const proposed = proposeCrs(kind, layers)
  if (!proposed) return guess
  const field = `${proposed.x}, ${proposed.y}`
  findings.push(new FileFault('crs.proposed', layers[0]!.file, { field, detail: proposed }).finding)
  return { ...guess, crs: proposed.crs }
}

async function hinted(
  { db }: Pick<LoadHouse, 'db'>,
  { district }: Delivery,
  layers: readonly SourceLayer[],
  profile: Profile,
): Promise<PositionHint[]> {
  const samples = await samplesOf(layers, profile, await namedCrs(db, district, profile.crs))
  if (samples.length === 0) return []
  const grids = await listGrids(db, scopeOf(district), await currentGeneration(db, district))
  return hintsOf(db, district, { samples, grids, keys: 'codes' })
}

function shown(layer: SourceLayer) {
  const { file, name, fields, geometryKind, rowCount, encoding, crs, sample } = layer
  return {
    file,
    name,
    fields,
    geometryKind,
    rowCount,
    encoding,
    crs: crs.kind === 'wkt' ? { ...crs, wkt: withoutParameters(crs.wkt) } : crs,
    sample: sample.map(row => {
      const [x, y] = row.geometry?.type === 'Point' ? row.geometry.coordinates : []
      return { row: row.row, values: row.values, x: x ?? null, y: y ?? null }
    }),
  }
}
