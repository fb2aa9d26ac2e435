/** A look into a delivery before it is loaded: what is in it, what it seems to say, and the profile one would write. */
import type { Crs } from '../../../gis/crs.ts'
import { one } from '../../core/db.ts'
import { classIndex } from '../catalog/rules.ts'
import { getDictionary, listClasses } from '../catalog/store.ts'
import { currentGeneration, listGrids } from '../grids/store.ts'
import { scopeOf } from '../orgs/rules.ts'
import { withoutParameters } from './crs-masking.ts'
import type { Finding } from './findings.ts'
import { FileFault } from './findings.ts'
import { withClassColumn } from './guess-class.ts'
import { gapsOf } from './guess-gaps.ts'
import type { PositionHint } from './hint.ts'
import { hintsOf } from './hint-ground.ts'
import { samplesOf } from './hint-sample.ts'
import { withoutOtherKinds } from './layer-kind.ts'
import type { LoadHouse } from './loading.ts'
import { namedCrs } from './local-crs.ts'
import { guessProfile, proposeCrs, resolveLayer } from './profile.ts'
import { openSources } from './readers/open.ts'
import type { SourceLayer } from './readers/source.ts'
import { unpack } from './readers/unpack.ts'
import type { Delivery, Profile } from './schema.ts'
import { listStored } from './stored-files.ts'

export interface Seen {
  layers: (ReturnType<typeof shown> & { unused: string[] })[]
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
      (await listStored(house, delivery)).map(file => file.path),
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
    const { layers } = opened
    const written = profile ?? (await guessed(house.db, delivery, layers, findings))
    const found = (finding: Finding) => findings.push(finding)
    const said = withoutOtherKinds(written, layers, found, profile === null)
    const named = await namedCrs(house.db, delivery.district, said.crs)
    findings.push(...gapsOf(said, layers, { ...(await codesOf(house.db, delivery)), named }))
    const hints = await hinted(house, delivery, layers, said, named)
    return {
      layers: layers.map(layer => ({ ...shown(layer), unused: unusedOf(said, layer, layers.length) })),
      profile: said,
      findings,
      photos: unpacked.photos.length,
      hints,
    }
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    const guess = profile ?? guessProfile(delivery.kind, [])
    return { layers: [], profile: guess, findings: [error.finding], photos: 0, hints: [] }
  } finally {
    await store.removeScratch(scratch)
  }
}

async function guessed(
  db: LoadHouse['db'],
  { kind, district }: Delivery,
  layers: SourceLayer[],
  findings: Finding[],
): Promise<Profile> {
  const plain = guessProfile(kind, layers)
  const guess = kind === 'components' ? withClassColumn(plain, layers, await classesOf(db, district)) : plain
  const proposed = proposeCrs(kind, layers)
  if (!proposed) return guess
  const field = `${proposed.x}, ${proposed.y}`
  findings.push(new FileFault('crs.proposed', layers[0]!.file, { field, detail: proposed }).finding)
  return { ...guess, crs: proposed.crs }
}

async function classesOf(db: LoadHouse['db'], district: string) {
  const { dictionary_id: id } = await one<{ dictionary_id: string }>(
    db,
    'SELECT dictionary_id FROM district WHERE code = $1',
    [district],
  )
  return classIndex(await listClasses(db, id), (await getDictionary(db, id)).name)
}

/** How codes are cut in the district. */
async function codesOf(db: LoadHouse['db'], { district, kind }: Delivery) {
  const { grids, components } = await one<{ grids: string; components: string }>(
    db,
    'SELECT grid_code_profile AS grids, component_code_profile AS components FROM district WHERE code = $1',
    [district],
  )
  return { district, codeProfile: kind === 'grids' ? grids : components }
}

/** Columns that become no field of ours. */
function unusedOf(profile: Profile, layer: SourceLayer, layers: number): string[] {
  const position = Object.values(layer.position ?? {})
  return resolveLayer(profile, layer, layers)
    .rest.map(i => layer.fields[i]!.name)
    .filter(name => !position.includes(name))
}

async function hinted(
  { db }: Pick<LoadHouse, 'db'>,
  { district, kind }: Delivery,
  layers: readonly SourceLayer[],
  profile: Profile,
  named: Crs | null,
): Promise<PositionHint[]> {
  const samples = await samplesOf(layers, profile, named)
  if (samples.length === 0) return []
  const grids = await listGrids(db, scopeOf(district), await currentGeneration(db, district))
  // of nets and names the rows themselves say where they belong
  const tellsUnjudged = kind === 'components' || kind === 'addresses'
  return hintsOf(db, district, { samples, grids, keys: 'codes', tellsUnjudged })
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
