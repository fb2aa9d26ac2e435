/** 普查单位: contractor firms, what they are asked for, the codes their crews hold, and templates to fill in. */
import type { FirmEntry } from '../../domain/orgs/firm-schema.ts'
import type { AllotmentEntry, AllotmentWish } from '../../domain/survey/code-schema.ts'
import type { PackageEntry, PackageWish } from '../../domain/survey/package-schema.ts'
import { address, call } from './client.ts'

export type Firm = FirmEntry
export type Package = PackageEntry
export type Allotment = AllotmentEntry

const listed = async <T>(path: string): Promise<T[]> => (await call<{ items: T[] }>(path)).items

export const listFirms = (): Promise<Firm[]> => listed('/api/firms')
export const addFirm = (firm: { name: string; unit: string | null }): Promise<Firm> =>
  call('/api/firms', { method: 'POST', body: firm })
export const changeFirm = (id: string, firm: { name: string; unit: string | null }): Promise<void> =>
  call(`/api/firms/${id}`, { method: 'PUT', body: firm })
export const addCrew = (firm: string, name: string): Promise<void> =>
  call(`/api/firms/${firm}/crews`, { method: 'POST', body: { name } })
export const removeCrew = (id: string): Promise<void> => call(`/api/crews/${id}`, { method: 'DELETE' })
const member = (firm: string, name: string) => `/api/firms/${firm}/accounts/${encodeURIComponent(name)}`
export const joinFirm = (firm: string, name: string): Promise<void> =>
  call(member(firm, name), { method: 'PUT' })
export const leaveFirm = (firm: string, name: string): Promise<void> =>
  call(member(firm, name), { method: 'DELETE' })

export const listPackages = (): Promise<Package[]> => listed('/api/packages')
export const commission = (wish: PackageWish & { firm: string }): Promise<Package> =>
  call('/api/packages', { method: 'POST', body: wish })
export const changePackage = (id: string, wish: PackageWish): Promise<void> =>
  call(`/api/packages/${id}`, { method: 'PUT', body: wish })
export const withdrawPackage = (id: string): Promise<void> =>
  call(`/api/packages/${id}`, { method: 'DELETE' })
export const acceptPackage = (id: string, accepted: boolean): Promise<Package> =>
  call(`/api/packages/${id}/accept`, { method: 'POST', body: { accepted } })

export const listAllotments = (): Promise<Allotment[]> => listed('/api/allotments')
export const allot = (wish: AllotmentWish): Promise<Allotment> =>
  call('/api/allotments', { method: 'POST', body: wish })
export const takeBack = (id: string): Promise<Allotment> =>
  call(`/api/allotments/${id}/return`, { method: 'POST', body: {} })

/** Where the browser downloads by itself. */
export const codesAddress = (id: string, format: 'xlsx' | 'csv', lang: 'zh' | 'en'): string =>
  address(`/api/allotments/${id}/codes.${format}`, { lang })
export type TemplateFile =
  | 'components.xlsx'
  | 'components.gpkg'
  | 'components.csv'
  | 'profile.yaml'
  | 'shapefile-fields.csv'
export const templateAddress = (file: TemplateFile, classCode: string | null, lang: 'zh' | 'en'): string =>
  address(`/api/templates/${file}`, { class: classCode, lang })
