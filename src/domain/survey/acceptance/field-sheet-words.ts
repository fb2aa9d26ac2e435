/** The words of a field sheet in both languages: what it is written with, and what is understood when it comes back. */

export type Lang = 'zh' | 'en'
type Both = readonly [zh: string, en: string]

/** Sheets and their columns, in order; the keys are ours. */
export const sheets = {
  rows: {
    name: ['抽查', 'Rows'],
    columns: {
      no: ['抽查号', 'Item'],
      class: ['类别', 'Class'],
      code: ['编号', 'Code'],
      area: ['片区', 'Area'],
      place: ['位置', 'Place'],
      field: ['项目', 'Field'],
      value: ['交付值', 'Delivered'],
      verdict: ['判定', 'Verdict'],
      found: ['实地值', 'On the ground'],
      note: ['备注', 'Note'],
    },
  },
  points: {
    name: ['测点', 'Positions'],
    columns: {
      no: ['抽查号', 'Item'],
      class: ['类别', 'Class'],
      code: ['编号', 'Code'],
      accuracy: ['精度等级', 'Accuracy class'],
      x: ['东坐标或经度', 'Easting or longitude'],
      y: ['北坐标或纬度', 'Northing or latitude'],
      crs: ['坐标系', 'CRS'],
      impossible: ['未能测量', 'Not measurable'],
    },
  },
  walks: {
    name: ['走查', 'Walks'],
    columns: {
      no: ['抽查号', 'Item'],
      area: ['片区', 'Area'],
      walked: ['已走完', 'Walked'],
      kind: ['漏测或多测', 'Missing or surplus'],
      class: ['类别代码', 'Class code'],
      code: ['编号', 'Code'],
      x: ['东坐标或经度', 'Easting or longitude'],
      y: ['北坐标或纬度', 'Northing or latitude'],
      crs: ['坐标系', 'CRS'],
      note: ['备注', 'Note'],
      photo: ['照片', 'Photo'],
    },
  },
} as const satisfies Record<string, { name: Both; columns: Record<string, Both> }>

export const choices = {
  verdict: { right: ['对', 'right'], wrong: ['错', 'wrong'], unknown: ['未知', 'unknown'] },
  kind: { missing: ['漏测', 'missing'], surplus: ['多测', 'surplus'] },
  yes: { yes: ['是', 'yes'] },
} as const satisfies Record<string, Record<string, Both>>

/** Names of what is asked of a row; what a file brought along is called as there. */
const fields: Readonly<Record<string, Both>> = {
  exists: ['实地存在', 'Is there'],
  code: ['编号', 'Code'],
  class: ['类别', 'Class'],
  name: ['名称', 'Name'],
  state: ['状态', 'State'],
  currency: ['现势性', 'Currency'],
  competent: ['主管部门', 'Competent department'],
  owner: ['权属单位', 'Owner'],
  maintainer: ['养护单位', 'Maintainer'],
  statedGrid: ['单元网格', 'Unit grid'],
  picture: ['照片', 'Picture'],
}

const at = (lang: Lang): 0 | 1 => (lang === 'zh' ? 0 : 1)
export const inLang = (both: Both, lang: Lang): string => both[at(lang)]
export const fieldName = (field: string, lang: Lang): string =>
  Object.hasOwn(fields, field) ? fields[field]![at(lang)] : field
/** The field that is called so in either language, among those asked of an item. */
export const fieldCalled = (name: string, asked: readonly string[]): string | undefined =>
  asked.find(field => field === name || fieldName(field, 'zh') === name || fieldName(field, 'en') === name)

/** The key of a word in either language, whatever its case. */
export const keyOf = <K extends string>(table: Readonly<Record<K, Both>>, said: string): K | undefined =>
  (Object.keys(table) as K[]).find(key =>
    [key, ...table[key]].some(word => word.toLowerCase() === said.trim().toLowerCase()),
  )
