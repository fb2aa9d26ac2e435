import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseWkt } from '../../../../src/domain/survey/readers/wkt.ts'

describe('WKT', () => {
  test.each([
    ['POINT (1 2)', { type: 'Point', coordinates: [1, 2] }],
    ['point z(1 2 3)', { type: 'Point', coordinates: [1, 2] }],
    ['POINTZM(1 2 3 4)', { type: 'Point', coordinates: [1, 2] }],
    ['SRID=4490;POINT(1e2 -.5)', { type: 'Point', coordinates: [100, -0.5] }],
    [
      'MULTIPOINT (1 2, 3 4)',
      {
        type: 'MultiPoint',
        coordinates: [
          [1, 2],
          [3, 4],
        ],
      },
    ],
    [
      'MULTIPOINT ((1 2),(3 4))',
      {
        type: 'MultiPoint',
        coordinates: [
          [1, 2],
          [3, 4],
        ],
      },
    ],
    [
      'LINESTRING(0 0,1 1)',
      {
        type: 'LineString',
        coordinates: [
          [0, 0],
          [1, 1],
        ],
      },
    ],
    [
      'POLYGON((0 0,1 0,1 1,0 0),(0 0,1 0,1 1,0 0))',
      {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 0],
          ],
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 0],
          ],
        ],
      },
    ],
    [
      ' MultiPolygon ( ( ( 0 0 , 1 0 , 1 1 , 0 0 ) ) ) ',
      {
        type: 'MultiPolygon',
        coordinates: [
          [
            [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 0],
            ],
          ],
        ],
      },
    ],
    ['POLYGON EMPTY', null],
    ['Polygon Z EMPTY', null],
  ])('%s', (text, geometry) => expect(parseWkt(text)).toEqual(geometry))

  test.each([
    '',
    'POINT',
    'POINT(1)',
    'POINT(1 2',
    'POINT(1 2))',
    'POINT(1 b)',
    'POINT(1,2)',
    'POLYGON(0 0,1 1)',
    'LINESTRING((0 0,1 1))',
    'CIRCLE(1 2)',
    'GEOMETRYCOLLECTION(POINT(1 2))',
    'POINT EMPTY x',
    'POINT((1 2))',
  ])('%j is none', text => expect(parseWkt(text)).toBeUndefined())

  test('any cut of good text is none, and nothing makes it throw', () => {
    const whole = 'MULTIPOLYGON (((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))'
    for (let length = 0; length < whole.length; length++)
      expect(parseWkt(whole.slice(0, length))).toBeUndefined()
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('POINT', 'MULTIPOINT', 'Z', 'EMPTY', '(', ')', ',', '1', ' ', '-')),
        parts => void parseWkt(parts.join('')),
      ),
    )
  })
})
