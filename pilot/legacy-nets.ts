/**
 * The nets departments drew before there was one: each its own way, with holes where nobody was in
 * charge and overlaps where two were. Columns differ from department to department.
 */
import type { DbfColumn } from './dbf-write.ts'
import type { District } from './ground/district.ts'
import { softBorders } from './ground/divisions.ts'
import { mergeInto } from './ground/merge.ts'
import { neighbours } from './ground/outline.ts'
import type { Layer } from './layers.ts'
import { namerOf } from './names.ts'
import { hash, shuffle, streamOf, wholeBetween } from './random.ts'

/** Department, what it calls its grids, columns for number, name and person in charge. */
const departments = [
  ['公安', '警务区', 'JWQBH', 'JWQMC', 'ZRMJ'],
  ['城管', '管理片', 'PQDM', 'PQMC', 'FZR'],
  ['环卫', '保洁段', 'BJDBH', 'BJDMC', 'BJY'],
  ['消防', '防火网格', 'FHWGDM', 'FHWGMC', 'FHR'],
  ['安监', '安全片区', 'AQDM', 'AQMC', 'AQY'],
  ['环保', '环境网格', 'HJWGDM', 'HJWGMC', 'JGY'],
  ['民政', '社区网格', 'SQDM', 'SQMC', 'ZRR'],
  ['综治', '综治网格', 'ZZDM', 'ZZMC', 'WGY'],
  ['市场监管', '监管区', 'JGQDM', 'JGQMC', 'XGY'],
  ['水务', '河长段', 'HZDDM', 'HZDMC', 'HZ'],
  ['园林', '养护段', 'YHDM', 'YHMC', 'YHR'],
  ['交通', '路段', 'LDDM', 'LDMC', 'LZ'],
  ['卫健', '健康小组', 'JKDM', 'JKMC', 'JTYS'],
  ['人社', '劳动网格', 'LDWGDM', 'LDWGMC', 'XCY'],
  ['司法', '调解片', 'TJDM', 'TJMC', 'TJY'],
  ['党建', '党建网格', 'DJDM', 'DJMC', 'ZBSJ'],
  ['国土', '巡查片', 'XCDM', 'XCMC', 'XCR'],
] as const

export function legacyLayer(seed: number, district: District, net: number): Layer {
  const random = streamOf(seed, `legacy/${net}`)
  const namer = namerOf(seed, `legacy/${net}`)
  const [department, grid, code, name, person] = departments[net % departments.length]!
  const { plan, blocks } = district
  const blockAt = new Map(blocks.map(({ face }, i) => [face, i]))
  // Every department weighs the ground its own way, so its borders run elsewhere.
  const items = blocks.map(({ areaM2, face }, id) => ({
    id,
    areaM2,
    mass: areaM2 * (0.4 + ((hash(`${net}/${face >> 4}`) >>> 8) % 1000) / 500),
  }))
  const count = wholeBetween(random, 24, 110)
  const groupOf = mergeInto(items, softBorders(plan, blocks, blockAt), count)
  const groups = Array.from({ length: count }, () => new Set<number>())
  for (const [block, group] of groupOf) groups[group]!.add(blocks[block]!.face)
  for (const group of groups) takeFromNeighbours(district, group, random)
  const kept = shuffle(random, groups).slice(Math.ceil(count * 0.06))
  const columns: DbfColumn[] = [
    { name: code, type: 'C', width: 12 },
    { name, type: 'C', width: 40 },
    { name: person, type: 'C', width: 20 },
    { name: 'BM', type: 'C', width: 20 },
  ]
  return {
    name: `net${String(net + 1).padStart(2, '0')}`,
    kind: 'polygon',
    columns,
    tells: (['nothing', 'cpg', 'driver'] as const)[net % 3]!,
    rows: kept.map((faces, i) => ({
      parts: district.shape.outline(faces),
      values: [
        `${department.length}${String(i + 1).padStart(4, '0')}`,
        namer.stem() + grid,
        namer.person(),
        department,
      ],
    })),
  }
}

/** Lets a third of the grids reach over a few blocks of the next one, which thinks them its own. */
function takeFromNeighbours(district: District, group: Set<number>, random: () => number): void {
  if (random() > 0.35) return
  const ours = new Set(district.blocks.map(b => b.face))
  for (const face of [...group]) {
    if (random() > 0.25) continue
    const next = neighbours(district.plan, face).find(f => !group.has(f) && ours.has(f))
    if (next !== undefined) group.add(next)
  }
}
