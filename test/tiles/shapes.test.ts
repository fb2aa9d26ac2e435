import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeShapes, type Shape } from '../../tiles/shapes.ts'
import { decodeLayer } from './decode.ts'

const step = fc.integer({ min: -64, max: 4160 })
const position = fc.tuple(step, step)
const value = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }),
  fc.constantFrom(-0, 2 ** 31, -(2 ** 31), 2 ** 52, -(2 ** 52), -(2 ** 53 - 1), Infinity),
)
const properties = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 4 }).filter(key => key !== '__proto__'),
  value,
  {
    maxKeys: 5,
    noNullPrototype: true,
  },
)

const one = (shape: Omit<Shape, 'properties'>) =>
  decodeLayer(encodeShapes('l', [{ properties: {}, ...shape }]), 'l')[0]?.parts

describe('a layer of shapes', () => {
  it('gives properties of every kind back, through the reference decoder', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(properties, fc.nat(), position), { minLength: 1, maxLength: 8 }),
        list => {
          const shapes = list.map(
            ([props, id, at], i): Shape => ({
              id: id * 10 + i,
              type: 'points',
              parts: [at],
              properties: props,
            }),
          )
          const expected = shapes
            .map(({ id, parts, properties: props }) => ({
              id,
              type: 1,
              properties: props,
              parts: parts.map(p => [[p[0], p[1]]]),
            }))
            .sort((a, b) => a.id! - b.id!)
          expect(decodeLayer(encodeShapes('l', shapes), 'l')).toEqual(expected)
        },
      ),
    )
  })

  it('gives lines back without repeated positions, and leaves out what has no length', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(position, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }),
        lines => {
          const expected = lines
            .map(line =>
              line.filter((p, i) => i === 0 || p[0] !== line[i - 1]![0] || p[1] !== line[i - 1]![1]),
            )
            .filter(line => line.length > 1)
          expect(one({ type: 'lines', parts: lines.map(line => line.flat()) })).toEqual(
            expected.length === 0 ? undefined : expected,
          )
        },
      ),
    )
  })

  it('writes rings closed, shells before their holes', () => {
    const shell = [0, 0, 9, 0, 9, 9, 0, 9, 0, 0]
    const hole = [2, 2, 2, 4, 4, 4, 4, 2, 2, 2]
    expect(one({ type: 'polygons', parts: [shell, hole] })).toEqual([
      [
        [0, 0],
        [9, 0],
        [9, 9],
        [0, 9],
        [0, 0],
      ],
      [
        [2, 2],
        [2, 4],
        [4, 4],
        [4, 2],
        [2, 2],
      ],
    ])
  })

  it('leaves out a shell without area together with its holes, and goes on with the next', () => {
    const flat = [0, 0, 9, 0, 5, 0, 0, 0]
    const hole = [2, 2, 2, 4, 4, 4, 4, 2, 2, 2]
    const island = [20, 20, 29, 20, 29, 29, 20, 20]
    expect(one({ type: 'polygons', parts: [flat, hole, island] })).toEqual([
      [
        [20, 20],
        [29, 20],
        [29, 29],
        [20, 20],
      ],
    ])
    expect(one({ type: 'polygons', parts: [flat, hole] })).toBeUndefined()
  })

  it('keeps several points in one feature, and drops empty ones', () => {
    expect(
      one({
        type: 'points',
        parts: [
          [1, 2, 3, 4],
          [5, 6],
        ],
      }),
    ).toEqual([[[1, 2]], [[3, 4]], [[5, 6]]])
    expect(encodeShapes('l', [{ type: 'points', parts: [], properties: {} }])).toBeNull()
    expect(encodeShapes('l', [])).toBeNull()
  })

  it('leaves out properties that are null and ids that are no whole number', () => {
    const shapes: Shape[] = [
      { id: 1.5, type: 'points', parts: [[1, 1]], properties: { a: null, b: undefined, c: '三' } },
      { id: -3, type: 'points', parts: [[2, 2]], properties: {} },
    ]
    expect(decodeLayer(encodeShapes('l', shapes), 'l').map(f => [f.id, f.properties])).toEqual([
      [undefined, { c: '三' }],
      [undefined, {}],
    ])
  })
})
