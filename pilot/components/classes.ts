/**
 * The classes the pilot's survey uses: code and name after CJ/T 214-2007 (major classes 01 to 06) and
 * local extensions (21), how common each is, where it stands and who answers for it.
 */
import type { ShapeKind } from '../shapefile-write.ts'

/** Where things stand; `tracks.ts` knows the lines for each. */
export type Host =
  | 'main'
  | 'side'
  | 'lane'
  | 'path'
  | 'park'
  | 'works'
  | 'fields'
  | 'bank'
  | 'junction'
  | 'estate'
  | 'public'
  | 'bridge'

export interface SurveyClass {
  code: string
  name: string
  kind: ShapeKind
  /** Share among all, in thousandths (they need not add up). */
  share: number
  hosts: readonly Host[]
  /** Where across a street: 0 the middle, 1 the outer edge of the pavement; both sides of the street are used. */
  across: readonly [low: number, high: number]
  /** Usual distance from one to the next along a street, metres. */
  gapM: number
  /** How many stand together, and how far apart. */
  cluster: readonly [count: number, gapM: number]
  /** Keys of units: competent department, owners (one is chosen for a street), maintainers. */
  competent: string
  owners: readonly string[]
  maintainers: readonly string[]
  /** A further column, and what stands in it. */
  extra: Extra | null
  /** Metres along and across, for lines (along) and surfaces. */
  size: readonly [alongM: number, acrossM: number]
}

export interface Extra {
  name: 'MATERIAL' | 'TRADESCOPE' | 'NUM_' | 'SPEC' | 'STOPNAME' | 'SCULPTNAME' | 'SITENAME'
  values: readonly string[]
}

type Row = readonly [
  code: string,
  name: string,
  share: number,
  hosts: string,
  across: string,
  gapM: number,
  roles: string,
  more?: {
    cluster?: readonly [number, number]
    extra?: Extra
    line?: number
    surface?: readonly [number, number]
  },
]

const lids: Extra = { name: 'MATERIAL', values: ['铸铁', '球墨铸铁', '复合材料', '水泥', '钢纤维'] }
const posts: Extra = { name: 'MATERIAL', values: ['钢', '镀锌钢管', '水泥', '铝合金'] }
const pipes = 'main side lane path'
const roads = 'main side'

