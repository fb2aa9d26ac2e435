/** 单位目录: the bodies that answer for components. */
import { call } from './client.ts'

export interface Unit {
  id: string
  code: string
  name: string
  shortName: string | null
  kind: string
  counts: { competent: number; owner: number; maintainer: number }
}

export const listUnits = async (): Promise<Unit[]> => (await call<{ items: Unit[] }>('/api/units')).items
