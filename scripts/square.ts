/**
 * Deliveries of a square district, made from a few numbers, for whoever needs the same things to come again
 * changed: grids whose borders can be moved, components that can be delivered again with another note.
 *
 *   +---+---+ ... +---+
 *   |01 |02 |     |09 |   nine by nine areas in 0.09 by 0.09 degrees; `shift` moves every inner border east
 *   +---+---+ ... +---+
 */
export const SQUARE = '320599'
const SIDE = 9
const STEP = 0.01
const [WEST, SOUTH] = [120.6, 31.3]
const round = (degrees: number): number => Number(degrees.toFixed(7))

/** The grids of all levels as GeoJSON. @param shift degrees, below 0.01 */
export function squareGrids(shift = 0): string {
  const features: unknown[] = []
  const add = (level: number, code: string, [west, south, east, north]: number[]) => {
    const corners = [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ]
    const coordinates = [corners.map(corner => corner.map(each => round(each!)))]
    const properties = { level, code, name: `网格${code}` }
    features.push({ type: 'Feature', properties, geometry: { type: 'Polygon', coordinates } })
  }
  const whole = [WEST, SOUTH, WEST + SIDE * STEP, SOUTH + SIDE * STEP]
  add(0, SQUARE, whole)
  add(1, `${SQUARE}001`, whole)
  add(2, `${SQUARE}001001`, whole)
  const border = (i: number) => WEST + i * STEP + (i === 0 || i === SIDE ? 0 : shift)
  for (let row = 0; row < SIDE; row++)
    for (let column = 0; column < SIDE; column++) {
      const no = String(row * SIDE + column + 1).padStart(2, '0')
      const box = [border(column), SOUTH + row * STEP, border(column + 1), SOUTH + (row + 1) * STEP]
      add(3, `${SQUARE}001001${no}`, box)
    }
  return JSON.stringify({ type: 'FeatureCollection', features })
}

/** The profile of `squareComponents`. */
export const squareProfile = {
  kind: 'components',
  crs: 'EPSG:4490',
  position: { wkt: 'WKT' },
  fields: { code: 'OBJCODE', className: 'OBJNAME', note: 'NOTE' },
} as const

/**
 * Components `first` to `first + count - 1` as CSV: lamps, and a railing in every fifty.
 * @param note what tells one delivery of the same components from another
 */
export function squareComponents(first: number, count: number, note = ''): string {
  const lines = ['OBJCODE,OBJNAME,NOTE,WKT']
  const side = SIDE * STEP - 0.002
  for (let i = first; i < first + count; i++) {
    // steps of irrational width cover the square evenly (Weyl)
    const x = round(WEST + 0.001 + ((i * 0.7548776662) % 1) * side)
    const y = round(SOUTH + 0.001 + ((i * 0.5698402909) % 1) * side)
    const serial = String(i).padStart(6, '0')
    if (i % 50 > 0) lines.push(`${SQUARE}0118${serial},路灯,${note},POINT (${x} ${y})`)
    else
      lines.push(
        `${SQUARE}0408${serial},绿地护栏,${note},"LINESTRING (${x} ${y}, ${round(x + 0.0008)} ${y})"`,
      )
  }
  return `${lines.join('\n')}\n`
}