// roles: competent > owners > maintainers; "~town", "~village", "~property" stand for the one on the spot.
const rows: readonly Row[] = [
  ['0101', '上水井盖', 62, pipes, '.35 .5', 34, 'water>waterworks>waterworks', { extra: lids }],
  ['0102', '污水井盖', 84, pipes, '-.3 -.2', 30, 'water>drainage>drainCare', { extra: lids }],
  ['0103', '雨水井盖', 92, pipes, '.1 .2', 28, 'water>drainage ~town>drainCare', { extra: lids }],
  [
    '0104',
    '雨水箅子',
    96,
    'main side lane',
    '.68 .7',
    32,
    'water>drainage ~town>drainCare roadCare',
    { cluster: [2, 0.75], extra: lids },
  ],
  ['0105', '电力井盖', 30, 'main side path', '.8 .86', 42, 'industry>power>power', { extra: lids }],
  ['0106', '路灯井盖', 14, roads, '.74 .77', 60, 'urban>urban ~town>lampCare', { extra: lids }],
  [
    '0107',
    '通讯井盖',
    34,
    'main side path',
    '-.88 -.82',
    75,
    'industry>telecomA telecomB telecomC>lineCare',
    { cluster: [3, 1.35], extra: lids },
  ],
  ['0108', '电视井盖', 6, 'main side path', '-.8 -.76', 90, 'culture>cable>cable lineCare', { extra: lids }],
  [
    '0109',
    '网络井盖',
    8,
    roads,
    '-.95 -.9',
    85,
    'industry>telecomB telecomC>lineCare',
    { cluster: [2, 1.2], extra: lids },
  ],
  ['0110', '热力井盖', 1.5, 'works main', '.55 .6', 70, 'housing>heat>heat', { extra: lids }],
  ['0111', '燃气井盖', 13, 'main side path', '-.6 -.5', 55, 'housing>gas>gas', { extra: lids }],
  ['0112', '公安井盖', 6, 'junction', '0 1', 40, 'police>trafficPolice police>signalCare', { extra: lids }],
  [
    '0113',
    '消防设施',
    7,
    'main side works',
    '.82 .88',
    120,
    'fire>waterworks fire>waterworks',
    { extra: posts },
  ],
  ['0114', '无主井盖', 0.8, 'side lane', '.2 .6', 60, 'urban>>', { extra: lids }],
  ['0115', '通讯交接箱', 5, 'side path', '.9 .95', 180, 'industry>telecomA telecomB telecomC>lineCare', {}],
  ['0116', '电力设施', 5, 'side lane works', '.9 .95', 200, 'industry>power>power', {}],
  [
    '0117',
    '立杆',
    62,
    'side lane main',
    '.78 .84',
    45,
    'industry>power telecomA tower cable>power lineCare',
    { extra: posts },
  ],
  ['0118', '路灯', 118, 'main side lane path', '.73 .75', 30, 'urban>urban ~town>lampCare', { extra: posts }],
  ['0119', '地灯', 3, 'park', '.3 .4', 8, 'urban>urban ~town>lampCare'],
  ['0120', '景观灯', 12, 'park bank', '.5 .7', 14, 'urban>urban ~town>lampCare', { extra: posts }],
  ['0121', '报刊亭', 0.3, 'main', '.88 .9', 800, 'urban>post>post'],
  ['0122', '电话亭', 0.4, 'main', '.88 .9', 700, 'industry>telecomA>lineCare'],
  ['0123', '邮筒', 0.5, 'main', '.88 .9', 700, 'industry>post>post'],
  ['0124', '信息亭', 0.3, 'main', '.88 .9', 900, 'culture>culture>signalCare'],
  [
    '0125',
    '自动售货机',
    1,
    'public',
    '0 1',
    200,
    'commerce>parking advert>advert',
    { extra: { name: 'TRADESCOPE', values: ['饮料', '食品', '日用品'] } },
  ],
  [
    '0126',
    '健身设施',
    4,
    'estate',
    '0 1',
    4,
    'culture>~village culture>~village',
    { extra: { name: 'NUM_', values: ['4', '6', '8', '10', '12'] } },
  ],
  ['0127', '中水井盖', 2, roads, '.25 .3', 60, 'water>drainage>drainCare', { extra: lids }],
  ['0128', '公交井盖', 0.6, 'main', '.6 .65', 300, 'transport>bus>bus', { extra: lids }],
  ['0129', '输油(气)井盖', 0.8, 'fields main', '.5 .6', 150, 'emergency>pipeline>pipeline', { extra: lids }],
  ['0130', '特殊井盖', 0.5, 'main', '-.7 -.6', 300, 'planning>build>roadCare', { extra: lids }],
  ['0131', '民用水井', 1, 'fields lane', '.9 1', 100, 'water>~village>~village'],
  ['0132', '供水器', 0.4, 'park public', '0 1', 200, 'water>waterworks>waterworks'],
  ['0133', '高压线铁塔', 0.6, 'fields', '0 .1', 220, 'industry>power>power'],
  ['0134', '变压器(箱)', 5, 'path side works', '.9 .95', 160, 'industry>power>power'],
  ['0135', '燃气调压站(箱)', 2.5, 'path works', '.9 .95', 180, 'housing>gas>gas'],
  ['0136', '监控电子眼', 9, 'junction side', '.8 .85', 110, 'police>police trafficPolice>signalCare'],
  ['0137', '售货亭', 0.4, 'main public', '.9 .95', 600, 'commerce>~town>~village'],
  ['0138', '治安岗亭', 0.5, 'main public', '.9 .95', 700, 'police>police>police'],
  [
    '0201',
    '停车场',
    2.4,
    'estate public works',
    '0 1',
    60,
    'transport>parking ~property>parking ~property',
    { surface: [46, 18] },
  ],
  ['0202', '停车咪表', 1.5, 'side', '.72 .75', 40, 'transport>parking>parking'],
  [
    '0203',
    '公交站亭',
    3,
    'main',
    '.78 .82',
    420,
    'transport>bus>bus advert',
    { extra: { name: 'STOPNAME', values: [] } },
  ],
  ['0204', '出租车站牌', 0.4, 'main', '.8 .85', 900, 'transport>transport>signalCare'],
  ['0205', '过街天桥', 0.15, 'main', '0 .01', 900, 'housing>build>roadCare', { surface: [4.5, 38] }],
  ['0206', '地下通道', 0.1, 'main', '0 .01', 900, 'housing>build>roadCare', { surface: [6, 42] }],
  ['0207', '高架立交桥', 0.1, 'main', '0 .01', 900, 'transport>build>roadCare', { surface: [320, 22] }],
  ['0208', '跨河桥', 1.6, 'bridge', '0 0', 100, 'transport>transport ~town>roadCare', { surface: [0, 0] }],
  [
    '0209',
    '交通标志牌',
    38,
    'junction main side',
    '.76 .8',
    70,
    'police>trafficPolice>signalCare',
    { extra: posts },
  ],
  ['0210', '交通信号灯', 10, 'junction', '0 1', 10, 'police>trafficPolice>signalCare', { extra: posts }],
  ['0211', '交通护栏', 8, 'main side', '.02 .05', 90, 'police>trafficPolice>signalCare', { line: 60 }],
  ['0212', '存车支架', 3, 'main side public', '.85 .9', 150, 'urban>~town urban>cleanA cleanB'],
  ['0213', '路名牌', 14, 'junction', '0 1', 10, 'civilAffairs>civilAffairs>signalCare', { extra: posts }],
  ['0214', '交通信号设施', 5, 'junction', '0 1', 10, 'police>trafficPolice>signalCare'],
  ['0215', '道路信息显示屏', 0.4, 'main', '.8 .85', 900, 'police>trafficPolice>signalCare'],
  ['0216', '道路隔音屏', 0.5, 'main', '.97 1', 300, 'transport>build>roadCare', { line: 110 }],
  ['0217', '交通岗亭', 0.2, 'junction', '0 1', 500, 'police>trafficPolice>trafficPolice'],
  ['0301', '公共厕所', 1.1, 'public park', '0 1', 200, 'urban>urban ~town>cleanA cleanB'],
  ['0302', '化粪池', 5, 'path', '.9 .95', 60, 'housing>~property ~village>cleanA cleanB'],
  ['0303', '公厕指示牌', 1.6, 'main side', '.82 .86', 300, 'urban>urban>cleanA cleanB'],
  ['0304', '垃圾间(楼)', 2, 'estate public', '0 1', 120, 'urban>~property ~village>cleanA cleanB'],
  ['0305', '垃圾箱', 22, 'main side path park', '.8 .84', 70, 'urban>urban ~town>cleanA cleanB'],
  ['0306', '灯箱霓虹灯', 3, 'main', '.97 1', 60, 'urban>advert>advert'],
  ['0307', '广告牌匾', 8, 'main side', '.97 1', 40, 'urban>advert>advert'],
  ['0308', '环保监测站', 0.1, 'public', '0 1', 500, 'environment>environment>environment'],
  ['0309', '气象监测站', 0.1, 'fields public', '0 1', 500, 'weather>weather>weather'],
  ['0310', '污水口监测站', 0.2, 'bank', '1 1.1', 500, 'environment>environment drainage>drainCare'],
  ['0311', '噪声显示屏', 0.1, 'main', '.85 .9', 900, 'environment>environment>environment'],
  ['0401', '古树名木', 0.4, 'park lane', '.9 1', 100, 'garden>garden ~village>treeCareA treeCareB'],
  ['0402', '行道树', 150, 'main side', '.77 .8', 7, 'garden>garden ~town>treeCareA treeCareB'],
  [
    '0403',
    '护树设施',
    5,
    'main',
    '.78 .81',
    14,
    'garden>garden>treeCareA treeCareB',
    { extra: { name: 'SPEC', values: ['1.0m×1.0m', '1.2m×1.2m', '1.5m×1.5m'] } },
  ],
  ['0404', '花架花钵', 4, 'main public', '.82 .88', 12, 'garden>garden ~town>treeCareA treeCareB'],
  [
    '0405',
    '绿地',
    6,
    'park side main',
    '.96 1',
    45,
    'garden>garden ~town ~property>treeCareA treeCareB',
    { surface: [34, 9] },
  ],
  [
    '0406',
    '雕塑',
    0.4,
    'park public',
    '0 .3',
    120,
    'garden>culture ~town>treeCareA',
    { extra: { name: 'SCULPTNAME', values: ['荷风', '渔歌', '启航', '同心', '水韵', '晨读'] } },
  ],
  ['0407', '街头坐椅', 7, 'park bank main', '.85 .9', 35, 'garden>garden ~town>treeCareA treeCareB'],
  ['0408', '绿地护栏', 2.5, 'park side', '.9 .94', 60, 'garden>garden>treeCareA treeCareB', { line: 32 }],
  ['0409', '绿地维护设施', 2, 'park main', '.85 .9', 60, 'garden>garden>treeCareA treeCareB'],
  ['0410', '喷泉', 0.1, 'park public', '0 .3', 300, 'garden>garden>treeCareA'],
  ['0501', '宣传栏', 4, 'estate public lane', '.9 .95', 60, 'civilAffairs>~village>~village'],
  ['0502', '人防工事', 0.5, 'estate public', '0 1', 200, 'civilDefence>civilDefence build>civilDefence'],
  ['0503', '公房地下室', 0.3, 'estate', '0 1', 200, 'housing>housing>~property', { surface: [30, 12] }],
  ['0601', '重大危险源', 0.2, 'works', '.9 1', 400, 'emergency>build pipeline>emergency'],
  [
    '0602',
    '工地',
    0.6,
    'works estate',
    '0 1',
    200,
    'housing>build>build',
    {
      surface: [70, 50],
      extra: { name: 'SITENAME', values: ['一期工程', '安置房项目', '综合管廊', '标准厂房', '学校扩建'] },
    },
  ],
  ['0603', '水域附属设施', 3, 'bank', '1.05 1.2', 80, 'water>water ~town>bankCare'],
  ['0604', '水域护栏', 4, 'bank', '1.1 1.15', 60, 'water>water ~town>bankCare', { line: 48 }],
  ['0605', '港监设施', 0.3, 'bank', '.95 1', 400, 'transport>transport>bankCare'],
  ['0606', '防汛墙', 1.2, 'bank', '1 1.02', 150, 'water>water>bankCare', { line: 120 }],
  ['2101', '园林井盖', 7, 'park main', '.9 .95', 50, 'garden>garden>treeCareA treeCareB', { extra: lids }],
  ['2102', '环卫井盖', 4, 'path side', '.85 .9', 90, 'urban>urban>cleanA cleanB', { extra: lids }],
  ['2103', '综合井盖', 5, 'main side', '-.75 -.7', 80, 'housing>build>roadCare', { extra: lids }],
  ['2104', '信号灯电源井盖', 5, 'junction', '0 1', 20, 'police>trafficPolice>signalCare', { extra: lids }],
  [
    '2105',
    '化粪池井盖',
    16,
    'path lane',
    '.8 .95',
    40,
    'housing>~property ~village>cleanA cleanB',
    { cluster: [2, 1.6], extra: lids },
  ],
  ['2106', '消防井盖', 5, 'main side path', '.55 .65', 110, 'fire>waterworks>waterworks', { extra: lids }],
  ['2107', '监控井盖', 3, 'junction side', '.86 .9', 150, 'police>police>signalCare', { extra: lids }],
  ['2108', '阀门井盖', 6, 'main side lane', '.5 .55', 110, 'water>waterworks>waterworks', { extra: lids }],
  ['2109', '充电桩', 4, 'estate public', '0 1', 3, 'industry>charging>charging'],
  ['2110', '防撞柱', 6, 'junction', '0 1', 4, 'police>trafficPolice>signalCare', { extra: posts }],
  [
    '2111',
    '减速带',
    1.2,
    'lane path',
    '0 .01',
    160,
    'transport>~town ~property>roadCare',
    { surface: [0.4, 5] },
  ],
  ['2112', '智能快递柜', 2, 'estate', '0 1', 60, 'commerce>~property post>post'],
  [
    '2113',
    '共享单车停放点',
    2,
    'main side',
    '.84 .88',
    220,
    'urban>urban>cleanA cleanB',
    { surface: [9, 2] },
  ],
  ['2114', '垃圾分类亭', 4, 'estate', '0 1', 80, 'urban>~property ~village>cleanA cleanB'],
  ['2115', '泵站', 0.3, 'bank works', '1.2 1.4', 600, 'water>water>bankCare'],
  ['2116', '盲道', 1.5, 'main', '.9 .92', 120, 'housing>build>roadCare', { line: 85 }],
]

export const surveyClasses: readonly SurveyClass[] = rows.map(
  ([code, name, share, hosts, across, gapM, roles, more = {}]) => {
    const [competent, owners, maintainers] = roles.split('>').map(part => part.split(' ').filter(Boolean))
    return {
      code,
      name,
      kind: more.line ? 'line' : more.surface ? 'polygon' : 'point',
      share,
      hosts: hosts.split(' ') as Host[],
      across: across.split(' ').map(Number) as [number, number],
      gapM,
      cluster: more.cluster ?? [1, 0],
      competent: competent![0]!,
      owners: owners!,
      maintainers: maintainers!,
      extra: more.extra ?? null,
      size: more.surface ?? [more.line ?? 0, 0],
    }
  },
)

/** Covers and grates of every kind. */
export const isCover = (c: SurveyClass): boolean => c.name.endsWith('井盖') || c.code === '0104'
