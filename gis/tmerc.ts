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
const ENOUGH = 1e-15

export interface Projection {
  /** [longitude, latitude] in degrees from metres. */
  inverse(easting: number, northing: number): [lon: number, lat: number]
  /** [easting, northing] in metres from degrees. */
  forward(lon: number, lat: number): [easting: number, northing: number]
}

export function transverseMercator(definition: TransverseMercator): Projection {
  const { semiMajorM, flattening: f, centralMeridian, scale, falseEastingM, falseNorthingM } = definition
  const n = f / (2 - f)
  const e = Math.sqrt(f * (2 - f))
  const radius = (semiMajorM / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64 + n ** 6 / 256) * scale
  const [a1, a2, a3, a4, a5, a6] = alphas(n)
  const [b1, b2, b3, b4, b5, b6] = betas(n)
  const originM = radius * rectifying(definition.latitudeOfOrigin)

  /** tan of the conformal latitude from tan of the latitude. */
  function conformal(tan: number): number {
    const sec = Math.sqrt(1 + tan * tan)
    const sigma = Math.sinh(e * Math.atanh((e * tan) / sec))
    return tan * Math.sqrt(1 + sigma * sigma) - sigma * sec
  }

  /** xi of a point on the central meridian: its distance from the equator over the radius. */
  function rectifying(lat: number): number {
    const xi = Math.atan(conformal(Math.tan(lat * RADIANS)))
    return xi + a1 * Math.sin(2 * xi) + a2 * Math.sin(4 * xi) + a3 * Math.sin(6 * xi) + a4 * Math.sin(8 * xi) +
      a5 * Math.sin(10 * xi) + a6 * Math.sin(12 * xi)
  }

  function forward(lon: number, lat: number): [number, number] {
    const lambda = (lon - centralMeridian) * RADIANS
    const tan = conformal(Math.tan(lat * RADIANS))
    const cosLambda = Math.cos(lambda)
    const xi = Math.atan2(tan, cosLambda)
    const eta = Math.asinh(Math.sin(lambda) / Math.sqrt(tan * tan + cosLambda * cosLambda))
    const sin = Math.sin(2 * xi)
    const cos = Math.cos(2 * xi)
    const sinh = Math.sinh(2 * eta)
    const cosh = Math.cosh(2 * eta)
    // Clenshaw's summation of sum a_j sin(2 j zeta), zeta = xi + i eta, in real arithmetic.
    const re = 2 * cos * cosh
    const im = -2 * sin * sinh
    let [r1, i1, r2, i2] = [a6, 0, 0, 0]
    ;[r1, i1, r2, i2] = [a5 + re * r1 - im * i1 - r2, re * i1 + im * r1 - i2, r1, i1]
    ;[r1, i1, r2, i2] = [a4 + re * r1 - im * i1 - r2, re * i1 + im * r1 - i2, r1, i1]
    ;[r1, i1, r2, i2] = [a3 + re * r1 - im * i1 - r2, re * i1 + im * r1 - i2, r1, i1]
    ;[r1, i1, r2, i2] = [a2 + re * r1 - im * i1 - r2, re * i1 + im * r1 - i2, r1, i1]
    ;[r1, i1] = [a1 + re * r1 - im * i1 - r2, re * i1 + im * r1 - i2]
    const sinRe = sin * cosh
    const sinIm = cos * sinh
    return [
      falseEastingM + radius * (eta + sinRe * i1 + sinIm * r1),
      falseNorthingM + radius * (xi + sinRe * r1 - sinIm * i1) - originM,
    ]
  }

  function inverse(easting: number, northing: number): [number, number] {
    const xi = (northing - falseNorthingM + originM) / radius
    const eta = (easting - falseEastingM) / radius
    const sin = Math.sin(2 * xi)
    const cos = Math.cos(2 * xi)
    const sinh = Math.sinh(2 * eta)
    const cosh = Math.cosh(2 * eta)
    const re = 2 * cos * cosh
    const im = -2 * sin * sinh
    let [r1, i1, r2, i2] = [b6, 0, 0, 0]
    ;[r1, i1, r2, i2] = [b5 + re * r1 - im * i1 - r2, re * i1 + im * r1 - i2, r1, i1]
    ;[r1, i1, r2, i2] = [b4 + re * r1 - im * i1 - r2, re * i1 + im * r1 - i2, r1, i1]
    ;[r1, i1, r2, i2] = [b3 + re * r1 - im * i1 - r2, re * i1 + im * r1 - i2, r1, i1]
    ;[r1, i1, r2, i2] = [b2 + re * r1 - im * i1 - r2, re * i1 + im * r1 - i2, r1, i1]
    ;[r1, i1] = [b1 + re * r1 - im * i1 - r2, re * i1 + im * r1 - i2]
    const sinRe = sin * cosh
    const sinIm = cos * sinh
    const xiSphere = xi - (sinRe * r1 - sinIm * i1)
    const etaSphere = eta - (sinRe * i1 + sinIm * r1)
    const sinhEta = Math.sinh(etaSphere)
    const cosXi = Math.cos(xiSphere)
    const target = Math.sin(xiSphere) / Math.sqrt(sinhEta * sinhEta + cosXi * cosXi)
    return [centralMeridian + Math.atan2(sinhEta, cosXi) / RADIANS, Math.atan(geodetic(target)) / RADIANS]
  }

  /** Newton's method on `conformal`; two rounds are enough, the third finds nothing to do. */
  function geodetic(target: number): number {
    let tan = target / (1 - e * e)
    for (let round = 0; round < 5; round++) {
      const there = conformal(tan)
      const step =
        ((target - there) * (1 + (1 - e * e) * tan * tan)) /
        ((1 - e * e) * Math.sqrt(1 + tan * tan) * Math.sqrt(1 + there * there))
      tan += step
      if (!(Math.abs(step) > ENOUGH * Math.max(1, Math.abs(tan)))) break
    }
    return tan
  }

  return { forward, inverse }
}

