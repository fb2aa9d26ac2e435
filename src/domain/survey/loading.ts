/** What every load is given and gives: the shape between the job that runs a load and the four ways of loading. */
import type { Crs } from '../../../gis/crs.ts'
import type { Db, Queryable } from '../../core/db.ts'
import type { Files } from '../../core/files.ts'
import type { Log } from '../../core/log.ts'
import type { EffectiveRules } from './check-rules.ts'
import type { Ledger } from './ledger.ts'
import type { PhotoSource } from './photos/photo-folder.ts'
import type { UnpackLimits } from './readers/unzip.ts'
import type { Delivery, DeliveryCounts, DeliveryFile, Profile } from './schema.ts'

/** The machine a load works with. */
export interface LoadHouse {
  db: Db
  files: Files
  log: Log
  /** How far archives may grow; what is not said is as unzip.ts has it. */
  unpackLimits?: Partial<UnpackLimits>
  /** How much of photos is kept (taking.ts where not said), and the folders of the server they may come from. */
  photoLimits?: { bytes?: number; roots: readonly string[] }
  intakeLimits?: IntakeLimits
}

export interface IntakeLimits {
  /** What one delivery takes. */
  files: number
  /** Deliveries that one account may have announced and not loaded. */
  open: number
}
export const standardLimits: IntakeLimits = { files: 10_000, open: 500 }

export interface LoadInput {
  delivery: Delivery
  /** Unpacked files. */
  files: { path: string; name: string }[]
  photos: PhotoSource
  /** The delivery's profile, or the guess where it has none. */
  profile: Profile
  /** The district's own system, where the profile names one. */
  crs: Crs | null
  /** What the district checks by. */
  rules: EffectiveRules
  ledger: Ledger
  signal: AbortSignal
  progress(phase: string, rowsRead: number, rowsTotal: number | null): void
  /** Everything is done as it would be, and undone: a second person decides whether it is to count. */
  rehearsal: boolean
  /**
   * Ends the delivery as published, in the transaction that makes the load count, so that a crash cannot come
   * between the two. Close the ledger before it.
   * @throws Problem delivery.state when it was ended by somebody else meanwhile
   * @throws Rehearsed when it is a rehearsal that would change something: the transaction is rolled back
   */
  ended(
    tx: Queryable,
    result: Pick<Delivery, 'counts' | 'files' | 'findings'>,
    /** Whether what holds is another than before. */
    changes: boolean,
  ): Promise<void>
}

/** Undoes a rehearsal when all of it was done, and tells what it would have done. */
export class Rehearsed extends Error {
  readonly result: Pick<Delivery, 'counts' | 'files' | 'findings'>
  constructor(result: Rehearsed['result']) {
    super('rehearsed')
    this.result = result
  }
}

/** Who answers for what a load does: who approved it, where somebody had to, else who started it. */
export const actorOf = (delivery: Pick<Delivery, 'createdBy' | 'startedBy' | 'decidedBy'>): string =>
  delivery.decidedBy ?? delivery.startedBy ?? delivery.createdBy

/** A load that went through: what it did, and how to make it count or forget it. */
export interface Loaded {
  counts: DeliveryCounts
  files: DeliveryFile[]
  /** Whether errors forbid publishing the rest. */
  refusedWhole: boolean
  batchNo: number | null
  /** Photos that show a component; absent where none were brought. */
  photos?: number
}
