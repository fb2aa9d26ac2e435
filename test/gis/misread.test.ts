/** Points of a district written in one way and declared as another: the way they were written is proposed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Crs, findCrs, fromLonLat } from '../../gis/crs.ts'
import type { Bbox } from '../../gis/geometry.ts'
import { explainMisreading, type Ground } from '../../gis/misread.ts'
import { packDegrees } from '../../gis/packed-degrees.ts'
import type { Reading } from '../../gis/reading.ts'
import { randomFrom } from './random.ts'

const suzhou2000 = (falseEastingM: number) =>
  `+proj=tmerc +lat_0=0 +lon_0=120d47 +k=1 +x_0=${falseEastingM} +y_0=0 +ellps=GRS80 +units=m +no_defs`

function system(stated: string): Crs {
  const answer = findCrs(stated)
  if (!answer.ok) throw new Error(stated)
  return answer.crs
}
const as = (stated: string, more: Partial<Reading> = {}): Reading => ({
  crs: system(stated),
  swapAxes: false,
  degrees: 'decimal',
  ...more,
})

/** A county: an octagon, so that its box and itself differ. */
const BOX: Bbox = [120.5, 31.2, 120.68, 31.36]
const ground: Ground = {
  bbox: BOX,
  holds(lon, lat) {
    const x = Math.abs((lon - 120.59) / 0.09)
    const y = Math.abs((lat - 31.28) / 0.08)
    return x <= 1 && y <= 1 && x + y <= 1.5
  },
}
/** Forty to eighty places in it. */
const sample = fc.integer({ min: 1, max: 1e6 }).map(seed => {
  const random = randomFrom(seed)
  const points: [number, number][] = []
  while (points.length < 40 + (seed % 40)) {
    const [lon, lat] = [BOX[0] + random() * 0.18, BOX[1] + random() * 0.16]
    if (ground.holds(lon, lat)) points.push([lon, lat])
  }
  return points
})

const written = (points: readonly (readonly [number, number])[], reading: Reading): number[] => {
  const project = fromLonLat(reading.crs)
  return points.flatMap(([lon, lat]) => {
    const [x, y] = project(lon, lat).map(each => packDegrees(reading.degrees, each)) as [number, number]
    return reading.swapAxes ? [y, x] : [x, y]
  })
}

