/** 部件类别: the dictionary of component classes. */
import { call } from './client.ts'

export interface Major {
  code: string
  name: string
  nameEn: string
}
export interface ComponentClass {
  code: string
  name: string
  nameEn: string
  major: string
  geometry: string
  sensitive: boolean
  count: number
}
export interface Dictionary {
  dictionary: { id: string; name: string; version: string }
  majors: Major[]
  items: ComponentClass[]
}

export const getClasses = (): Promise<Dictionary> => call('/api/classes')
