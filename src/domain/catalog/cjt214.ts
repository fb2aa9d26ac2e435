/**
 * The 85 minor classes of CJ/T 214-2007 and their majors. Names and order agree in two independent city
 * code lists; kinds of geometry follow survey practice, for the standard's own table was not at hand.
 * Aliases are only other spellings of the same thing, each belonging to one class.
 */
import type { ComponentClass, GeometryKind, Major } from './schema.ts'

export const STANDARD_ID = 'cjt214-2007'
export const STANDARD_NAME = 'CJ/T 214-2007'

/** The six majors of the standard, and the one in which cities put their own. */
export const majors: readonly Major[] = [
  { code: '01', name: '公用设施', nameEn: 'Public utilities' },
  { code: '02', name: '道路交通', nameEn: 'Road traffic' },
  { code: '03', name: '市容环境', nameEn: 'City appearance and environment' },
  { code: '04', name: '园林绿化', nameEn: 'Greening' },
  { code: '05', name: '房屋土地', nameEn: 'Buildings and land' },
  { code: '06', name: '其他设施', nameEn: 'Other facilities' },
  { code: '21', name: '扩展部件', nameEn: 'Extension' },
]

type Line = readonly [
  code: string,
  name: string,
  nameEn: string,
  geometry: 'P' | 'L' | 'A' | 'PL' | 'PA' | 'LA',
  aliases?: string,
]

