import { describe, expect, it } from 'vitest'
import { type Crs, findCrs, fromLonLat, toLonLat } from '../../gis/crs.ts'
import { prj } from './prj.ts'

function found(stated: string): Crs {
  const answer = findCrs(stated)
  if (!answer.ok) throw new Error(`${stated} is ${answer.reason}`)
  return answer.crs
}

const refusal = (stated: string) => {
  const answer = findCrs(stated)
  return answer.ok ? 'found' : answer.reason
}

describe('a system stated by code or name', () => {
  it('is found under all spellings of its code', () => {
    for (const stated of [
      'EPSG:4549',
      'epsg:4549',
      ' 4549 ',
      'EPSG::4549',
      'urn:ogc:def:crs:EPSG::4549',
      'urn:ogc:def:crs:EPSG:9.8.6:4549',
      'http://www.opengis.net/def/crs/EPSG/0/4549',
      '+init=epsg:4549',
      'CGCS2000_3_Degree_GK_CM_120E',
      'CGCS2000 / 3-degree Gauss-Kruger CM 120E',
    ]) {
      expect(found(stated).code).toBe('EPSG:4549')
    }
    expect(found('OGC:CRS84').code).toBe('EPSG:4326')
    expect(found('urn:ogc:def:crs:OGC:1.3:CRS84').code).toBe('EPSG:4326')
  })

  it('tells zone prefix, false easting and central meridian', () => {
    expect(found('EPSG:4528')).toMatchObject({
      name: 'CGCS2000 / 3-degree Gauss-Kruger zone 40',
      kind: 'projected',
      falseEastingM: 40_500_000,
      zonePrefix: 40,
      centralMeridian: 120,
    })
    expect(found('EPSG:4549')).toMatchObject({
      falseEastingM: 500_000,
      zonePrefix: null,
      centralMeridian: 120,
    })
    expect(found('EPSG:4497')).toMatchObject({ zonePrefix: 19, centralMeridian: 111 })
    expect(found('EPSG:4490')).toMatchObject({
      kind: 'geographic',
      falseEastingM: null,
      zonePrefix: null,
      centralMeridian: null,
    })
  })

  it('is found by the names people use', () => {
    expect(found('CGCS2000').code).toBe('EPSG:4490')
    expect(found('2000国家大地坐标系').code).toBe('EPSG:4490')
    expect(found('WGS 84').code).toBe('EPSG:4326')
    expect(found('WGS84').code).toBe('EPSG:4326')
    expect(found('GCS_China_Geodetic_Coordinate_System_2000').code).toBe('EPSG:4490')
  })

  it('is refused without parameters when it is Beijing 1954 or Xian 1980', () => {
    for (const stated of [
      'EPSG:4214',
      'EPSG:4610',
      'EPSG:2401',
      'EPSG:2442',
      'EPSG:2327',
      'EPSG:2390',
      'EPSG:21420',
      'EPSG:4555',
      'Xian_1980',
      '北京54坐标系',
      '西安80',
      'Beijing 1954',
    ]) {
      expect(refusal(stated)).toBe('parameters')
    }
    expect(findCrs('EPSG:4610')).toEqual({ ok: false, reason: 'parameters', name: 'EPSG:4610 (Xian 1980)' })
  })

  it('is refused when nobody knows it', () => {
    for (const stated of [
      '',
      'EPSG:1',
      'EPSG:2443',
      'EPSG:2400',
      'EPSG:4230',
      'nonsense',
      '苏州2000',
      '<!DOCTYPE html>',
      '{"type":"Feature"}',
      '{broken',
    ]) {
      expect(refusal(stated)).toBe('unknown')
    }
  })
})

describe('a system stated by an ESRI .prj', () => {
  it('is found by its numbers', () => {
    expect(found(prj.cm120)).toEqual(found('EPSG:4549'))
    expect(found(prj.zone40)).toEqual(found('EPSG:4528'))
    expect(found(prj.china2000)).toEqual(found('EPSG:4490'))
    expect(found(`\uFEFF${prj.cm120}\n`).code).toBe('EPSG:4549')
  })

  it('has no code when its numbers are no known system, whatever its name says', () => {
    expect(found(prj.suzhou)).toMatchObject({
      code: null,
      name: '苏州2000坐标系',
      centralMeridian: 120.7833333333,
    })
    expect(found(prj.liar)).toMatchObject({ code: 'EPSG:4548', centralMeridian: 117 })
  })

  it('is read in its own unit', () => {
    const [lon, lat] = toLonLat(found(prj.feet))(560193 / 0.3048, 3460306 / 0.3048)
    const [metreLon, metreLat] = toLonLat(found('EPSG:4549'))(560193, 3460306)
    expect(lon).toBeCloseTo(metreLon, 9)
    expect(lat).toBeCloseTo(metreLat, 9)
  })

  it('is read under the height it is compounded with', () => {
    expect(found(prj.compound).code).toBe('EPSG:4549')
  })

  it('is refused with a reason when local, old, or on another datum', () => {
    expect(findCrs(prj.local)).toEqual({ ok: false, reason: 'local', name: '某市独立坐标系' })
    expect(findCrs(prj.beijing54)).toEqual({
      ok: false,
      reason: 'parameters',
      name: 'Beijing_1954_3_Degree_GK_Zone_40',
    })
    expect(findCrs(prj.xian80)).toEqual({ ok: false, reason: 'parameters', name: 'Xian_1980_GK_Zone_40' })
    expect(refusal(prj.nad83)).toBe('parameters')
  })

  it('is taken when it brings its parameters', () => {
    expect(found(prj.xian80Shifted)).toMatchObject({ code: null, zonePrefix: 40 })
  })

  it('is refused when its unit, meridian or projection is not understood', () => {
    expect(refusal(prj.china2000.replace('0.0174532925199433', '0.015707963267948967'))).toBe('unknown')
    expect(refusal(prj.china2000.replace('"Greenwich",0.0', '"Paris",2.33722917'))).toBe('unknown')
    expect(refusal(prj.cm120.replace('Gauss_Kruger', 'Cassini'))).toBe('unknown')
    expect(refusal(prj.cm120.replace('PARAMETER["Central_Meridian",120],', ''))).toBe('unknown')
  })
})

