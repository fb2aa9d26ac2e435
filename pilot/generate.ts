/**
 * Makes a fictional pilot district as the files a survey would deliver: grids, components, units,
 * classes, addresses, places and, if asked for, the nets of departments.
 *
 *   seed -> ground (plan, blocks, grids, streets, waters) -> names and codes -> files, manifest
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addressHeader, addressRows } from './addresses.ts'
import { committeePlaces } from './committees.ts'
import { isCover, surveyClasses } from './components/classes.ts'
import { extensionNames } from './components/extension-classes.ts'
import { blockLocator } from './components/locate-block.ts'
import { writeComponents } from './components/write-components.ts'
import { writeCsv } from './csv-write.ts'
import { gridRecords } from './grid-codes.ts'
import { gridLayers } from './grid-files.ts'
import { makeDistrict } from './ground/district.ts'
import { writeLayers } from './layers.ts'
import { legacyLayer } from './legacy-nets.ts'
import type { FileEntry, OnProgress, PilotManifest, PilotOptions } from './manifest.ts'
import { defaults } from './manifest.ts'
import { districtCode, districtName } from './names.ts'
import { placeLayers } from './place-files.ts'
import { placeNames } from './place-names.ts'
import type { Unit } from './units.ts'
import { unitsOf } from './units.ts'

/** Writes the delivery into `dir` (made if missing) and gives what manifest.json says. Throws RangeError for options out of range. */
export async function generatePilot(
  dir: string,
  options: PilotOptions = {},
  onProgress: OnProgress = () => {},
): Promise<PilotManifest> {
  const chosen = { ...defaults, ...options }
  checkOptions(chosen)
  const { seed, components, unclaimed, legacyNets } = chosen
  const workDir = join(dir, '.loose')
  mkdirSync(workDir, { recursive: true })
  onProgress({ step: 'district', done: 0, total: components })
  const district = makeDistrict(seed, unclaimed)
  const grids = gridRecords(seed, district)
  const names = placeNames(seed, district)
  const locate = blockLocator(district)
  const units = unitsOf(
    grids.towns.map(g => g.name),
    grids.villages.map(g => g.name),
  )
  const unitNames = new Map(units.map(u => [u.key, u.name]))
  const committees = committeePlaces(district).map((at, v) => ({ name: unitNames.get(`village${v}`)!, at }))
  const files: FileEntry[] = []
  files.push(...(await writeLayers(dir, workDir, 'grids.zip', gridLayers(grids))))
  files.push(...(await writeLayers(dir, workDir, 'places.zip', placeLayers(district, names, committees))))
  files.push(writeUnits(dir, units), writeClasses(dir))
  files.push({
    file: 'addresses.csv',
    rows: writeCsv(join(dir, 'addresses.csv'), addressHeader, addressRows(district, grids, names, locate)),
    columns: addressHeader,
  })
  if (legacyNets > 0) mkdirSync(join(dir, 'legacy'), { recursive: true })
  for (let net = 0; net < legacyNets; net++) {
    const zip = `legacy/net-${String(net + 1).padStart(2, '0')}.zip`
    files.push(...(await writeLayers(dir, workDir, zip, [legacyLayer(seed, district, net)])))
  }
  const made = await writeComponents(dir, workDir, chosen, district, grids, units, locate, onProgress)
  rmSync(workDir, { recursive: true })
  const manifest: PilotManifest = {
    options: chosen,
    district: {
      code: districtCode,
      name: districtName,
      areaKm2: Math.round(district.areaM2) / 1e6,
      crs: 'EPSG:4549',
    },
    grids: {
      towns: grids.towns.length,
      villages: grids.villages.length,
      areas: grids.areas.length,
      unclaimed: district.pieces.length,
    },
    components: { total: components, classes: surveyClasses.length, byClass: made.byClass },
    defects: made.defects,
    files: [...files, ...made.files],
  }
  writeFileSync(join(dir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

function checkOptions({ seed, components, unclaimed, legacyNets }: Required<PilotOptions>): void {
  const within = (name: string, value: number, low: number, high: number) => {
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new RangeError(`${name} must be a whole number from ${low} to ${high}, not ${value}`)
    }
  }
  within('seed', seed, 0, Number.MAX_SAFE_INTEGER)
  within('components', components, 500, 15_000_000)
  within('unclaimed', unclaimed, 0, 300)
  within('legacyNets', legacyNets, 0, 99)
}

function writeUnits(dir: string, units: readonly Unit[]): FileEntry {
  const columns = ['统一社会信用代码', '单位名称', '简称', '类型', '别名']
  const rows = units.map(u => [u.code, u.name, u.short, u.kind, u.aliases.join('|')])
  return { file: 'units.csv', rows: writeCsv(join(dir, 'units.csv'), columns, rows, 'gb18030'), columns }
}

function writeClasses(dir: string): FileEntry {
  const columns = ['code', 'name', 'nameEn', 'geometry', 'cover']
  const rows = surveyClasses
    .filter(c => c.code.startsWith('21'))
    .map(c => [c.code, c.name, extensionNames[c.code]!, c.kind, isCover(c) ? 1 : 0])
  return { file: 'classes.csv', rows: writeCsv(join(dir, 'classes.csv'), columns, rows), columns }
}
