/**
 * PostGIS as an oracle for pure geometry: a pool on the database WANGGE_TEST_POSTGRES names
 * (postgres://..., with the extension postgis), or null where there is none. Only temporary tables.
 */
import pg from 'pg'

/** Named in the title of a test that cannot run without the oracle. */
export const noOracle = 'skipped: WANGGE_TEST_POSTGRES is not set'

/** One connection, so that temporary tables last; the caller ends the pool. */
export function oracle(): pg.Pool | null {
  const url = process.env.WANGGE_TEST_POSTGRES
  return url ? new pg.Pool({ connectionString: url, max: 1 }) : null
}
