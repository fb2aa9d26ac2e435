/** Attributes of ours that a district may require of a class, with their names. Pure. */
export const requirable = {
  competent: ['主管部门', 'Competent department'],
  owner: ['权属单位', 'Owner'],
  maintainer: ['养护单位', 'Maintainer'],
  code: ['标识码', 'Code'],
  name: ['名称', 'Name'],
  state: ['状态', 'State'],
  currency: ['现势性', 'Currency'],
  surveyedOn: ['初始日期', 'Initial date'],
  changedOn: ['变更日期', 'Change date'],
  source: ['数据来源', 'Data source'],
  picture: ['照片', 'Picture'],
  note: ['备注', 'Note'],
  statedGrid: ['所在网格', 'Stated grid'],
} as const

export const isRequirable = (name: string): name is keyof typeof requirable => Object.hasOwn(requirable, name)
