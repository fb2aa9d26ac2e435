/**
 * Names of a district that does not exist: towns, villages, streets, waters, estates and people, put
 * together from characters of the water country so that they sound right and mean nobody.
 */
import type { Random } from './random.ts'
import { pick, shuffle, streamOf } from './random.ts'

/** Not a code of GB/T 2260: no county of Suzhou has 99. */
export const districtCode = '320599'
export const districtName = '棠泽区'
export const towns = [
  { name: '棠泽高新区', code: '401' },
  { name: '苇渡镇', code: '101' },
  { name: '鹭汀街道', code: '001' },
] as const
export const lakeName = '镜棠湖'

const heads = '澄藕蒲棠菱鹭芦荻桑柳桐槿兰荷云星霁岚素青碧沐望听晴锦和颂嘉允景栖悦文书砚墨弘履采芸芷茗松柏榆枫'
const tails = '浜泾汀浦荡渚溪墩圩场庭苑岸堤泉塘渡坞堰埭潭洲泽源原野亭舍轩辕衡章韵华丰盛宁安康乐怡然'
const surnames = '沈陆顾朱吴张王李陈周徐钱金许姚蒋俞薛范殷'
const given = '建国志明伟芳敏静丽文斌海燕晓东春梅永平雪峰佳怡子涵国荣月琴水根凤英云龙秀兰志刚惠珍立新'

export interface Namer {
  /** A stem of two characters, never given out twice. */
  stem: () => string
  person: () => string
}

export function namerOf(seed: number, purpose: string): Namer {
  const random = streamOf(seed, `names/${purpose}`)
  const stems = [...heads].flatMap(head => [...tails].map(tail => head + tail))
  const order = shuffle(random, stems)
  let next = 0
  return {
    stem: () => {
      const at = next++
      // After the last stem they go on with 东, 西, 南, 北 and so on.
      const round = Math.floor(at / order.length)
      return order[at % order.length]! + ['', ...'东西南北中新前后上下'][round % 11]!
    },
    person: () => personName(random),
  }
}

function personName(random: Random): string {
  const first = pick(random, [...given])
  return pick(random, [...surnames]) + first + (random() < 0.72 ? pick(random, [...given]) : '')
}
