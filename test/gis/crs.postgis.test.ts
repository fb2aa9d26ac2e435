import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Crs, findCrs, fromLonLat, toLonLat } from '../../gis/crs.ts'
import { knownCrs, oldDatumOfCode } from '../../gis/crs-codes.ts'
import { distanceM } from '../../gis/measure.ts'
import { noOracle, oracle } from '../support/oracle.ts'
import { placesAround } from './places.ts'

const pool = oracle()
const skipped = pool === null ? ` (${noOracle})` : ''
afterAll(() => pool?.end())

function crsOf(code: string): Crs {
  const answer = findCrs(code)
  if (!answer.ok) throw new Error(code)
  return answer.crs
}

/** Hong Kong's parameters hold in Hong Kong. */
function placesOf(code: string): [number, number][] {
  if (code === 'EPSG:2326')
    return [
      [113.85, 22.2],
      [114.17, 22.3],
      [114.4, 22.5],
    ]
  return placesAround(crsOf(code).centralMeridian)
}

describe.skipIf(pool === null)(`the known systems against PROJ in PostGIS${skipped}`, () => {
  /** By code: easting and northing of each place, and what longitude and latitude these give again. */
  const theirs = new Map<string, { x: number; y: number; lon: number; lat: number }[]>()

  beforeAll(async () => {
    const asked = knownCrs.flatMap(({ code }) =>
      placesOf(code).map(([lon, lat]) => ({ srid: Number(code.slice(5)), lon, lat })),
    )
    const { rows } = await pool!.query<{ srid: number; x: number; y: number; lon: number; lat: number }>(
      `select srid, ST_X(there) as x, ST_Y(there) as y, ST_X(ST_Transform(there, 4326)) as lon, ST_Y(ST_Transform(there, 4326)) as lat
       from (select srid, i, ST_Transform(ST_SetSRID(ST_Point(x, y), 4326), srid) as there
             from unnest($1::int[], $2::float8[], $3::float8[]) with ordinality u(srid, x, y, i)) t order by i`,
      [asked.map(a => a.srid), asked.map(a => a.lon), asked.map(a => a.lat)],
    )
    for (const row of rows) theirs.set(`EPSG:${row.srid}`, [...(theirs.get(`EPSG:${row.srid}`) ?? []), row])
  }, 60_000)

  it.each(knownCrs.map(known => [known.code, known.name] as const))(
    '%s (%s): within a millimetre both ways',
    code => {
      const crs = crsOf(code)
      const places = placesOf(code)
      expect(theirs.get(code)).toHaveLength(places.length)
      for (const [i, { x, y, lon, lat }] of theirs.get(code)!.entries()) {
        expect(distanceM(toLonLat(crs)(x, y), [lon, lat])).toBeLessThan(0.001)
        const [ourX, ourY] = fromLonLat(crs)(...places[i]!)
        const offM =
          crs.kind === 'geographic' ? distanceM([ourX, ourY], [x, y]) : Math.hypot(ourX - x, ourY - y)
        expect(offM).toBeLessThan(0.001)
      }
    },
  )

  it('bear the names of the register, and so do the old ones', async () => {
    const { rows } = await pool!.query<{ code: string; name: string }>(
      `select 'EPSG:' || srid as code, split_part(srtext, '"', 2) as name from spatial_ref_sys where auth_name = 'EPSG'`,
    )
    const names = new Map(rows.map(row => [row.code, row.name]))
    for (const { code, name } of knownCrs) expect(names.get(code)).toBe(name)
    const old = rows.filter(({ name }) => /^(Beijing 1954|New Beijing|Xian 1980)\b/.test(name))
    expect(old.length).toBeGreaterThan(100)
    for (const { code, name } of old)
      expect(name).toContain(oldDatumOfCode(Number(code.slice(5))) ?? 'no old datum')
    for (let code = 1000; code < 33_000; code++) {
      const datum = oldDatumOfCode(code)
      const name = names.get(`EPSG:${code}`)
      if (datum !== null && name !== undefined) expect(name).toContain(datum)
    }
  })
})
