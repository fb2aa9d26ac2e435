/**
 * Hints over a real city's street furniture, where it is and carried to where Chinese web maps are shifted (its
 * streets with it): none where things lie well, the right one where they were shifted or misread.
 */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { findCrs, fromLonLat } from '../../../gis/crs.ts'
import { bboxOf, type Geometry, mapPositions, type PolygonGeometry } from '../../../gis/geometry.ts'
import { buildLocator } from '../../../gis/locate.ts'
import { openNearCells } from '../../../gis/near-cells.ts'
import type { HintGround } from '../../../src/domain/survey/hint.ts'
import { firstPosition } from '../../../src/domain/survey/position.ts'
import { positionHints } from '../../../src/domain/survey/position-hints.ts'
import { openSampler, type PositionSample } from '../../../src/domain/survey/position-sample.ts'
import { noData, sharedCollection, sharedData } from '../../support/shared.ts'

const system = (stated: string) => {
  const answer = findCrs(stated)
  if (!answer.ok) throw new Error(stated)
  return answer.crs
}
type Move = (lon: number, lat: number) => [number, number]
const stay: Move = (lon, lat) => [lon, lat]
/** From the Charles to the Grand Canal. */
const carried: Move = (lon, lat) => [lon + 71.11 + 120.62, lat - 42.37 + 31.3]

const layer = (path: string): Geometry[] =>
  sharedCollection(`${sharedData}cambridge/${path}`).features.flatMap(each =>
    each.geometry && each.geometry.type !== 'GeometryCollection' ? [each.geometry] : [],
  )

describe.skipIf(!sharedData)(`street furniture of a real city${sharedData ? '' : ` (${noData})`}`, () => {
  const points = sharedData
    ? readdirSync(`${sharedData}cambridge/B_points`).map(name => ({
        name,
        shapes: layer(`B_points/${name}`),
      }))
    : []

  function groundAt(move: Move): HintGround {
    const border = layer('A_hierarchy/BOUNDARY_CityBoundary.geojson').map(each => ({
      geometry: mapPositions(each, move) as PolygonGeometry,
    }))
    const locator = buildLocator(border)
    const bbox = bboxOf(border[0]!.geometry)
    const cells = openNearCells(8, bbox)
    for (const street of layer('G_roads/TRANS_Centerlines.geojson')) cells.mark(mapPositions(street, move))
    return {
      bbox,
      holds: (lon, lat) => locator.covering(lon, lat) >= 0,
      areaAt: () => null,
      isNearStreet: cells.isNear,
      known: new Map(),
    }
  }
  function sampleOf(
    name: string,
    shapes: readonly Geometry[],
    write: Move,
    declared: string,
  ): PositionSample {
    const sampler = openSampler({})
    for (const [row, shape] of shapes.entries())
      sampler.offer({ row, values: [], geometry: mapPositions(shape, write) })
    return { file: name, crs: system(declared), swapAxes: false, degrees: 'decimal', ...sampler.taken() }
  }
  const hintsOf = (write: Move, declared: string, ground: HintGround, together = false) => {
    const samples = points.map(({ name, shapes }) => sampleOf(name, shapes, write, declared))
    return together ? positionHints(samples, ground) : samples.map(sample => positionHints([sample], ground))
  }
  const told = (hints: ReturnType<typeof positionHints>) =>
    hints.map(({ finding, change }) => [finding.code, change])

  it('brings no hint where it is, layer by layer and all together', () => {
    const ground = groundAt(stay)
    for (const hints of hintsOf(stay, 'EPSG:4326', ground)) expect(hints).toEqual([])
    expect(hintsOf(stay, 'EPSG:4326', ground, true)).toEqual([])
  })

  it('brings none when it is carried to the mainland either', () => {
    const ground = groundAt(carried)
    for (const hints of hintsOf(carried, 'EPSG:4490', ground)) expect(hints).toEqual([])
    expect(hintsOf(carried, 'EPSG:4490', ground, true)).toEqual([])
  })

  it.each(['GCJ-02', 'BD-09'] as const)(
    'shifted as %s shifts is told so by most layers, and by none as anything else',
    name => {
      const shift = fromLonLat(system(name))
      const ground = groundAt(carried)
      const answers = (
        hintsOf((lon, lat) => shift(...carried(lon, lat)), 'EPSG:4490', ground) as ReturnType<
          typeof positionHints
        >[]
      ).map(told)
      const right = answers.filter(
        hints => JSON.stringify(hints) === JSON.stringify([['hint.offset', { crs: name }]]),
      )
      expect(answers.filter(hints => hints.length > 0)).toEqual(right)
      const large = points.filter(({ shapes }) => shapes.length >= 500).length
      expect(right.length).toBeGreaterThanOrEqual(large * 0.7)
    },
  )

  it('latitude first is told to be swapped, in every layer that lies in the city', () => {
    const ground = groundAt(stay)
    const all = hintsOf((lon, lat) => [lat, lon], 'EPSG:4326', ground) as ReturnType<typeof positionHints>[]
    for (const [n, hints] of all.entries()) {
      const { shapes } = points[n]!
      const inside = shapes.filter(shape => ground.holds(...firstPosition(shape))).length
      // a layer of which a tenth hangs beyond the border is not judged
      if (inside >= shapes.length * 0.9) expect(told(hints)).toEqual([['hint.swapped', { swapAxes: true }]])
      else expect(hints).toEqual([])
    }
    expect(all.filter(hints => hints.length > 0).length).toBeGreaterThan(15)
  })

  it('cut to two decimals is told to be coarse, and shifted by a street or two is not taken for a web map', () => {
    const cut = (value: number) => Math.trunc(value * 100) / 100
    const ground = groundAt(stay)
    const coarse = hintsOf((lon, lat) => [cut(lon), cut(lat)], 'EPSG:4326', ground) as ReturnType<
      typeof positionHints
    >[]
    for (const [n, hints] of coarse.entries())
      if (points[n]!.shapes.length >= 30) expect(told(hints)).toContainEqual(['hint.coarse', null])
    const moved = groundAt(carried)
    for (const [east, north] of [
      [0.001, 0],
      [-0.004, 0.002],
      [0.0005, 0.0009],
    ] as const) {
      const write: Move = (lon, lat) => {
        const [x, y] = carried(lon, lat)
        return [x + east, y + north]
      }
      for (const hints of hintsOf(write, 'EPSG:4490', moved)) expect(hints).toEqual([])
    }
  })
})