type Series = [number, number, number, number, number, number]

/** Karney (2011), equation 35. */
function alphas(n: number): Series {
  const [n2, n3, n4, n5, n6] = [n ** 2, n ** 3, n ** 4, n ** 5, n ** 6]
  return [
    n / 2 - (2 * n2) / 3 + (5 * n3) / 16 + (41 * n4) / 180 - (127 * n5) / 288 + (7891 * n6) / 37800,
    (13 * n2) / 48 - (3 * n3) / 5 + (557 * n4) / 1440 + (281 * n5) / 630 - (1983433 * n6) / 1935360,
    (61 * n3) / 240 - (103 * n4) / 140 + (15061 * n5) / 26880 + (167603 * n6) / 181440,
    (49561 * n4) / 161280 - (179 * n5) / 168 + (6601661 * n6) / 7257600,
    (34729 * n5) / 80640 - (3418889 * n6) / 1995840,
    (212378941 * n6) / 319334400,
  ]
}

/** Karney (2011), equation 36. */
function betas(n: number): Series {
  const [n2, n3, n4, n5, n6] = [n ** 2, n ** 3, n ** 4, n ** 5, n ** 6]
  return [
    n / 2 - (2 * n2) / 3 + (37 * n3) / 96 - n4 / 360 - (81 * n5) / 512 + (96199 * n6) / 604800,
    n2 / 48 + n3 / 15 - (437 * n4) / 1440 + (46 * n5) / 105 - (1118711 * n6) / 3870720,
    (17 * n3) / 480 - (37 * n4) / 840 - (209 * n5) / 4480 + (5569 * n6) / 90720,
    (4397 * n4) / 161280 - (11 * n5) / 504 - (830251 * n6) / 7257600,
    (4583 * n5) / 161280 - (108847 * n6) / 3991680,
    (20648693 * n6) / 638668800,
  ]
}
