/** Names of streets, waters and grounds, the same wherever they are spoken of. */

import type { Block, District } from './ground/district.ts'
import { flatLength } from './ground/measure.ts'
import type { ChordKind } from './ground/plan.ts'
import type { Run } from './ground/streets.ts'
import type { Use } from './ground/use.ts'
import { lakeName, namerOf } from './names.ts'
import { hash } from './random.ts'

export interface PlaceNames {
  streetOf: (street: number) => string
  waterOf: (water: number) => string
  /** Name of a block's estate, works, school ...; blank for fields and the like. */
  blockOf: (block: number) => string
}

/** What a street of each kind may be called; the longest of a kind get the grandest word. */
const streetWords: Partial<Record<ChordKind, readonly string[]>> = {
  viaduct: ['快速路'],
  arterial: ['大道', '路'],
  secondary: ['路', '路', '街'],
  local: ['路', '街', '路'],
  lane: ['巷', '弄', '里'],
}

const groundWords: Partial<Record<Use, readonly string[]>> = {
  residential: ['花园', '新村', '雅居', '名邸', '公寓', '家园', '小区'],
  commercial: ['广场', '商业中心', '农贸市场', '天地', '百货', '便民市场'],
  office: ['大厦', '商务楼', '科创园'],
  school: ['小学', '中学', '幼儿园', '实验小学'],
  health: ['社区卫生服务中心', '卫生服务站'],
  government: ['便民服务中心', '综合服务中心', '文体中心'],
  industry: ['精密机械厂', '电子厂', '纺织厂', '产业园', '新材料厂', '包装厂'],
  storage: ['物流园', '仓储中心'],
  park: ['公园', '游园', '绿地'],
  works: ['工地'],
}

export function placeNames(seed: number, { streets, waterRuns, blocks }: District): PlaceNames {
  const streetNames = new Map<number, string>()
  const waterNames = new Map<number, string>([[-1, '']])
  const namer = namerOf(seed, 'places')
  const lengths = new Map<number, number>()
  for (const run of streets) lengths.set(run.street, (lengths.get(run.street) ?? 0) + flatLength(run.line))
  for (const run of waterRuns) {
    if (waterNames.has(run.street)) continue
    waterNames.set(run.street, namer.stem() + (run.kind === 'river' ? '河' : '浜'))
  }
  const named = (run: Run) => {
    // A road on a bank is called after its river: 澄浦河东路, 澄浦河西路.
    if (run.street < 0) return bankName(run, waterNames)
    const words = streetWords[run.kind]!
    const isLong = lengths.get(run.street)! > 2500
    return namer.stem() + (isLong ? words[0]! : words[(hash(`word/${run.street}`) >>> 3) % words.length]!)
  }
  // The widest first, so that they get the plain names.
  const rank: ChordKind[] = ['viaduct', 'arterial', 'secondary', 'local', 'lane']
  for (const kind of rank) {
    for (const run of streets) {
      if (run.kind === kind && !streetNames.has(run.street)) streetNames.set(run.street, named(run))
    }
  }
  const grounds = namerOf(seed, 'grounds')
  const blockNames = blocks.map(b => groundName(b, grounds.stem))
  return {
    streetOf: street => streetNames.get(street) ?? '',
    waterOf: water => waterNames.get(water) ?? lakeName,
    blockOf: block => blockNames[block] ?? '',
  }
}

function bankName(run: Run, waters: ReadonlyMap<number, string>): string {
  const water = waters.get(Math.floor((-1 - run.street) / 2))!
  const dx = Math.abs(run.line.at(-2)! - run.line[0]!)
  const dy = Math.abs(run.line.at(-1)! - run.line[1]!)
  const isLeft = (-1 - run.street) % 2 === 1
  const bank = dx > dy ? (isLeft ? '北' : '南') : isLeft ? '西' : '东'
  return `${water}${bank}路`
}

function groundName({ use, face }: Block, stem: () => string): string {
  const words = groundWords[use]
  return words ? stem() + words[(hash(`ground/${face}`) >>> 3) % words.length]! : ''
}
