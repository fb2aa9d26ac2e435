/**
 * Transverse Mercator (Gauss-Krüger, UTM) in both directions, by Krüger's series to the sixth order in
 * the third flattening, after C. F. F. Karney, "Transverse Mercator with an accuracy of a few nanometers",
 * Journal of Geodesy 85 (2011). Within 5 nm up to 35 degrees from the central meridian.
 *
 *   lon, lat -> conformal latitude -> xi + i eta on the sphere -> series -> easting, northing
 */

export interface TransverseMercator {
  /** Half axis, metres, and flattening of the ellipsoid. */
  semiMajorM: number
  flattening: number
  /** Degrees. */
  centralMeridian: number
  latitudeOfOrigin: number
  scale: number
  falseEastingM: number
  falseNorthingM: number
}

const RADIANS = Math.PI / 180
/** About 70 degrees from the central meridian: from there on the series means nothing. */
const FARTHEST_ETA = 1.75
/** Terms of each series. */
const ORDER = 6

export interface Projection {
  /** [longitude, latitude] in degrees from metres; beyond its reach a place on the equator 90 degrees off. */
  inverse(easting: number, northing: number): [lon: number, lat: number]
  /** [easting, northing] in metres from degrees. */
  forward(lon: number, lat: number): [easting: number, northing: number]
}

export function transverseMercator(definition: TransverseMercator): Projection {
  const { semiMajorM, flattening: f, centralMeridian, scale, falseEastingM, falseNorthingM } = definition
  const n = f / (2 - f)
  const e = Math.sqrt(f * (2 - f))
  const radius = (semiMajorM / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64 + n ** 6 / 256) * scale
  const alpha = alphas(n)
  const beta = betas(n)
  const delta = deltas(n)
  const northingAtOriginM = falseNorthingM - radius * rectifying(definition.latitudeOfOrigin)

  /** tan of the conformal latitude from degrees of latitude. */
  function conformal(lat: number): number {
    const tan = Math.tan(lat * RADIANS)
    const sec = Math.sqrt(1 + tan * tan)
    const sigma = Math.sinh(e * Math.atanh((e * tan) / sec))
    return tan * Math.sqrt(1 + sigma * sigma) - sigma * sec
  }

  /** The distance of a latitude from the equator over the radius. */
  function rectifying(lat: number): number {
    const xi = Math.atan(conformal(lat))
    return alpha.reduce((sum, a, j) => sum + a * Math.sin(2 * (j + 1) * xi), xi)
  }

  function forward(lon: number, lat: number): [number, number] {
    const lambda = (lon - centralMeridian) * RADIANS
    const tan = conformal(lat)
    const cosLambda = Math.cos(lambda)
    const xi = Math.atan2(tan, cosLambda)
    const eta = Math.asinh(Math.sin(lambda) / Math.sqrt(tan * tan + cosLambda * cosLambda))
    const moved = addSines(xi, eta, alpha, 1)
    const easting = falseEastingM + radius * moved[1]
    moved[1] = northingAtOriginM + radius * moved[0]
    moved[0] = easting
    return moved
  }

  function inverse(easting: number, northing: number): [number, number] {
    const eta = (easting - falseEastingM) / radius
    if (Math.abs(eta) > FARTHEST_ETA) return [centralMeridian + Math.sign(eta) * 90, 0]
    const moved = addSines((northing - northingAtOriginM) / radius, eta, beta, -1)
    const cosXi = Math.cos(moved[0])
    const exp = Math.exp(moved[1])
    const sinhEta = (exp - 1 / exp) / 2
    // Conformal latitude chi, then the latitude from chi by its own series.
    const sinXi = Math.sin(moved[0])
    const across = Math.sqrt(sinhEta * sinhEta + cosXi * cosXi)
    const twiceCos = 2 * ((across * across - sinXi * sinXi) / (across * across + sinXi * sinXi))
    let first = 0
    let second = 0
    for (let j = ORDER - 1; j >= 0; j--) {
      const next = delta[j]! + twiceCos * first - second
      second = first
      first = next
    }
    const sin = (2 * sinXi * across) / (across * across + sinXi * sinXi)
    moved[0] = centralMeridian + Math.atan2(sinhEta, cosXi) / RADIANS
    moved[1] = (Math.atan2(sinXi, across) + first * sin) / RADIANS
    return moved
  }

  return { forward, inverse }
}

