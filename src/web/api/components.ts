/** 部件: lists of components, one component's card, and what lies under a click. */
import type { Geometry } from 'geojson'
import { call } from './client.ts'
import type { Bbox, LonLat } from './districts.ts'
import { type Filter, filterQuery } from './filter-query.ts'
import type { GridStep } from './grids.ts'

export interface Summary {
  id: string
  code: string | null
  class: string
  className: string
  state: string | null
  lonLat: LonLat
  areaCode: string | null
  areaName: string | null
  ownerName: string | null
}
export type Picked = Summary & { layer: 'components'; distanceM: number }

/** One of the three roles: the unit where it is known, else what the record said. */
export interface Role {
  unit: { id: string; code: string; name: string } | null
  raw: { code: string | null; name: string | null } | null
  state: string | null
}
export interface Card {
  id: string
  code: string | null
  class: { code: string; name: string; nameEn: string; dictionary: string }
  name: string | null
  geometry: Geometry
  lonLat: LonLat
  place: { text: string | null; address: string | null; distanceM: number | null }
  competent: Role
  owner: Role
  maintainer: Role
  area: { path: GridStep[]; reason: null | 'outside' | 'gap'; touched: { code: string; name: string }[] }
  state: string | null
  currency: string | null
  surveyedOn: string | null
  changedOn: string | null
  attributes: Record<string, unknown>
  /** How it was surveyed, as the record says. */
  dataSource: string | null
  note: string | null
  picture: string | null
  statedGrid: string | null
  source: {
    kind: 'delivery' | 'upkeep' | 'handover'
    request: {
      id: string
      no: number
      kind: string
      reason: string
      proposedBy: string
      proposedAt: string
      decidedBy: string | null
      decidedAt: string | null
    } | null
    /** New works it came with, whose builder answers until they are handed over. */
    handover: {
      no: number
      name: string
      builder: string
      state: string
      handoverOn: string
      warrantyUntil: string | null
    } | null
    deliveryId: string | null
    deliveryNo: number | null
    deliveryName: string | null
    file: string | null
    row: number | null
    contractor: string | null
    loadedAt: string | null
    loadedBy: string | null
    registryVersion: number | null
    publishedAt: string | null
    publishedBy: string | null
  }
  history: { version: number; at: string; change: 'added' | 'changed' | 'removed' | 'restored' }[]
  /** Components that turned out to be this one. */
  merged: { key: string; componentId: string; requestNo: number; on: string }[]
}

export interface Page {
  total: number
  items: Summary[]
  next: number | null
}

export function listComponents(
  filter: Filter,
  {
    bbox,
    after,
    limit = 100,
    signal,
  }: { bbox?: Bbox | null; after?: number | null; limit?: number; signal?: AbortSignal },
): Promise<Page> {
  return call('/api/components', {
    query: { ...filterQuery(filter), bbox: bbox?.map(n => n.toFixed(6)).join(','), after, limit },
    ...(signal ? { signal } : {}),
  })
}

export const getComponent = (id: string, signal?: AbortSignal): Promise<Card> =>
  call(`/api/components/${encodeURIComponent(id)}`, signal ? { signal } : {})

/** What lies within `tolerancePx` of a position at a zoom, nearest first. */
export const pick = (
  [lon, lat]: LonLat,
  zoom: number,
  filter: Filter,
  tolerancePx: number,
  signal?: AbortSignal,
): Promise<{ items: Picked[]; more: boolean }> =>
  call('/api/pick', {
    query: { lon, lat, zoom: zoom.toFixed(3), tolerancePx, ...filterQuery(filter) },
    ...(signal ? { signal } : {}),
  })
