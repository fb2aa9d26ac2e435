/**
 * Real data beside the repository (../shared/data), which is never part of it: tests that read it are
 * skipped by name where it is absent.
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FeatureCollection } from 'geojson'

const folder = fileURLToPath(new URL('../../../shared/data/', import.meta.url))

/** The folder with a slash at its end, or null where it is absent. */
export const sharedData: string | null = existsSync(folder) ? folder : null

/** Named in the title of a test that cannot run without the shared data. */
export const noData = 'skipped: ../shared/data is absent'

/** The path of a file of the shared data, or null where it is absent. */
export function sharedFile(name: string): string | null {
  return existsSync(folder + name) ? folder + name : null
}

/** A GeoJSON file of the shared data. */
export function sharedCollection(path: string): FeatureCollection {
  return JSON.parse(readFileSync(path, 'utf8'))
}
