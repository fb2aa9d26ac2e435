/**
 * PostGIS as an oracle for pure geometry: a pool on the database WANGGE_TEST_POSTGRES names
 * (postgres://..., with the extension postgis), or null where there is none. Only temporary tables.
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FeatureCollection } from 'geojson'
import pg from 'pg'

/** Named in the title of a test that cannot run without the oracle. */
export const noOracle = 'skipped: WANGGE_TEST_POSTGRES is not set'
/** Named in the title of a test that cannot run without the shared data. */
export const noData = 'skipped: ../shared/data is absent'

/** The caller ends the pool. */
export function oracle(): pg.Pool | null {
  const url = process.env.WANGGE_TEST_POSTGRES
  return url ? new pg.Pool({ connectionString: url, max: 1 }) : null
}

/** The path of a file of the shared data, or null where that data is absent. */
export function sharedFile(name: string): string | null {
  const path = fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url))
  return existsSync(path) ? path : null
}

/** A GeoJSON file of the shared data. */
export function sharedCollection(path: string): FeatureCollection {
  return JSON.parse(readFileSync(path, 'utf8'))
}