/**
 * xi + i eta plus or minus the sum of c_j sin(2 j (xi + i eta)), by Clenshaw's recurrence in real
 * arithmetic. The pair is the caller's to reuse.
 */
function addSines(xi: number, eta: number, series: Float64Array, sign: 1 | -1): [number, number] {
  const sin = Math.sin(2 * xi)
  const cos = Math.cos(2 * xi)
  const exp = Math.exp(2 * eta)
  const sinh = (exp - 1 / exp) / 2
  const cosh = (exp + 1 / exp) / 2
  const re = 2 * cos * cosh
  const im = -2 * sin * sinh
  let [r1, i1, r2, i2] = [0, 0, 0, 0]
  for (let j = ORDER - 1; j >= 0; j--) {
    const r = series[j]! + re * r1 - im * i1 - r2
    const i = re * i1 + im * r1 - i2
    r2 = r1
    i2 = i1
    r1 = r
    i1 = i
  }
  const sinRe = sin * cosh
  const sinIm = cos * sinh
  return [xi + sign * (sinRe * r1 - sinIm * i1), eta + sign * (sinRe * i1 + sinIm * r1)]
}

/** Karney (2011), equation 35. */
function alphas(n: number): Float64Array {
  const [n2, n3, n4, n5, n6] = [n ** 2, n ** 3, n ** 4, n ** 5, n ** 6]
  return Float64Array.of(
    n / 2 - (2 * n2) / 3 + (5 * n3) / 16 + (41 * n4) / 180 - (127 * n5) / 288 + (7891 * n6) / 37800,
    (13 * n2) / 48 - (3 * n3) / 5 + (557 * n4) / 1440 + (281 * n5) / 630 - (1983433 * n6) / 1935360,
    (61 * n3) / 240 - (103 * n4) / 140 + (15061 * n5) / 26880 + (167603 * n6) / 181440,
    (49561 * n4) / 161280 - (179 * n5) / 168 + (6601661 * n6) / 7257600,
    (34729 * n5) / 80640 - (3418889 * n6) / 1995840,
    (212378941 * n6) / 319334400,
  )
}

/** Karney (2011), equation 36. */
function betas(n: number): Float64Array {
  const [n2, n3, n4, n5, n6] = [n ** 2, n ** 3, n ** 4, n ** 5, n ** 6]
  return Float64Array.of(
    n / 2 - (2 * n2) / 3 + (37 * n3) / 96 - n4 / 360 - (81 * n5) / 512 + (96199 * n6) / 604800,
    n2 / 48 + n3 / 15 - (437 * n4) / 1440 + (46 * n5) / 105 - (1118711 * n6) / 3870720,
    (17 * n3) / 480 - (37 * n4) / 840 - (209 * n5) / 4480 + (5569 * n6) / 90720,
    (4397 * n4) / 161280 - (11 * n5) / 504 - (830251 * n6) / 7257600,
    (4583 * n5) / 161280 - (108847 * n6) / 3991680,
    (20648693 * n6) / 638668800,
  )
}

/** Latitude from conformal latitude: Karney (2011), supplement; there to a higher order. */
function deltas(n: number): Float64Array {
  const [n2, n3, n4, n5, n6] = [n ** 2, n ** 3, n ** 4, n ** 5, n ** 6]
  return Float64Array.of(
    2 * n - (2 * n2) / 3 - 2 * n3 + (116 * n4) / 45 + (26 * n5) / 45 - (2854 * n6) / 675,
    (7 * n2) / 3 - (8 * n3) / 5 - (227 * n4) / 45 + (2704 * n5) / 315 + (2323 * n6) / 945,
    (56 * n3) / 15 - (136 * n4) / 35 - (1262 * n5) / 105 + (73814 * n6) / 2835,
    (4279 * n4) / 630 - (332 * n5) / 35 - (399572 * n6) / 14175,
    (4174 * n5) / 315 - (144838 * n6) / 6237,
    (601676 * n6) / 22275,
  )
}
