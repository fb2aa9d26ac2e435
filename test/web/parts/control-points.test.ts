/** Control points from the clipboard. */
import { describe, expect, it } from 'vitest'
import { readPoints } from '../../../src/web/parts/control-points.ts'

const k1 = { name: 'K1', x: 1000.5, y: 2000.25, toX: 540_000, toY: 3_460_000 }

describe('a pasted table of control points', () => {
  it('is read with tabs or commas, with and without header, blank lines passed over', () => {
    const cells = ['K1', '1000.5', '2000.25', '540000', '3460000']
    for (const between of ['\t', ',', '，', ';'])
      expect(readPoints(cells.join(between))).toEqual({ points: [k1], bad: [] })
    expect(readPoints(`点名\tx\ty\tX\tY\r\n\r\n${cells.join('\t')}\r\n`)).toEqual({ points: [k1], bad: [] })
  })
  it('takes a point without a name, and numbers with spaces between thousands', () => {
    const { name: _, ...unnamed } = k1
    expect(readPoints('\t1 000.5\t2 000.25\t540 000\t3 460 000')).toEqual({ points: [unnamed], bad: [] })
  })
  it('names the lines that are no points, and guesses nothing', () => {
    const text = [
      'K1,1000.5,2000.25,540000,3460000',
      'K2,1,2,3',
      'K3,1,2,3,',
      'K4,1,2,3,vier',
      'K5,1,2,3,4,5',
    ].join('\n')
    expect(readPoints(text)).toEqual({ points: [k1], bad: [2, 3, 4, 5] })
    expect(readPoints('K1,1000.5,2000.25,540000,3460000\nname,x,y,X,Y').bad).toEqual([2])
    expect(readPoints('')).toEqual({ points: [], bad: [] })
  })
})