describe('positions read in another way than they were written', () => {
  const cases: [title: string, is: Reading, declared: Reading, mistake: string][] = [
    ['north first', as('EPSG:4549', { swapAxes: true }), as('EPSG:4549'), 'swapped'],
    ['latitude first', as('EPSG:4490', { swapAxes: true }), as('EPSG:4490'), 'swapped'],
    ['not swapped, though declared so', as('EPSG:4549'), as('EPSG:4549', { swapAxes: true }), 'swapped'],
    ['the zone is missing', as('EPSG:4549'), as('EPSG:4528'), 'zone-prefix'],
    ['a zone too many', as('EPSG:4528'), as('EPSG:4549'), 'zone-prefix'],
    ['a zone too many and north first', as('EPSG:4528', { swapAxes: true }), as('EPSG:4549'), 'zone-prefix'],
    ['117 for 120', as('EPSG:4549'), as('EPSG:4548'), 'meridian'],
    ['another zone with its prefix', as('EPSG:4528'), as('EPSG:4527'), 'meridian'],
    ['120 for 120°47′', as(suzhou2000(500_000)), as('EPSG:4549'), 'meridian'],
    ['120 for 120°47′ without false easting', as(suzhou2000(0)), as('EPSG:4549'), 'meridian'],
    ['120°47′ for 120', as('EPSG:4549'), as(suzhou2000(0)), 'meridian'],
    ['UTM for Gauss-Kruger', as('EPSG:4549'), as('EPSG:32651'), 'system'],
    ['metres in degrees', as('EPSG:4549'), as('EPSG:4326'), 'system'],
    ['prefixed metres in degrees', as('EPSG:4528'), as('EPSG:4490'), 'system'],
    ['degrees in metres', as('EPSG:4490'), as('EPSG:4549'), 'system'],
    ['seconds for decimals', as('EPSG:4490', { degrees: 'd.mmss' }), as('EPSG:4490'), 'degrees'],
    ['minutes for decimals', as('EPSG:4490', { degrees: 'd.mmmm' }), as('EPSG:4326'), 'degrees'],
    ['a receiver’s minutes', as('EPSG:4490', { degrees: 'dmm.mmmm' }), as('EPSG:4490'), 'degrees'],
  ]
  it.each(cases)('%s: the way they were written is proposed', (_title, is, declared, mistake) => {
    fc.assert(
      fc.property(sample, points => {
        const positions = written(points, is)
        const explained = explainMisreading(positions, declared, ground)
        expect(explained).toMatchObject({ mistake, after: points.length })
        expect(explained!.before).toBeLessThanOrEqual(points.length / 2)
        const { reading } = explained!
        if (mistake !== 'meridian' && is.crs.code !== null)
          expect([reading.crs.code, reading.swapAxes, reading.degrees]).toEqual([
            is.crs.kind === 'geographic' && reading.crs.code === 'EPSG:4326' ? 'EPSG:4326' : is.crs.code,
            is.swapAxes,
            is.degrees,
          ])
        else expect(reading.crs.centralMeridian).toBeCloseTo(is.crs.centralMeridian!, 9)
        // and what is proposed is what was meant, to the millimetre
        const [x, y] = written(points.slice(0, 1), reading)
        expect(Math.hypot(x! - positions[0]!, y! - positions[1]!)).toBeLessThan(2e-3)
      }),
      { numRuns: 20 },
    )
  })

  it('without a word on their system are told the one that fits', () => {
    fc.assert(
      fc.property(sample, points => {
        for (const stated of ['EPSG:4549', 'EPSG:4528', 'EPSG:4490'])
          expect(explainMisreading(written(points, as(stated)), null, ground)).toMatchObject({
            mistake: 'system',
            reading: { crs: { code: stated }, swapAxes: false },
            before: 0,
          })
      }),
      { numRuns: 10 },
    )
  })

  const systems = [
    'EPSG:4549',
    'EPSG:4528',
    'EPSG:4490',
    'EPSG:4326',
    'GCJ-02',
    'BD-09',
    suzhou2000(0),
    'EPSG:32651',
  ]
  it.each(systems)('that are read as they were written need no explanation: %s', stated => {
    fc.assert(
      fc.property(sample, points => {
        expect(explainMisreading(written(points, as(stated)), as(stated), ground)).toBeNull()
      }),
      { numRuns: 20 },
    )
  })

  it('that are simply elsewhere, or half of them, are not explained', () => {
    fc.assert(
      fc.property(sample, fc.constantFrom(...systems), (points, stated) => {
        // a neighbouring city half a degree away
        const elsewhere = points.map(([lon, lat]) => [lon + 0.31, lat - 0.27] as const)
        expect(explainMisreading(written(elsewhere, as(stated)), as(stated), ground)).toBeNull()
        const half = [...points.slice(0, points.length / 2), ...elsewhere.slice(points.length / 2)]
        expect(explainMisreading(written(half, as(stated)), as(stated), ground)).toBeNull()
      }),
      { numRuns: 60 },
    )
  })

  it('that a city ties to a national system by control points are never given another system', () => {
    const local: Crs = {
      ...system('EPSG:4549'),
      code: null,
      name: 'local:x',
      similarity: { a: 1, b: 0, from: [0, 0], to: [0, 0] },
    }
    const [first, ...rest] = [
      [120.59, 31.28],
      [120.6, 31.29],
      [120.58, 31.27],
      [120.61, 31.28],
      [120.59, 31.3],
    ] as const
    const points = [first, ...rest]
    const declared: Reading = { crs: local, swapAxes: false, degrees: 'decimal' }
    expect(explainMisreading(written(points, as('EPSG:4528')), declared, ground)).toBeNull()
    expect(
      explainMisreading(written(points, as('EPSG:4549', { swapAxes: true })), declared, ground),
    ).toMatchObject({
      mistake: 'swapped',
    })
  })
})