const lines: readonly Line[] = [
  ['0101', '上水井盖', 'Water-supply cover', 'P', '自来水井盖 给水井盖 供水井盖'],
  ['0102', '污水井盖', 'Sewage cover', 'P'],
  ['0103', '雨水井盖', 'Storm-water cover', 'P'],
  ['0104', '雨水箅子', 'Storm-water grate', 'P', '雨水篦子 雨水箅 雨水篦'],
  ['0105', '电力井盖', 'Power cover', 'P', '供电井盖'],
  ['0106', '路灯井盖', 'Street-lamp cover', 'P'],
  ['0107', '通讯井盖', 'Telecom cover', 'P', '通信井盖'],
  ['0108', '电视井盖', 'Cable-TV cover', 'P', '有线电视井盖'],
  ['0109', '网络井盖', 'Data-network cover', 'P'],
  ['0110', '热力井盖', 'District-heating cover', 'P'],
  ['0111', '燃气井盖', 'Gas cover', 'P'],
  ['0112', '公安井盖', 'Police cover', 'P'],
  ['0113', '消防设施', 'Fire facility', 'P'],
  ['0114', '无主井盖', 'Ownerless cover', 'P'],
  ['0115', '通讯交接箱', 'Telecom cross-connect cabinet', 'P', '通信交接箱'],
  ['0116', '电力设施', 'Power equipment', 'P'],
  ['0117', '立杆', 'Pole', 'P'],
  ['0118', '路灯', 'Street lamp', 'P'],
  ['0119', '地灯', 'Ground lamp', 'P'],
  ['0120', '景观灯', 'Landscape lamp', 'P'],
  ['0121', '报刊亭', 'Newspaper kiosk', 'P'],
  ['0122', '电话亭', 'Phone booth', 'P'],
  ['0123', '邮筒', 'Post box', 'P'],
  ['0124', '信息亭', 'Information kiosk', 'P'],
  ['0125', '自动售货机', 'Vending machine', 'P'],
  ['0126', '健身设施', 'Fitness equipment', 'P'],
  ['0127', '中水井盖', 'Reclaimed-water cover', 'P'],
  ['0128', '公交井盖', 'Bus or tram cover', 'P'],
  ['0129', '输油(气)井盖', 'Oil or gas trunk-line cover', 'P', '输油气井盖'],
  ['0130', '特殊井盖', 'Special cover', 'P'],
  ['0131', '民用水井', 'Household well', 'P'],
  ['0132', '供水器', 'Water dispenser', 'P'],
  ['0133', '高压线铁塔', 'High-voltage pylon', 'P'],
  ['0134', '变压器(箱)', 'Transformer', 'P', '变压器 变压器箱'],
  ['0135', '燃气调压站(箱)', 'Gas regulator station', 'PA', '燃气调压站 燃气调压箱'],
  ['0136', '监控电子眼', 'Surveillance camera', 'P'],
  ['0137', '售货亭', 'Sales kiosk', 'P'],
  ['0138', '治安岗亭', 'Police booth', 'P'],
  ['0201', '停车场', 'Car park', 'A'],
  ['0202', '停车咪表', 'Parking meter', 'P'],
  ['0203', '公交站亭', 'Bus shelter', 'P'],
  ['0204', '出租车站牌', 'Taxi sign', 'P'],
  ['0205', '过街天桥', 'Footbridge', 'LA'],
  ['0206', '地下通道', 'Underpass', 'LA'],
  ['0207', '高架立交桥', 'Flyover', 'A'],
  ['0208', '跨河桥', 'River bridge', 'A'],
  ['0209', '交通标志牌', 'Traffic sign', 'P'],
  ['0210', '交通信号灯', 'Traffic light', 'P'],
  ['0211', '交通护栏', 'Traffic railing', 'L'],
  ['0212', '存车支架', 'Bicycle rack', 'PL'],
  ['0213', '路名牌', 'Street-name sign', 'P'],
  ['0214', '交通信号设施', 'Signal equipment', 'P'],
  ['0215', '道路信息显示屏', 'Road information display', 'P'],
  ['0216', '道路隔音屏', 'Noise barrier', 'L'],
  ['0217', '交通岗亭', 'Traffic booth', 'P'],
  ['0301', '公共厕所', 'Public toilet', 'PA', '公厕'],
  ['0302', '化粪池', 'Septic tank', 'P'],
  ['0303', '公厕指示牌', 'Toilet sign', 'P'],
  ['0304', '垃圾间(楼)', 'Refuse room', 'PA', '垃圾间 垃圾楼'],
  ['0305', '垃圾箱', 'Litter bin', 'P'],
  ['0306', '灯箱霓虹灯', 'Light box or neon sign', 'P'],
  ['0307', '广告牌匾', 'Billboard', 'PL'],
  ['0308', '环保监测站', 'Environmental monitoring station', 'P'],
  ['0309', '气象监测站', 'Weather monitoring station', 'P'],
  ['0310', '污水口监测站', 'Outfall monitoring station', 'P'],
  ['0311', '噪声显示屏', 'Noise display', 'P'],
  ['0401', '古树名木', 'Heritage tree', 'P'],
  ['0402', '行道树', 'Street tree', 'P'],
  ['0403', '护树设施', 'Tree guard', 'P'],
  ['0404', '花架花钵', 'Flower stand', 'PL'],
  ['0405', '绿地', 'Green space', 'A'],
  ['0406', '雕塑', 'Sculpture', 'P'],
  ['0407', '街头坐椅', 'Bench', 'P', '街头座椅'],
  ['0408', '绿地护栏', 'Green-space railing', 'L'],
  ['0409', '绿地维护设施', 'Green-space maintenance facility', 'P'],
  ['0410', '喷泉', 'Fountain', 'PA'],
  ['0501', '宣传栏', 'Notice board', 'P'],
  ['0502', '人防工事', 'Civil-defence works', 'PA'],
  ['0503', '公房地下室', 'Public-housing basement', 'A'],
  ['0601', '重大危险源', 'Major hazard source', 'PA'],
  ['0602', '工地', 'Construction site', 'A'],
  ['0603', '水域附属设施', 'Water-side facility', 'P'],
  ['0604', '水域护栏', 'Water-side railing', 'L'],
  ['0605', '港监设施', 'Port supervision facility', 'P'],
  ['0606', '防汛墙', 'Flood wall', 'L'],
]

/** Cameras, police, gas, special covers, civil defence, major hazards: what the law asks to keep back. */
const sensitive = new Set(['0111', '0112', '0129', '0130', '0135', '0136', '0138', '0502', '0601'])

const kindOf: Record<string, GeometryKind> = { P: 'point', L: 'line', A: 'polygon' }

/** The 85 classes in the order of their codes. */
export const standardClasses: readonly ComponentClass[] = lines.map(
  ([code, name, nameEn, geometry, aliases]) => ({
    code,
    name,
    nameEn,
    geometry: [...geometry].map(letter => kindOf[letter]!),
    sensitive: sensitive.has(code),
    aliases: aliases ? aliases.split(' ') : [],
  }),
)
