/** A look into a delivery before it is loaded: what is in it, what it seems to say, and the profile one would write. */
import { folderOf } from './commands.ts'
import type { Finding } from './findings.ts'
import { FileFault } from './findings.ts'
import type { LoadHouse } from './loading.ts'
import { guessProfile, proposeCrs } from './profile.ts'
import { openSources } from './readers/open.ts'
import type { SourceLayer } from './readers/source.ts'
import { unpack } from './readers/unpack.ts'
import type { Delivery, Profile } from './schema.ts'

export async function inspect(
  { files: store, unpackLimits }: Pick<LoadHouse, 'files' | 'unpackLimits'>,
  delivery: Delivery,
  profile: Profile | null,
  signal?: AbortSignal,
): Promise<{ layers: ReturnType<typeof shown>[]; profile: Profile; findings: Finding[] }> {
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
    const seen = { layers: opened.layers.map(shown), findings }
    if (profile) return { ...seen, profile }
    const { kind } = delivery
    const guess = guessProfile(kind, opened.layers)
    const proposed = proposeCrs(kind, opened.layers)
    if (!proposed) return { ...seen, profile: guess }
    const field = `${proposed.x}, ${proposed.y}`
    findings.push(new FileFault('crs.proposed', opened.layers[0]!.file, { field, detail: proposed }).finding)
    return { ...seen, profile: { ...guess, crs: proposed.crs } }
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    return { layers: [], profile: profile ?? guessProfile(delivery.kind, []), findings: [error.finding] }
  } finally {
    await store.removeScratch(scratch)
  }
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
    crs,
    sample: sample.map(row => {
      const [x, y] = row.geometry?.type === 'Point' ? row.geometry.coordinates : []
      return { row: row.row, values: row.values, x: x ?? null, y: y ?? null }
    }),
  }
}
