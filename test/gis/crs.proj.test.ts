import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { findCrs, fromLonLat, toLonLat } from '../../gis/crs.ts'
import { distanceM } from '../../gis/measure.ts'
import { noGdal, ogr2ogr } from '../support/tools.ts'
import { placesAround } from './places.ts'
import { prj } from './prj.ts'

const skipped = ogr2ogr === null ? ` (${noGdal})` : ''
const LON_LAT = '+proj=longlat +datum=WGS84 +no_defs +type=crs'

/** A program of GDAL's, beside ogr2ogr. */
function gdal(program: string, args: readonly string[], input = ''): string {
  return execFileSync(join(dirname(ogr2ogr!), program), args, { input, encoding: 'utf8' })
}

const written = (form: string, definition: string) => gdal('gdalsrsinfo', ['-o', form, definition])

/** Positions through PROJ. */
function proj(
  from: string,
  to: string,
  positions: readonly (readonly [number, number])[],
): [number, number][] {
  const lines = positions.map(([x, y]) => `${x} ${y}`).join('\n')
  return gdal('gdaltransform', ['-s_srs', from, '-t_srs', to, '-output_xy'], lines)
    .trim()
    .split('\n')
    .map(line => line.split(/\s+/).map(Number) as [number, number])
}

/** Metres between ours and PROJ's longitude and latitude, and back; PROJ reads the register's definition. */
function worst(
  stated: string,
  definition: string,
  lonLats: readonly [number, number][],
): { inverseM: number; forwardM: number } {
  const answer = findCrs(stated)
  if (!answer.ok) throw new Error(`${stated}: ${answer.reason}`)
  const xys = lonLats.map(([lon, lat]) => fromLonLat(answer.crs)(lon, lat))
  const theirs = proj(definition, LON_LAT, xys)
  const theirXys = proj(LON_LAT, definition, lonLats)
  return {
    inverseM: Math.max(...xys.map(([x, y], i) => distanceM(toLonLat(answer.crs)(x, y), theirs[i]!))),
    forwardM: Math.max(
      ...xys.map(([x, y], i) =>
        answer.crs.kind === 'geographic'
          ? distanceM([x, y], theirXys[i]!)
          : Math.hypot(x - theirXys[i]![0], y - theirXys[i]![1]),
      ),
    ),
  }
}

it.skipIf(skipped !== '').each([
  ['wkt1', 'EPSG:4549'],
  ['wkt_esri', 'EPSG:4549'],
  ['wkt2', 'EPSG:4549'],
  ['projjson', 'EPSG:4549'],
  ['wkt1', 'EPSG:3857'],
  ['wkt_esri', 'EPSG:3857'],
  ['wkt2', 'EPSG:3857'],
  ['projjson', 'EPSG:3857'],
  ['wkt1', 'EPSG:2326'],
  ['wkt_esri', 'EPSG:2326'],
  ['wkt2', 'EPSG:2326'],
  ['projjson', 'EPSG:2326'],
  ['wkt1', 'EPSG:4326'],
  ['wkt_esri', 'EPSG:4326'],
  ['wkt2', 'EPSG:4326'],
  ['projjson', 'EPSG:4490'],
  ['wkt_esri', 'EPSG:3826'],
  ['wkt2', 'EPSG:3826'],
  ['wkt_esri', 'EPSG:32650'],
  ['wkt2', 'EPSG:4528'],
])(`what GDAL writes as %s for %s is recognised as such${skipped}`, (form, code) => {
  const text = written(form, code)
  expect(findCrs(text)).toEqual(findCrs(code))
})

it.skipIf(skipped !== '').each(['wkt1', 'wkt_esri', 'wkt2', 'projjson'])(
  `old datums without parameters are refused as %s${skipped}`,
  form => {
    for (const code of ['EPSG:4214', 'EPSG:4610', 'EPSG:2362', 'EPSG:2438', 'EPSG:4796']) {
      const text = written(form, code)
      expect(findCrs(text)).toMatchObject({ ok: false, reason: 'parameters' })
    }
  },
)

const SHIFTED =
  '+proj=tmerc +lat_0=0 +lon_0=120 +k=1 +x_0=40500000 +y_0=0 +a=6378140 +rf=298.257 +towgs84=-100,20,30,0.5,-0.4,0.3,2 +units=m +no_defs +type=crs'

it.skipIf(skipped !== '')(
  `a datum with parameters is within a millimetre of PROJ, as string, WKT1, WKT2 and PROJJSON${skipped}`,
  () => {
    const forms = ['wkt1', 'wkt2', 'projjson'].map(form => written(form, SHIFTED))
    for (const stated of [SHIFTED, prj.xian80Shifted, ...forms]) {
      const { inverseM, forwardM } = worst(stated, SHIFTED, placesAround(120))
      expect(inverseM).toBeLessThan(0.001)
      expect(forwardM).toBeLessThan(0.001)
    }
  },
)

it.skipIf(skipped !== '')(
  `conic systems of provincial maps are within a millimetre of PROJ${skipped}`,
  () => {
    for (const definition of [
      '+proj=lcc +lat_0=0 +lon_0=105 +lat_1=25 +lat_2=47 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs +type=crs',
      '+proj=aea +lat_0=0 +lon_0=105 +lat_1=25 +lat_2=47 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs +type=crs',
    ]) {
      for (const stated of [definition, ...['wkt_esri', 'wkt2'].map(form => written(form, definition))]) {
        const { inverseM, forwardM } = worst(stated, definition, placesAround(null))
        expect(inverseM).toBeLessThan(0.001)
        expect(forwardM).toBeLessThan(0.001)
      }
    }
  },
)
