/** 地方坐标系: a city's own coordinate systems. Points go in, how well they fit comes back, and neither is kept here. */
import { call } from './client.ts'

export interface LocalCrs {
  name: string
  base: string
  points: number
  rmsM: number | null
  maxM: number
  fittedBy: string
  fittedAt: string
}
export interface ControlPoint {
  name?: string
  x: number
  y: number
  toX: number
  toY: number
}
export interface Fit {
  name: string
  base: string
  residuals: { point: string; dxM: number; dyM: number; m: number }[]
  /** Null where two points leave nothing to judge by. */
  rmsM: number | null
  maxM: number
  doubts: ('scale' | 'residuals' | 'place')[]
  /** Null where it was not saved: it is doubtful and was not accepted. */
  version: number | null
}

export const listLocalCrs = async (): Promise<LocalCrs[]> =>
  (await call<{ items: LocalCrs[] }>('/api/local-crs')).items
export const fitLocalCrs = (body: {
  name: string
  base: string
  points: ControlPoint[]
  accept?: true
}): Promise<Fit> => call('/api/local-crs', { method: 'POST', body })