describe('a system stated by a PROJ string', () => {
  it('is a known one when its parameters are', () => {
    expect(
      found('+proj=tmerc +lat_0=0 +lon_0=120 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs').code,
    ).toBe('EPSG:4549')
    expect(found('+proj=tmerc +lon_0=120 +x_0=500000 +ellps=GRS80 +axis=neu').code).toBe('EPSG:4549')
    expect(found('+proj=utm +zone=50 +datum=WGS84 +units=m +no_defs +type=crs').code).toBe('EPSG:32650')
    expect(found('+proj=longlat +ellps=GRS80 +no_defs').code).toBe('EPSG:4490')
  })

  it('may give its meridian in degrees and minutes', () => {
    const suzhou = found("+proj=tmerc +lon_0=120d47'E +x_0=500000 +ellps=GRS80")
    expect(suzhou).toMatchObject({ code: null, centralMeridian: 120.7833333333 })
  })

  it('needs parameters on an old ellipsoid, and is taken with them', () => {
    const xian = '+proj=tmerc +lat_0=0 +lon_0=120 +k=1 +x_0=40500000 +y_0=0 +a=6378140 +rf=298.257 +units=m'
    expect(refusal(xian)).toBe('parameters')
    expect(refusal('+proj=longlat +ellps=krass')).toBe('parameters')
    expect(refusal('+proj=longlat +ellps=krass +nadgrids=secret.gsb')).toBe('parameters')
    expect(found(`${xian} +towgs84=-100,20,30,0.5,-0.4,0.3,2`)).toMatchObject({ code: null, zonePrefix: 40 })
  })

  it('is refused when it cannot be read or makes no sense', () => {
    for (const stated of [
      '+proj=nowhere +ellps=GRS80',
      '+proj=tmerc +lon_0=abc +ellps=GRS80',
      '+proj=utm +zone=99 +datum=WGS84',
      '+proj=longlat +datum=OSGB36',
      '+proj=longlat +ellps=nobody',
      '+proj=longlat +pm=paris +ellps=GRS80',
      '+proj=longlat +ellps=krass +towgs84=1,2',
      '+proj=longlat +a=1 +b=1',
    ]) {
      expect(refusal(stated)).toBe('unknown')
    }
  })
})

describe('positions', () => {
  it('stay as they are in longitude and latitude', () => {
    for (const code of ['EPSG:4326', 'EPSG:4490']) {
      expect(toLonLat(found(code))(120.6, 31.3)).toEqual([120.6, 31.3])
      expect(fromLonLat(found(code))(120.6, 31.3)).toEqual([120.6, 31.3])
    }
  })

  it('are easting and northing, in this order', () => {
    const [x, y] = fromLonLat(found('EPSG:4549'))(120.632, 31.263)
    expect(x).toBeCloseTo(560192.9719, 3)
    expect(y).toBeCloseTo(3460305.8783, 3)
    const [zoned] = fromLonLat(found('EPSG:4528'))(120.632, 31.263)
    expect(zoned).toBeCloseTo(40_560_192.9719, 3)
  })

  it('are not numbers where nothing is stated', () => {
    for (const stated of ['EPSG:4549', 'EPSG:3857', 'EPSG:2326', 'GCJ-02']) {
      expect(toLonLat(found(stated))(Number.NaN, 1)).toEqual([Number.NaN, Number.NaN])
      expect(fromLonLat(found(stated))(120, Number.NaN)).toEqual([Number.NaN, Number.NaN])
    }
  })

  it('are finite and far away where a zone prefix is missing', () => {
    const [lon, lat] = toLonLat(found('EPSG:4528'))(560193, 3460306)
    expect([lon, lat]).toEqual([30, 0])
  })
})
