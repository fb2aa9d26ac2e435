/**
 * The unit directory of the pilot: departments, companies, towns, villages, property firms and
 * contractors that answer for things in one of the three roles. All are invented.
 */
import { districtCode, districtName } from './names.ts'
import { creditCode } from './uscc.ts'

export type UnitKind = 'department' | 'company' | 'town' | 'village' | 'property' | 'contractor'

export interface Unit {
  /** How the class table speaks of it. */
  key: string
  /** Unified social credit code. */
  code: string
  name: string
  short: string
  kind: UnitKind
  /** Other ways people write it. */
  aliases: string[]
}

const departments = [
  ['housing', '住房和城乡建设局', '住建局', '建设局'],
  ['urban', '城市管理局', '城管局', '综合执法局'],
  ['transport', '交通运输局', '交运局', '交通局'],
  ['water', '水务局', '水务局', '水利局'],
  ['garden', '园林绿化管理中心', '园林中心', '绿化所'],
  ['police', '公安局', '公安局', '公安'],
  ['trafficPolice', '公安局交通警察大队', '交警大队', '交警'],
  ['fire', '消防救援大队', '消防大队', '消防'],
  ['environment', '生态环境局', '环保局', '环境局'],
  ['industry', '工业和信息化局', '工信局', '经信局'],
  ['planning', '自然资源和规划局', '资规局', '国土局'],
  ['culture', '文体广电和旅游局', '文体局', '文广局'],
  ['emergency', '应急管理局', '应急局', '安监局'],
  ['civilDefence', '人民防空办公室', '人防办', '民防局'],
  ['agriculture', '农业农村局', '农业局', '农委'],
  ['commerce', '商务局', '商务局', '商贸局'],
  ['civilAffairs', '民政局', '民政局', '民政'],
  ['weather', '气象局', '气象局', '气象台'],
] as const

const companies = [
  ['waterworks', '清源供水有限公司', '清源供水', '自来水公司'],
  ['drainage', '净流排水有限公司', '净流排水', '排水公司'],
  ['power', '湖光供电有限公司', '湖光供电', '供电公司'],
  ['gas', '晴川燃气有限公司', '晴川燃气', '煤气公司'],
  ['heat', '和煦热力有限公司', '和煦热力', '热力公司'],
  ['telecomA', '江汀电信服务有限公司', '江汀电信', '电信'],
  ['telecomB', '云屿移动通讯有限公司', '云屿移动', '移动'],
  ['telecomC', '合声通讯网络有限公司', '合声通讯', '联合网络'],
  ['cable', '棠声广播电视网络有限公司', '棠声广电', '有线电视'],
  ['tower', '矗立通信基站设施有限公司', '矗立铁塔', '铁塔公司'],
  ['bus', '棠泽巴士客运有限公司', '棠泽巴士', '公交公司'],
  ['parking', '泊安停车管理有限公司', '泊安停车', '停车公司'],
  ['post', '棠泽邮驿服务有限公司', '棠泽邮驿', '邮政'],
  ['advert', '苇风广告传媒有限公司', '苇风广告', '广告公司'],
  ['charging', '速电新能源服务有限公司', '速电新能源', '充电桩公司'],
  ['pipeline', '东荡油气管道有限公司', '东荡管道', '输油公司'],
  ['build', '棠泽城市建设投资有限公司', '棠泽城投', '城投'],
] as const

const properties = ['安屿', '锦澄', '鹭栖', '和院', '望荻', '嘉汀', '云舍', '青棠'].map(
  (name, i) => [`property${i}`, `${name}物业服务有限公司`, `${name}物业`, `${name}管家`] as const,
)

const contractors = [
  ['roadCare', '通畅市政养护工程有限公司', '通畅市政', '市政养护'],
  ['lampCare', '明途照明工程有限公司', '明途照明', '路灯所'],
  ['drainCare', '疏浚管网养护有限公司', '疏浚管网', '管网养护'],
  ['treeCareA', '芳草绿化工程有限公司', '芳草绿化', '芳草园林'],
  ['treeCareB', '乔木绿化养护有限公司', '乔木绿化', '乔木园林'],
  ['cleanA', '净街环境服务有限公司', '净街环境', '净街保洁'],
  ['cleanB', '碧汀环境卫生有限公司', '碧汀环卫', '碧汀保洁'],
  ['signalCare', '智信交通设施有限公司', '智信交通', '智信设施'],
  ['lineCare', '联纤线路工程有限公司', '联纤线路', '线路代维'],
  ['bankCare', '固岸水利养护有限公司', '固岸水利', '河道养护'],
] as const

const prefixes: Record<UnitKind, string> = {
  department: '11',
  company: '91',
  town: '11',
  village: '54',
  property: '91',
  contractor: '91',
}

/** The directory: `townNames` and `villageNames` add one unit each, keyed `town0` ... and `village0` ... */
export function unitsOf(townNames: readonly string[], villageNames: readonly string[]): Unit[] {
  const rows: (readonly [UnitKind, string, string, string, string])[] = [
    ...departments.map(([key, ...n]) => ['department', key, districtName + n[0], n[1], n[2]] as const),
    ...companies.map(row => ['company', ...row] as const),
    ...properties.map(row => ['property', ...row] as const),
    ...contractors.map(row => ['contractor', ...row] as const),
    ...townNames.map((name, i) => ['town', `town${i}`, townBody(name), name, `${name}政府`] as const),
    ...villageNames.map(
      (name, i) =>
        ['village', `village${i}`, committee(name), name, `${name.replace('社区', '居')}委`] as const,
    ),
  ]
  return rows.map(([kind, key, name, short, alias], i) => ({
    kind,
    key,
    name,
    short,
    code: creditCode(prefixes[kind], districtCode, 7_340_211 + i * 7919),
    aliases: [alias],
  }))
}

const townBody = (name: string): string =>
  name.endsWith('镇') ? `${name}人民政府` : name.endsWith('街道') ? `${name}办事处` : `${name}管理委员会`

const committee = (name: string): string =>
  `${name}${name.endsWith('社区') ? '居民委员会' : '村民委员会'}`.replace('村村民', '村民')
