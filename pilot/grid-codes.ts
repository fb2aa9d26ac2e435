/**
 * Codes, names and heads of the grids: towns nine digits, villages twelve, areas fourteen. Numbers run
 * from west to east and then from north to south, inside the town or village.
 */
import type { District, Grid } from './ground/district.ts'
import { flatArea } from './ground/measure.ts'
import type { Use } from './ground/use.ts'
import { districtCode, districtName, namerOf, towns } from './names.ts'

export interface GridRecord {
  code: string
  name: string
  /** Code of the grid around it; blank for the district. */
  parent: string
  head: string
  rings: number[][]
  areaM2: number
}

export interface GridRecords {
  district: GridRecord
  towns: GridRecord[]
  villages: GridRecord[]
  areas: GridRecord[]
}

const urban: readonly Use[] = [
  'residential',
  'commercial',
  'office',
  'industry',
  'storage',
  'school',
  'health',
  'government',
  'works',
]

export function gridRecords(seed: number, district: District): GridRecords {
  const namer = namerOf(seed, 'grids')
  const record = (grid: { rings: number[][] }, code: string, name: string, parent: string): GridRecord => ({
    code,
    name,
    parent,
    head: namer.person(),
    rings: grid.rings,
    areaM2: grid.rings.reduce((sum, ring) => sum + flatArea(ring), 0),
  })
  const whole = record({ rings: district.outline }, districtCode, districtName, '')
  const townRecords = district.towns.map((grid, i) =>
    record(grid, districtCode + towns[i]!.code, towns[i]!.name, districtCode),
  )
  const villages = district.villages.map((grid, v) => ({ grid, v, isCity: cityShare(district, v) > 0.5 }))
  const villageRecords: GridRecord[] = []
  for (const [town, parent] of townRecords.entries()) {
    for (const isCity of [true, false]) {
      const mine = villages.filter(x => x.grid.parent === town && x.isCity === isCity)
      // Communities are numbered from 001, villages from 201.
      inOrder(mine, x => x.grid.centre).forEach((x, i) => {
        const number = String((isCity ? 1 : 201) + i).padStart(3, '0')
        villageRecords[x.v] = record(
          x.grid,
          parent.code + number,
          namer.stem() + (isCity ? '社区' : '村'),
          parent.code,
        )
      })
    }
  }
  const areaRecords: GridRecord[] = []
  for (const [village, parent] of villageRecords.entries()) {
    const mine = district.areas.map((grid, a) => ({ grid, a })).filter(x => x.grid.parent === village)
    inOrder(mine, x => x.grid.centre).forEach((x, i) => {
      const number = String(i + 1).padStart(2, '0')
      areaRecords[x.a] = record(
        x.grid,
        parent.code + number,
        `${parent.name}第${numerals[i]}片区`,
        parent.code,
      )
    })
  }
  return { district: whole, towns: townRecords, villages: villageRecords, areas: areaRecords }
}

const numerals = '一二三四五六'

function cityShare({ blocks }: District, village: number): number {
  const mine = blocks.filter(b => b.village === village)
  const sum = (list: typeof mine) => list.reduce((total, b) => total + b.areaM2, 0)
  return sum(mine.filter(b => urban.includes(b.use))) / sum(mine)
}

/** Rows from north to south, each from west to east. */
function inOrder<T>(list: readonly T[], centreOf: (item: T) => Grid['centre']): T[] {
  const norths = list.map(item => centreOf(item)[1])
  const top = Math.max(...norths)
  const rowM = (top - Math.min(...norths)) / Math.ceil(Math.sqrt(list.length)) + 1
  const rowOf = (item: T) => Math.floor((top - centreOf(item)[1]) / rowM)
  return [...list].sort((a, b) => rowOf(a) - rowOf(b) || centreOf(a)[0] - centreOf(b)[0])
}
