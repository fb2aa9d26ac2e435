/** The templates that are text: an empty CSV, the mapping profile that reads table and CSV, and the fields of a shapefile. */
import { stringify } from 'yaml'
import { CSV_BEGINS, csvLines } from './csv-text.ts'
import type { Profile } from './schema.ts'
import {
  dbfColumns,
  type Lang,
  listsOf,
  shaped,
  type TemplateDistrict,
  tableColumns,
} from './template-columns.ts'

export const templateCsv = (district: TemplateDistrict, lang: Lang): string =>
  CSV_BEGINS + csvLines([tableColumns(district, lang).map(column => column.name)])

/** What a filled template is read with. */
export function templateProfile(district: TemplateDistrict, lang: Lang): Profile {
  const fields: Profile['fields'] = {}
  for (const { field, name } of tableColumns(district, lang))
    if (field !== 'x' && field !== 'y' && field !== 'wkt') fields[field] = name
  const { only } = district
  return {
    kind: 'components',
    crs: 'EPSG:4490',
    position: shaped(district)
      ? { wkt: 'WKT' }
      : lang === 'zh'
        ? { x: '经度', y: '纬度' }
        : { x: 'LON', y: 'LAT' },
    fields,
    defaults: {},
    ...(only ? { layers: { '*': { class: only.code } } } : {}),
  }
}

export function templateYaml(district: TemplateDistrict, lang: Lang): string {
  const { defaults: _, ...profile } = templateProfile(district, lang)
  const { name, code } = district
  const head = {
    zh: [
      `${name} ${code}：按模板填写的表格用本方案载入`,
      '坐标不是 CGCS2000 经纬度时改 crs，如 EPSG:4549（3 度带，无带号）',
    ],
    en: [
      `${name} ${code}: reads a filled template`,
      'Where positions are no CGCS2000 degrees change crs, e.g. EPSG:4549 (3-degree zone without its number)',
    ],
  }[lang]
  return `${head.map(line => `# ${line}\n`).join('')}${stringify(profile)}`
}

/** Names of at most ten bytes, type and width, what stands there and what may. */
export function shapefileFields(district: TemplateDistrict, lang: Lang): string {
  const lists = listsOf(district)
  const rows = dbfColumns().map(column => [
    column.dbf,
    'C',
    column.width,
    column.name,
    column.need ? { zh: '是', en: 'yes' }[lang] : '',
    column.field === 'code'
      ? `${district.codeRule[lang]}${lang === 'zh' ? '；' : '; '}${column[lang]}`
      : column[lang],
    column.list && column.list !== 'units' && column.list !== 'classes' ? lists[column.list].join('、') : '',
  ])
  const head = {
    zh: ['字段名', '类型', '宽度', '含义', '必填', '说明', '可填的值'],
    en: ['Field', 'Type', 'Width', 'Meaning', 'Needed', 'How', 'Values'],
  }[lang]
  return CSV_BEGINS + csvLines([head, ...rows])
}
