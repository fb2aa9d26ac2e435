/** What a pilot can be asked for, and what the manifest says of the one that was made. */
import type { DefectKind } from './components/defects.ts'

export interface PilotOptions {
  /** The same seed and options give the same bytes. */
  seed?: number
  /** Components in all layers together, 500 to 15,000,000. */
  components?: number
  /** Pieces of ground that belong to no area. */
  unclaimed?: number
  /** Departmental nets with holes and overlaps. */
  legacyNets?: number
  /** Whether some rows get the faults of a real delivery. */
  defects?: boolean
}

export const defaults: Required<PilotOptions> = {
  seed: 20170807,
  components: 231_000,
  unclaimed: 0,
  legacyNets: 0,
  defects: true,
}

export interface FileEntry {
  /** Path inside the delivery; a layer inside a zip as `grids.zip/area.shp`. */
  file: string
  rows: number
  columns: string[]
}

export interface PilotManifest {
  options: Required<PilotOptions>
  district: { code: string; name: string; areaKm2: number; crs: 'EPSG:4549' }
  grids: { towns: number; villages: number; areas: number; unclaimed: number }
  components: { total: number; classes: number; byClass: Record<string, number> }
  defects: Record<DefectKind, number>
  files: FileEntry[]
}

/** Called as the work goes on; `done` and `total` count rows of components. */
export type OnProgress = (progress: { step: string; done: number; total: number }) => void
