/** The rows of the delivery that defect-delivery.ts writes: sound ones, and what is planted in each. */
import iconv from 'iconv-lite'
import type { DbfColumn, DbfValue } from '../../../pilot/dbf-write.ts'
import type { FindingCode } from '../../../src/domain/survey/findings.ts'
import { areaCode, componentCode, squareDistrict } from '../../support/ground.ts'

export type Row = Record<string, DbfValue> & { lon: number; lat: number }
export interface Planned {
  sound: Row
  /** What is planted, and the finding it must give; rows without are sound in both. */
  spoilt?: Partial<Row>
  code?: FindingCode
}

/** Three levels, and in the east of the district ground that belongs to no area. */
export const gappedDistrict = () => squareDistrict().filter(grid => grid.code !== areaCode(3))
export const unitsCsv =
  '单位名称,统一社会信用代码,简称\n棠泽区住建局,11320599000000001A,住建局\n棠泽供水有限公司,91320599000000002B,供水公司\n棠泽养护有限公司,91320599000000003C,养护公司\n'

export const profile = {
  crs: 'EPSG:4490',
  position: { x: '经度', y: '纬度' },
  fields: {
    code: 'OBJCODE',
    className: 'OBJNAME',
    classCode: '类别代码',
    competentName: 'DEPTNAME1',
    ownerName: 'DEPTNAME2',
    ownerCode: 'DEPTCODE2',
    maintainerName: 'DEPTNAME3',
    statedGrid: 'BGCODE',
    state: 'OBJSTATE',
    surveyedOn: 'ORDATE',
    changedOn: 'CHDATE',
    picture: 'PICTURE',
    note: 'NOTE_',
  },
}

export const columns: readonly DbfColumn[] = [
  { name: 'OBJCODE', type: 'C', width: 32 },
  { name: 'OBJNAME', type: 'C', width: 30 },
  { name: 'DEPTNAME1', type: 'C', width: 48 },
  { name: 'DEPTNAME2', type: 'C', width: 48 },
  { name: 'DEPTCODE2', type: 'C', width: 18 },
  { name: 'DEPTNAME3', type: 'C', width: 48 },
  { name: 'BGCODE', type: 'C', width: 20 },
  { name: 'OBJSTATE', type: 'C', width: 8 },
  { name: 'ORDATE', type: 'C', width: 12 },
  { name: 'CHDATE', type: 'C', width: 12 },
  { name: 'PICTURE', type: 'C', width: 24 },
  { name: 'NOTE_', type: 'C', width: 20 },
  { name: 'STOPNAME', type: 'C', width: 20 },
]

/** The n-th component of the delivery, in the first area, nothing wrong with it. */
export function sound(n: number, over: Partial<Row> = {}): Row {
  return {
    OBJCODE: componentCode(n),
    OBJNAME: '路灯',
    DEPTNAME1: '棠泽区住建局',
    DEPTNAME2: '棠泽供水有限公司',
    DEPTCODE2: '91320599000000002B',
    DEPTNAME3: '棠泽养护有限公司',
    BGCODE: areaCode(1),
    OBJSTATE: '完好',
    ORDATE: '20240305',
    CHDATE: '20240306',
    PICTURE: `p${n}.jpg`,
    NOTE_: n % 2 ? '靠近围墙' : '绿化带内',
    STOPNAME: null,
    lon: 120.601 + (n % 80) * 0.0002,
    lat: 31.302 + Math.floor(n / 80) * 0.002,
    ...over,
  }
}

const half = iconv.encode(`A${'井盖周边路面下沉靠近'}`, 'gbk').subarray(0, 20)
const shelter = (n: number, over: Partial<Row> = {}) =>
  sound(n, { OBJCODE: componentCode(n, '0203'), OBJNAME: '公交站亭', STOPNAME: '越溪站', ...over })

/** Covers side by side, each with its code and its photo: real, and never taken for one. */
const cluster: Planned[] = [101, 102, 103].map((n, i) => ({
  sound: sound(n, {
    OBJCODE: componentCode(n, '0104'),
    OBJNAME: '雨水箅子',
    lon: 120.6105 + i * 0.0000063,
  }),
}))

