/**
 * The columns of a template for components: the names a guess knows, what stands in them, and from which list it
 * is chosen. Pure.
 */
import type { ComponentClass } from '../catalog/schema.ts'
import { currencies, states } from '../registry/schema.ts'
import type { ProfileField } from './schema.ts'

export type Lang = 'zh' | 'en'

/** What a template is made for: the district as it stands. */
export interface TemplateDistrict {
  code: string
  name: string
  /** How codes are cut, in words. */
  codeRule: Readonly<Record<Lang, string>>
  /** All of the dictionary, and those that are points. */
  all: readonly ComponentClass[]
  classes: readonly ComponentClass[]
  /** Set where it is for one alone. */
  only: ComponentClass | null
  units: readonly string[]
}

export type ListName = 'classes' | 'units' | 'states' | 'currencies' | 'sources'

export interface TemplateColumn {
  field: ProfileField | 'x' | 'y' | 'wkt'
  /** In tables; the name of a DBF column beside it. */
  name: string
  dbf: string | null
  /** Characters a DBF column needs. */
  width: number
  list?: ListName
  need: boolean
  zh: string
  en: string
  example: string
}

// biome-ignore format: one column a line is a table that can be read
const columns: readonly TemplateColumn[] = [
  { field: 'code', name: '标识码', dbf: 'OBJCODE', width: 16, need: true, zh: '文本格式，不能存成数值', en: 'text, never a number', example: '' },
  { field: 'className', name: '部件名称', dbf: 'OBJNAME', width: 30, list: 'classes', need: true, zh: '从列表中选；须与类别字典一致', en: 'chosen from the list; as the class dictionary has it', example: '' },
  { field: 'x', name: '经度', dbf: null, width: 0, need: true, zh: 'CGCS2000，度，至少 7 位小数', en: 'CGCS2000, degrees, at least 7 decimals', example: '' },
  { field: 'y', name: '纬度', dbf: null, width: 0, need: true, zh: 'CGCS2000，度，至少 7 位小数', en: 'CGCS2000, degrees, at least 7 decimals', example: '' },
  { field: 'wkt', name: 'WKT', dbf: null, width: 0, need: true, zh: 'CGCS2000 经纬度的 WKT，如 LINESTRING(120.61 31.31, 120.62 31.31)', en: 'WKT of CGCS2000 degrees', example: '' },
  { field: 'sourceId', name: '普查编号', dbf: 'SURVEYNO', width: 30, need: false, zh: '没有标识码时用来认出同一部件', en: 'tells a thing again that has no code', example: 'A-0001' },
  { field: 'competentName', name: '主管部门名称', dbf: 'DEPTNAME1', width: 60, list: 'units', need: false, zh: '从单位目录中选', en: 'chosen from the unit directory', example: '' },
  { field: 'ownerName', name: '权属单位名称', dbf: 'DEPTNAME2', width: 60, list: 'units', need: false, zh: '从单位目录中选', en: 'chosen from the unit directory', example: '' },
  { field: 'maintainerName', name: '养护单位名称', dbf: 'DEPTNAME3', width: 60, list: 'units', need: false, zh: '从单位目录中选', en: 'chosen from the unit directory', example: '' },
  { field: 'state', name: '部件状态', dbf: 'OBJSTATE', width: 10, list: 'states', need: false, zh: '从列表中选', en: 'chosen from the list', example: '完好' },
  { field: 'currency', name: '现势性', dbf: 'OBJUPTODAT', width: 10, list: 'currencies', need: false, zh: '从列表中选', en: 'chosen from the list', example: '在用' },
  { field: 'surveyedOn', name: '初始日期', dbf: 'ORDATE', width: 10, need: true, zh: '文本，YYYYMMDD 或 YYYY-MM-DD', en: 'text, YYYYMMDD or YYYY-MM-DD', example: '20260315' },
  { field: 'changedOn', name: '变更日期', dbf: 'CHDATE', width: 10, need: false, zh: '文本，不早于初始日期', en: 'text, not before the initial date', example: '' },
  { field: 'source', name: '数据来源', dbf: 'DATASOURCE', width: 20, list: 'sources', need: false, zh: '从列表中选', en: 'chosen from the list', example: '实测' },
  { field: 'picture', name: '照片', dbf: 'PICTURE', width: 100, need: false, zh: '照片文件名', en: 'file name of the photo', example: '' },
  { field: 'statedGrid', name: '单元网格', dbf: 'BGCODE', width: 20, need: false, zh: '文本格式', en: 'text', example: '' },
  { field: 'note', name: '备注', dbf: 'NOTE_', width: 200, need: false, zh: '', en: '', example: '' },
]

/** Where a class lies is one point, or a shape written out. */
export const shaped = ({ only }: Pick<TemplateDistrict, 'only'>): boolean =>
  only !== null && !only.geometry.includes('point')

/** Names of columns that a shapefile has none for. */
const places: Partial<Record<TemplateColumn['field'], string>> = { x: 'LON', y: 'LAT', wkt: 'WKT' }

/** Columns of tables for a district, or for one class of it, named in a language; the example is one the district would take. */
export function tableColumns(district: TemplateDistrict, lang: Lang): TemplateColumn[] {
  const left = shaped(district) ? ['x', 'y'] : ['wkt']
  const [first] = district.classes
  const examples: Partial<Record<TemplateColumn['field'], string>> = {
    className: (district.only ?? first)?.name ?? '',
    x: '120.6321450',
    y: '31.2638710',
    wkt: 'LINESTRING(120.6321450 31.2638710, 120.6325450 31.2638710)',
    ownerName: district.units[0] ?? '',
  }
  return columns
    .filter(({ field }) => !left.includes(field))
    .map(column => ({
      ...column,
      ...(lang === 'en' ? { name: column.dbf ?? places[column.field]! } : {}),
      ...(column.field === 'code'
        ? { zh: `${district.codeRule.zh}；${column.zh}`, en: `${district.codeRule.en}; ${column.en}` }
        : {}),
      example: examples[column.field] ?? column.example,
    }))
}

/** Columns of a shapefile's table. */
export const dbfColumns = (): (TemplateColumn & { dbf: string })[] =>
  columns.flatMap(column => (column.dbf === null ? [] : [{ ...column, dbf: column.dbf }]))

/** What may be chosen from. */
export function listsOf({ classes, units, only }: TemplateDistrict): Record<ListName, readonly string[]> {
  return {
    classes: (only ? [only] : classes).map(each => each.name),
    units,
    states: Object.values(states).map(([zh]) => zh),
    currencies: Object.values(currencies).map(([zh]) => zh),
    sources: ['实测', '地形图', '调绘', '其它'],
  }
}
