/**
 * A house with an intake for tests: its own database and file store, and deliveries loaded the way the
 * server loads them, without its doors.
 *
 *   files -> createDelivery -> file store -> startLoad -> runner.run -> { delivery, findings }
 */
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import type { Db } from '../../src/core/db.ts'
import { type Files, openFiles } from '../../src/core/files.ts'
import { openLog } from '../../src/core/log.ts'
import { ensureStandardDictionary } from '../../src/domain/catalog/commands.ts'
import { ensureDistrict, type NewDistrict } from '../../src/domain/orgs/districts.ts'
import { createDelivery, folderOf, startLoad } from '../../src/domain/survey/commands.ts'
import { approveDelivery } from '../../src/domain/survey/deciding.ts'
import type { LoadHouse } from '../../src/domain/survey/loading.ts'
import { openRunner, type Runner } from '../../src/domain/survey/run.ts'
import {
  type Delivery,
  type DeliveryKind,
  type LoadOptions,
  Profile,
} from '../../src/domain/survey/schema.ts'
import { getDelivery } from '../../src/domain/survey/store.ts'
import { readFindings, type StoredFinding } from '../../src/domain/survey/store-findings.ts'

/** Paths of files on the disk, or contents by name. */
export type SentFiles = readonly string[] | Readonly<Record<string, string | Uint8Array>>

export interface Sending {
  district?: string
  profile?: Record<string, unknown>
  options?: LoadOptions
  actor?: string
  contractor?: string
}

export interface LoadedDelivery {
  delivery: Delivery
  /** All of them, in order. */
  findings: StoredFinding[]
}

export interface Intake {
  house: LoadHouse
  db: Db
  runner: Runner
  /** Announces a delivery and stores its files. */
  send(kind: DeliveryKind, files: SentFiles, how?: Sending): Promise<Delivery>
  /** Sends, loads and waits for the end. */
  load(kind: DeliveryKind, files: SentFiles, how?: Sending): Promise<LoadedDelivery>
  /** Loads what was sent (again) and waits for the end. */
  run(delivery: Delivery, options?: LoadOptions, actor?: string): Promise<LoadedDelivery>
  /** Approves as somebody else, and waits for the load that may follow. */
  approve(delivery: Delivery, actor?: string): Promise<LoadedDelivery>
  addDistrict(district: Partial<NewDistrict> & { code: string }): Promise<void>
  close(): Promise<void>
}

/** The district of deliveries that name none. */
export const HOME = '320599'
const SENDER = 'sender'
const LIMIT_BYTES = 10 ** 9

/**
 * @param db a migrated database; it stays the caller's to close
 * @param around what stands between the house and its files, for disks that fail
 */
export async function openIntake(db: Db, around: (files: Files) => Files = files => files): Promise<Intake> {
  const dir = await mkdtemp(join(tmpdir(), 'wangge-intake-'))
  const house: LoadHouse = {
    photoLimits: { roots: [join(dir, 'roots')] },
    db,
    files: around(openFiles(dir)),
    log: openLog('silent'),
  }
  await ensureStandardDictionary(db)
  const runner = openRunner(house)

  const intake: Intake = {
    house,
    db,
    runner,
    async addDistrict(district) {
      const whole = { name: district.code, demo: true, approval: 'none', ...district } as const
      await ensureDistrict(db, whole, SENDER)
    },
    async send(kind, files, { district = HOME, profile, actor = SENDER, contractor } = {}) {
      const contents = contentsOf(files)
      const delivery = await createDelivery(db, {
        district,
        kind,
        name: contents
          .map(([name]) => name)
          .join(', ')
          .slice(0, 200),
        contractor: contractor ?? null,
        profile: profile ? Profile.parse({ kind, ...profile }) : null,
        actor,
      })
      for (const [name, open] of contents)
        await house.files.put(folderOf(delivery), name, open(), LIMIT_BYTES)
      return delivery
    },
    async load(kind, files, how = {}) {
      return intake.run(await intake.send(kind, files, how), how.options)
    },
    async run({ id, createdBy }, options = {}, actor = createdBy) {
      await startLoad(db, id, { options, actor })
      await runner.run(id, new AbortController().signal)
      return endOf(db, id)
    },
    async approve({ id }, actor = 'second') {
      const { state } = await approveDelivery(house, id, actor)
      if (state === 'loading') await runner.run(id, new AbortController().signal)
      return endOf(db, id)
    },
    close: () => rm(dir, { recursive: true, force: true }),
  }
  return intake
}

/** A delivery as it stands, with all its findings. */
export async function endOf(db: Db, id: string): Promise<LoadedDelivery> {
  const delivery = await getDelivery(db, id)
  return { delivery, findings: await readFindings(db, delivery, {}, { limit: 1_000_000 }) }
}

function contentsOf(files: SentFiles): [name: string, open: () => Readable][] {
  if (Array.isArray(files))
    return (files as readonly string[]).map(path => [basename(path), () => createReadStream(path)])
  const named = Object.entries(files as Record<string, string | Uint8Array>)
  return named.map(([name, content]) => [name, () => Readable.from([Buffer.from(content as string)])])
}

/** All that a district's intake could have left in the database, published or not. */
export async function holdings(db: Db, district = HOME) {
  const count = async (from: string) =>
    (await db.query<{ n: number }>(`SELECT count(*) AS n FROM ${from} district = $1`, [district]))[0]!.n
  const [parts] = await db.query<{ n: number }>(
    "SELECT count(*) AS n FROM pg_class WHERE relname ~ '^(component|placement)_[1-9][0-9]*$' AND relkind = 'r'",
  )
  const [head] = await db.query<{ version: number }>(
    'SELECT version FROM registry_head WHERE district = $1',
    [district],
  )
  return {
    version: head?.version ?? 0,
    components: await count('component WHERE'),
    placements: await count('placement WHERE'),
    batches: await count('batch WHERE'),
    placementGenerations: await count('placement_generation WHERE'),
    grids: await count('grid WHERE'),
    gridGenerations: await count('grid_generation WHERE'),
    closed: await count('component WHERE closed_version IS NOT NULL AND'),
    partTables: parts!.n,
  }
}