export const points: Planned[] = [
  ...cluster,
  // the first of two rows with one code
  { sound: sound(1), code: 'code.duplicate-kept' },
  { sound: sound(2), spoilt: { OBJCODE: null }, code: 'code.missing' },
  { sound: sound(3), spoilt: { OBJCODE: '3205990118A00003' }, code: 'code.format' },
  { sound: sound(4), spoilt: { OBJCODE: componentCode(1) }, code: 'code.duplicate' },
  { sound: sound(6), spoilt: { OBJCODE: componentCode(6, '0118', '320598') }, code: 'code.district' },
  { sound: sound(7), spoilt: { OBJCODE: '３２０５９９０１１８０００００７' }, code: 'code.characters' },
  { sound: sound(9), spoilt: { lon: 121.6, BGCODE: null }, code: 'position.outside' },
  { sound: sound(11), spoilt: { lon: 120.5995, BGCODE: null }, code: 'position.beyond-border' },
  { sound: sound(12), spoilt: { lon: 120.65, BGCODE: null }, code: 'position.gap' },
  { sound: sound(13), spoilt: { BGCODE: areaCode(2) }, code: 'grid.stated' },
  { sound: sound(14), spoilt: { DEPTNAME1: '太空局' }, code: 'unit.unknown' },
  { sound: sound(15), spoilt: { DEPTNAME2: '棠泽养护有限公司' }, code: 'unit.mismatch' },
  {
    sound: sound(16),
    spoilt: { DEPTNAME1: '供水公司', DEPTNAME3: '棠泽供水有限公司' },
    code: 'unit.same',
  },
  { sound: sound(17), spoilt: { OBJSTATE: '很好' }, code: 'state.unknown' },
  { sound: sound(18), spoilt: { ORDATE: null }, code: 'date.missing' },
  { sound: sound(19), spoilt: { CHDATE: '20240231' }, code: 'date.invalid' },
  { sound: sound(21), spoilt: { CHDATE: '21500101' }, code: 'date.future' },
  { sound: sound(22), spoilt: { ORDATE: '19310101' }, code: 'date.too-early' },
  { sound: sound(23), spoilt: { CHDATE: '20240304' }, code: 'date.order' },
  { sound: shelter(24), spoilt: { STOPNAME: null }, code: 'attribute.missing' },
  { sound: sound(25) },
  {
    sound: sound(26, { lon: sound(25).lon + 0.000002 }),
    spoilt: { PICTURE: 'p25.jpg' },
    code: 'duplicate.probable',
  },
  { sound: sound(27), spoilt: { NOTE_: half }, code: 'value.truncated-byte' },
  { sound: sound(28), spoilt: { NOTE_: '井盖周边路面下沉靠近' }, code: 'value.truncated' },
  { sound: sound(29), spoilt: {}, code: 'row.deleted' },
]
export const lines: Planned[] = [201, 202].map(n => ({
  sound: sound(n, { OBJCODE: componentCode(n, '0211'), OBJNAME: '交通护栏' }),
}))
export const polygons: Planned[] = [
  { sound: sound(211, { OBJCODE: componentCode(211, '0405'), OBJNAME: '绿地' }) },
  {
    sound: sound(212, { OBJCODE: componentCode(212, '0405'), OBJNAME: '绿地' }),
    spoilt: { OBJCODE: componentCode(212), OBJNAME: '路灯' },
    code: 'geometry.type',
  },
]
export const table: Planned[] = [
  { sound: sound(301) },
  { sound: sound(302), spoilt: { lon: Number.NaN }, code: 'position.not-finite' },
  {
    sound: sound(303),
    spoilt: { lon: sound(303).lat, lat: sound(303).lon, BGCODE: null },
    code: 'position.swapped',
  },
  { sound: sound(304), spoilt: { CHDATE: '0000-00-00' }, code: 'date.zero' },
]
export const rounded: Planned[] = Array.from({ length: 12 }, (_, i) => ({
  sound: sound(401 + (i < 9 ? i : i + 1)),
  spoilt: { OBJCODE: componentCode(4010 + i * 10) },
  code: 'code.rounded' as const,
}))
