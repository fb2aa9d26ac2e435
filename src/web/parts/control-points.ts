/** Control points as they come from the clipboard: one a line, name and four numbers, tabs or commas between. Pure. */
import type { ControlPoint } from '../api/local-crs.ts'

const amount = (text: string): number =>
  text === '' ? Number.NaN : Number(text.replaceAll(/(?<=\d)[\s_](?=\d)/g, ''))

/**
 * The points, and the numbers of the lines that are none. A first line without any number is a header and passed
 * over; so are blank lines.
 */
export function readPoints(text: string): { points: ControlPoint[]; bad: number[] } {
  const points: ControlPoint[] = []
  const bad: number[] = []
  let first = true
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    const cells = line.split(line.includes('\t') ? '\t' : /[,，;；]/).map(cell => cell.trim())
    const [name = '', ...rest] = cells
    const [x, y, toX, toY] = rest.map(amount)
    const header = first && cells.every(cell => !Number.isFinite(amount(cell)))
    first = false
    if (header) continue
    const whole = rest.length === 4 && [x, y, toX, toY].every(Number.isFinite)
    if (whole) points.push({ ...(name ? { name } : {}), x: x!, y: y!, toX: toX!, toY: toY! })
    else bad.push(i + 1)
  }
  return { points, bad }
}
