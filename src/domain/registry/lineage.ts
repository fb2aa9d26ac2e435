/**
 * Which versions' doings hold: those the current version goes back to. A restoration leaves out what stands between
 * the version it brings back and itself, until another one brings that back.
 *
 *   1  2  3  4 (back to 2)  5        holds: 1 2 5
 */

/** Ranges of versions that hold, `low` not among them, as the beginning of a statement about one district. */
export const lineage = (district = '$1'): string => `WITH RECURSIVE line AS (
    SELECT h.version AS high, ${lastRestoration('h.district', 'h.version')} AS low FROM registry_head h WHERE h.district = ${district}
    UNION ALL
    SELECT v.restored, ${lastRestoration('v.district', 'v.restored')} FROM line
    JOIN registry_version v ON v.district = ${district} AND v.no = line.low)`

/** Whether a version's doings hold, as a condition in such a statement. */
export const holds = (version: string): string =>
  `EXISTS (SELECT 1 FROM line WHERE ${version} > line.low AND ${version} <= line.high)`

const lastRestoration = (district: string, upTo: string): string =>
  `coalesce((SELECT max(w.no) FROM registry_version w
     WHERE w.district = ${district} AND w.no <= ${upTo} AND w.restored IS NOT NULL), 0)`
