/** 登记册版本: what was published when, and the way back to an earlier state. */
import { call } from './client.ts'

export interface Version {
  no: number
  batchNo: number | null
  /** Null, as batch and publisher, where it is another firm's. */
  deliveryId: string | null
  /** Where its rows come from; only a delivery has a page of its own. */
  source: 'delivery' | 'upkeep' | 'handover'
  added: number
  changed: number
  removed: number
  /** How many the registry held then. */
  components: number
  /** The version whose state it brought back. */
  restored: number | null
  publishedAt: string
  publishedBy: string | null
}

export const listVersions = (
  before: number | null = null,
): Promise<{ items: Version[]; next: number | null }> => call('/api/registry/versions', { query: { before } })
/** Answers the delivery that brings the state back; `emptying` says that nothing may be left. */
export const restoreVersion = (
  no: number,
  district: string | undefined,
  emptying: boolean,
): Promise<{ id: string }> =>
  call(`/api/registry/versions/${no}/restore`, {
    method: 'POST',
    body: { ...(district ? { district } : {}), ...(emptying ? { emptying } : {}) },
  })
