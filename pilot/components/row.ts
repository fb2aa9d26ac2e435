/** One row of a component layer: codes, units in the three roles, states and dates, in the columns real deliveries use. */
import iconv from 'iconv-lite'
import type { DbfColumn, DbfValue } from '../dbf-write.ts'
import { districtCode } from '../names.ts'
import type { Random } from '../random.ts'
import { hash, pick, pickWeighted } from '../random.ts'
import type { Unit } from '../units.ts'
import type { SurveyClass } from './class-row.ts'
import type { DefectKind } from './defects.ts'

const noteWidth = 40

/** OBJUPTODAT is OBJUPTODATE cut to the ten bytes a DBF column name has room for. */
export const commonColumns: readonly DbfColumn[] = [
  { name: 'OBJCODE', type: 'C', width: 16 },
  { name: 'OBJNAME', type: 'C', width: 30 },
  { name: 'DEPTCODE1', type: 'C', width: 18 },
  { name: 'DEPTNAME1', type: 'C', width: 48 },
  { name: 'DEPTCODE2', type: 'C', width: 18 },
  { name: 'DEPTNAME2', type: 'C', width: 48 },
  { name: 'DEPTCODE3', type: 'C', width: 18 },
  { name: 'DEPTNAME3', type: 'C', width: 48 },
  { name: 'BGCODE', type: 'C', width: 14 },
  { name: 'OBJSTATE', type: 'C', width: 8 },
  { name: 'OBJUPTODAT', type: 'C', width: 8 },
  { name: 'ORDATE', type: 'C', width: 8 },
  { name: 'CHDATE', type: 'C', width: 8 },
  { name: 'DATASOURCE', type: 'C', width: 8 },
  { name: 'PICTURE', type: 'C', width: 24 },
  { name: 'NOTE_', type: 'C', width: noteWidth },
]

export function columnsOf(c: SurveyClass): DbfColumn[] {
  if (!c.extra) return [...commonColumns]
  const { name } = c.extra
  return [...commonColumns, name === 'NUM_' ? { name, type: 'N', width: 4 } : { name, type: 'C', width: 20 }]
}

/** Where a component stands, as far as its row speaks of it. */
export interface Standing {
  /** Code of the area; blank on unclaimed ground. */
  areaCode: string
  town: number
  village: number | null
  /** Things on one street answer to the same units. */
  street: number
  /** Number of its estate's property firm. */
  property: number
}

export interface RowMaker {
  make: (
    c: SurveyClass,
    serial: number,
    standing: Standing,
    defect: DefectKind | null,
    codeBefore: string,
  ) => DbfValue[]
}

const states = [
  ['完好', 968],
  ['破损', 22],
  ['丢失', 5],
  ['占用', 5],
] as const
const sources = [
  ['实测', 90],
  ['地形图', 6],
  ['调绘', 4],
] as const
const notes = [
  '位于人行道内',
  '井盖周边路面下沉',
  '靠近围墙',
  '绿化带内',
  '权属待复核',
  '临近公交站',
  '门前三包范围内',
]
// An odd byte first, so that the column's end falls inside a character.
const longNote = '3号楼东侧绿化带内靠近围墙处，权属单位现场未能确认，待复核后补充'
const strangers = ['棠泽区市政管理处', '原邮电局', '镇建管所', '开发区总公司', '不详', '移动联通共用']

export function rowMaker(
  random: Random,
  unitByKey: ReadonlyMap<string, Unit>,
  stems: () => string,
): RowMaker {
  const halfNote = iconv.encode(longNote, 'gbk').subarray(0, noteWidth)
  const unitOf = (keys: readonly string[], c: SurveyClass, s: Standing, role: string): Unit | null => {
    if (keys.length === 0) return null
    const key = keys[(hash(`${c.code.slice(0, 2)}/${role}/${s.street}/${s.town}`) >>> 4) % keys.length]!
    return unitByKey.get(localKey(key, s))!
  }
  return {
    make: (c, serial, s, defect, codeBefore) => {
      const code = codeOf(c.code, serial)
      const competent = unitByKey.get(c.competent)!
      const owner = unitOf(c.owners, c, s, 'owner')
      const maintainer = unitOf(c.maintainers, c, s, 'maintainer')
      const surveyed = surveyDay(random)
      const changed = random() < 0.03 ? dayAfter(surveyed, 20 + Math.floor(random() * 400)) : null
      const row: DbfValue[] = [
        code,
        c.name,
        competent.code,
        competent.name,
        owner?.code ?? null,
        owner?.name ?? null,
        maintainer?.code ?? null,
        maintainer?.name ?? null,
        s.areaCode,
        pickWeighted(random, states),
        random() < 0.006 ? '作废' : '在用',
        surveyed,
        changed,
        pickWeighted(random, sources),
        `${code}.jpg`,
        random() < 0.015 ? pick(random, notes) : null,
      ]
      if (c.extra) row.push(extraValue(c, random, stems))
      if (defect) spoil(row, defect, c, random, codeBefore, halfNote)
      return row
    },
  }
}

/** 16 digits: district, major and minor class, serial of six. */
export const codeOf = (classCode: string, serial: number): string =>
  districtCode + classCode + String(serial).padStart(6, '0')

function localKey(key: string, s: Standing): string {
  if (key === '~town') return `town${s.town}`
  if (key === '~village') return s.village === null ? `town${s.town}` : `village${s.village}`
  return key === '~property' ? `property${s.property}` : key
}

function extraValue(c: SurveyClass, random: Random, stems: () => string): DbfValue {
  const { name, values } = c.extra!
  if (name === 'STOPNAME') return `${stems()}站`
  const value = pick(random, values)
  return name === 'NUM_' ? Number(value) : value
}

function spoil(
  row: DbfValue[],
  defect: DefectKind,
  c: SurveyClass,
  random: Random,
  codeBefore: string,
  halfNote: Buffer,
): void {
  const at = (name: string) => commonColumns.findIndex(column => column.name === name)
  if (defect === 'unit not in directory') {
    row[at('DEPTCODE2')] = null
    row[at('DEPTNAME2')] = pick(random, strangers)
  } else if (defect === 'class name disagrees')
    row[at('OBJNAME')] = c.code === '0114' ? '园林井盖' : '不明井盖'
  else if (defect === 'code twice') row[at('OBJCODE')] = codeBefore
  else if (defect === 'date missing') row[at('ORDATE')] = null
  else if (defect === 'dates reversed') row[at('CHDATE')] = '20190614'
  else if (defect === 'code missing') row[at('OBJCODE')] = null
  else if (defect === 'half a character') row[at('NOTE_')] = halfNote
}

/** A working day of the survey, March to September 2024, as YYYYMMDD. */
const surveyDay = (random: Random): string => dayAfter('20240304', Math.floor(random() * 205))

const days = new Map<number, string>()

function dayAfter(from: string, count: number): string {
  const start =
    Date.UTC(Number(from.slice(0, 4)), Number(from.slice(4, 6)) - 1, Number(from.slice(6))) / 86_400_000
  const kept = days.get(start + count)
  if (kept) return kept
  const text = new Date((start + count) * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
  days.set(start + count, text)
  return text
}
