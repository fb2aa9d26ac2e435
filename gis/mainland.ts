/**
 * Where Chinese web maps are shifted: the mainland. Hong Kong, Macao, Taiwan, Kinmen and Matsu are left
 * out by coarse outlines, true to some hundred metres; the world outside by the box within which the
 * shift is defined. Good for deciding whether to undo a shift, for nothing else.
 */
type Outline = readonly (readonly [lon: number, lat: number])[]

const UNSHIFTED: readonly Outline[] = [
  // Hong Kong: along Deep Bay, the Shenzhen river and Mirs Bay
  [
    [113.82, 22.13],
    [113.82, 22.4],
    [113.9, 22.44],
    [113.97, 22.485],
    [114.03, 22.503],
    [114.06, 22.516],
    [114.09, 22.53],
    [114.12, 22.536],
    [114.15, 22.545],
    [114.17, 22.561],
    [114.225, 22.552],
    [114.24, 22.56],
    [114.33, 22.575],
    [114.45, 22.55],
    [114.52, 22.4],
    [114.52, 22.13],
  ],
  // Macao: peninsula, Taipa, Coloane
  [
    [113.528, 22.19],
    [113.534, 22.2135],
    [113.553, 22.2165],
    [113.6, 22.2],
    [113.61, 22.1],
    [113.548, 22.1],
    [113.545, 22.15],
    [113.533, 22.18],
  ],
  // Taiwan and the Penghu islands
  [
    [119.2, 23],
    [119.2, 23.9],
    [119.9, 24.3],
    [121, 25.5],
    [122.2, 25.8],
    [122.2, 21.6],
    [120, 21.6],
  ],
  // Kinmen
  [
    [118.205, 24.36],
    [118.205, 24.46],
    [118.28, 24.5],
    [118.33, 24.53],
    [118.46, 24.53],
    [118.52, 24.46],
    [118.48, 24.36],
  ],
  // Matsu
  [
    [119.86, 25.92],
    [119.86, 26.22],
    [119.98, 26.27],
    [120.45, 26.42],
    [120.55, 26.42],
    [120.55, 26.3],
    [120.05, 25.92],
  ],
]

/** @param lon degrees on WGS 84, not shifted */
export function isMainland(lon: number, lat: number): boolean {
  if (!(lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271)) return false
  return !UNSHIFTED.some(outline => holds(outline, lon, lat))
}

function holds(outline: Outline, lon: number, lat: number): boolean {
  let inside = false
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [ax, ay] = outline[i]!
    const [bx, by] = outline[j]!
    if (ay > lat !== by > lat && lon < ax + ((lat - ay) / (by - ay)) * (bx - ax)) inside = !inside
  }
  return inside
}
