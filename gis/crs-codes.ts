/**
 * The coordinate reference systems we know by code, each checked against PROJ by a test. Formulas, not a
 * dump: the CGCS2000 Gauss-Krueger zones follow from their number (GB/T; EPSG 4491 to 4554).
 */
export interface KnownCrs {
  name: string
  /** PROJ string; x = easting or longitude. */
  proj: string
}

const CGCS2000 = '+ellps=GRS80 +units=m +no_defs'
const tmerc = (meridian: number, falseEastingM: number) =>
  `+proj=tmerc +lat_0=0 +lon_0=${meridian} +k=1 +x_0=${falseEastingM} +y_0=0 ${CGCS2000}`

/** Geographic systems that are taken as equal: WGS 84 and CGCS2000 differ by less than the surveys do. */
const geographic: Record<number, KnownCrs> = {
  4326: { name: 'WGS 84', proj: '+proj=longlat +datum=WGS84 +no_defs' },
  4490: { name: 'China Geodetic Coordinate System 2000', proj: '+proj=longlat +ellps=GRS80 +no_defs' },
}

const others: Record<number, KnownCrs> = {
  3857: {
    name: 'WGS 84 / Pseudo-Mercator',
    proj: '+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +no_defs',
  },
  3826: {
    name: 'TWD97 / TM2 zone 121',
    proj: `+proj=tmerc +lat_0=0 +lon_0=121 +k=0.9999 +x_0=250000 +y_0=0 ${CGCS2000}`,
  },
}

function zones(): Record<number, KnownCrs> {
  const known: Record<number, KnownCrs> = {}
  for (let zone = 13; zone <= 23; zone++) {
    const meridian = zone * 6 - 3
    known[4491 + zone - 13] = { name: `CGCS2000 / Gauss-Kruger zone ${zone}`, proj: tmerc(meridian, zone * 1e6 + 500_000) }
    known[4502 + zone - 13] = { name: `CGCS2000 / Gauss-Kruger CM ${meridian}E`, proj: tmerc(meridian, 500_000) }
  }
  for (let zone = 25; zone <= 45; zone++) {
    const meridian = zone * 3
    known[4513 + zone - 25] = { name: `CGCS2000 / 3-degree Gauss-Kruger zone ${zone}`, proj: tmerc(meridian, zone * 1e6 + 500_000) }
    known[4534 + zone - 25] = { name: `CGCS2000 / 3-degree Gauss-Kruger CM ${meridian}E`, proj: tmerc(meridian, 500_000) }
  }
  for (let zone = 49; zone <= 51; zone++) {
    known[32600 + zone] = { name: `WGS 84 / UTM zone ${zone}N`, proj: `+proj=utm +zone=${zone} +datum=WGS84 +units=m +no_defs` }
  }
  return known
}

/** By EPSG code. */
export const knownCrs: Readonly<Record<number, KnownCrs>> = { ...geographic, ...others, ...zones() }

/** Codes of Beijing 1954 and Xian 1980: known by name, not usable without transformation parameters. */
export function needsParameters(code: number): boolean {
  return code === 4214 || code === 4610 || (code >= 2327 && code <= 2390) || (code >= 2401 && code <= 2442) || (code >= 21413 && code <= 21483)
}
