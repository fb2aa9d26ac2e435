/** The templates that are text: an empty CSV, the mapping profile that reads table and CSV, and the fields of a shapefile. */
import { stringify } from 'yaml'
import { CSV_BEGINS, csvLines } from './csv-text.ts'
import type { Profile } from './schema.ts'
import { dbfColumns, listsOf, shaped, type TemplateDistrict, tableColumns } from './template-columns.ts'

export const templateCsv = (district: TemplateDistrict): string =>
  CSV_BEGINS + csvLines([tableColumns(district).map(column => column.name)])

/** What a filled template is read with. */
export function templateProfile(district: TemplateDistrict): Profile {
  const fields: Profile['fields'] = {}
  for (const { field, name } of tableColumns(district))
    if (field !== 'x' && field !== 'y' && field !== 'wkt') fields[field] = name
  const { only } = district
  return {
    kind: 'components',
    crs: 'EPSG:4490',
    position: shaped(district) ? { wkt: 'WKT' } : { x: '经度', y: '纬度' },
    fields,
    defaults: {},
    ...(only ? { layers: { '*': { class: only.code } } } : {}),
  }
}

export function templateYaml(district: TemplateDistrict): string {
  const { defaults: _, ...profile } = templateProfile(district)
  const head = [
    `${district.name} ${district.code}：按模板填写的表格用本方案载入`,
    '坐标不是 CGCS2000 经纬度时改 crs，如 EPSG:4549（3 度带，无带号）',
  ]
  return `${head.map(line => `# ${line}\n`).join('')}${stringify(profile)}`
}

/** Names of at most ten bytes, type and width, what stands there and what may. */
export function shapefileFields(district: TemplateDistrict): string {
  const lists = listsOf(district)
  const rows = dbfColumns().map(column => [
    column.dbf,
    'C',
    column.width,
    column.name,
    column.need ? '是' : '',
    column.field === 'code' ? `${district.codeRule}；${column.zh}` : column.zh,
    column.list && column.list !== 'units' && column.list !== 'classes' ? lists[column.list].join('、') : '',
  ])
  const head = ['字段名', '类型', '宽度', '含义', '必填', '说明', '可填的值']
  return CSV_BEGINS + csvLines([head, ...rows])
}
