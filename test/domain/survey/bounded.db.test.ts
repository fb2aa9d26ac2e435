/**
 * On the embedded engine everybody waits for the statement that runs: none of those that list, decide, publish
 * and drop what a big delivery changes reads more than its share, however few rows are wanted of however many.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SQUARE, squareComponents, squareGrids, squareProfile } from '../../../scripts/square.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { countRemovals } from '../../../src/domain/registry/removals.ts'
import { countCurrent, listAsOf, listHistory } from '../../../src/domain/registry/store.ts'
import { type ChangeKind, listChanges } from '../../../src/domain/survey/changes.ts'
import { approveDelivery, decideMissing, rejectDelivery } from '../../../src/domain/survey/deciding.ts'
import type { Delivery } from '../../../src/domain/survey/schema.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { type Intake, openIntake } from '../../support/intake.ts'
import { type Touched, touching } from '../../support/touching.ts'

/** As many as have tables of their own. */
const ALL = 21_000
/** As many of them change. */
const CHANGED = 13_000
/** What a statement may read, lookups of a batch for a row with it: less than a look through the smaller of the two. */
const SHARE = 12_500
const how = { district: SQUARE, profile: squareProfile as Record<string, unknown> }
const scope = scopeOf(SQUARE)

onEachEngine((engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let watched: ReturnType<typeof touching>
  /** Brings three new ones and changes all others. */
  let changed: Delivery

  beforeAll(async () => {
    opened = await open()
    watched = touching(opened.db)
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: SQUARE })
    await intake.load('grids', { 'grids.geojson': squareGrids() }, { district: SQUARE })
    const first = await intake.load('components', { 'a.csv': squareComponents(4, ALL - 3) }, how)
    expect(first.delivery).toMatchObject({ state: 'published', counts: { added: ALL - 3 } })
    await intake.db.query('UPDATE district SET approval = $1', ['second-person'])
    changed = (await intake.load('components', { 'b.csv': squareComponents(1, CHANGED, 'b') }, how)).delivery
    expect(changed).toMatchObject({ state: 'checked', counts: { added: 3, changed: CHANGED - 3 } })
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  /** Does it with every statement watched, and holds each to its share. */
  const inShares = async <T>(work: () => Promise<T>): Promise<T> => {
    watched.take()
    const done = await work()
    const over = watched.take().filter(({ rows }: Touched) => rows > SHARE)
    if (engine === 'embedded') expect(over).toEqual([])
    return done
  }
  const pages = async (delivery: Delivery, kind: ChangeKind, limit: number, most = 2) => {
    const ids: string[] = []
    for (let after: string | null = null, n = 0; n < most; n++) {
      const page = await inShares(() => listChanges(watched.db, scope, delivery, { kind, after, limit }))
      ids.push(...page.map(({ id }) => id))
      if (page.length < limit) break
      after = page.at(-1)!.id
    }
    return ids
  }

  describe('the changes of a big delivery', () => {
    it('are listed page by page, the few among the many with them', async () => {
      const added = await pages(changed, 'added', 2)
      expect(added).toHaveLength(3)
      const many = await pages(changed, 'changed', 1000, 3)
      expect(many).toHaveLength(3000)
      expect(new Set([...many, ...added]).size).toBe(3003)
      expect([...many].sort()).toEqual(many)
      expect(await pages(changed, 'missing', 10)).toEqual([])
    })
  })

  describe('its publication', () => {
    it('closes the rows it changes', async () => {
      const { version } = await inShares(() =>
        approveDelivery({ ...intake.house, db: watched.db }, changed.id, 'account:supervisor'),
      )
      expect(version).toBe(2)
      expect(await countCurrent(intake.db, SQUARE)).toBe(ALL)
      const [one] = await pages(changed, 'changed', 1, 1)
      expect((await listHistory(intake.db, scope, one!)).map(each => each.change)).toEqual([
        'changed',
        'added',
      ])
    })

    it('is read as of any version, page by page', async () => {
      for (const version of [1, 2]) {
        const page = await inShares(() => listAsOf(watched.db, scope, version, { after: null, limit: 1000 }))
        expect(page).toHaveLength(1000)
        const next = await inShares(() =>
          listAsOf(watched.db, scope, version, { after: page.at(-1)!.id, limit: 1000 }),
        )
        expect(next[0]!.id > page.at(-1)!.id).toBe(true)
      }
    })
  })

  describe('what a full delivery of little does not bring', () => {
    let delivery: Delivery
    beforeAll(async () => {
      const files = { 'c.csv': squareComponents(1, 10, 'c') }
      delivery = (await intake.load('components', files, { ...how, options: { full: 'district' } })).delivery
      expect(delivery).toMatchObject({ state: 'checked', counts: { changed: 10, missing: ALL - 10 } })
    })
    const rejected = async () => {
      await inShares(() =>
        rejectDelivery({ ...intake.house, db: watched.db }, delivery.id, 'account:supervisor', 'no'),
      )
      const [left] = await intake.db.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM proposed_removal WHERE district = $1 AND batch = $2',
        [SQUARE, delivery.batchNo],
      )
      return left!.n
    }

    it('is listed, and decided all at once and one by one, the later decision counting', async () => {
      const missing = await pages(delivery, 'missing', 500)
      expect(missing).toHaveLength(1000)
      const decide = (ids: readonly string[] | null, decision: 'keep' | 'end') =>
        inShares(() =>
          decideMissing({ db: watched.db }, delivery.id, { ids, decision, actor: 'account:supervisor' }),
        )
      const sums = () =>
        inShares(() => countRemovals(watched.db, { district: SQUARE, no: delivery.batchNo! }))
      expect(await decide(missing.slice(0, 5), 'end')).toBe(5)
      expect(await sums()).toEqual({ end: 5, keep: 0, undecided: ALL - 15 })
      expect(await decide(null, 'keep')).toBe(ALL - 10)
      expect(await sums()).toEqual({ end: 0, keep: ALL - 10, undecided: 0 })
      expect(await decide(null, 'end')).toBe(ALL - 10)
      expect(await decide(missing.slice(0, 3), 'keep')).toBe(3)
      expect(await sums()).toEqual({ end: ALL - 13, keep: 3, undecided: 0 })
      const shown = await inShares(() =>
        listChanges(watched.db, scope, delivery, { kind: 'missing', after: null, limit: 5 }),
      )
      expect(shown.map(each => each.decision)).toEqual(['keep', 'keep', 'keep', 'end', 'end'])
    })

    it('ends as decided, or is forgotten when the delivery is sent back', async () => {
      const approve = () =>
        approveDelivery({ ...intake.house, db: watched.db }, delivery.id, 'account:supervisor')
      const other = await intake.load('components', { 'd.csv': squareComponents(ALL - 1, 2, 'd') }, how)
      await approveDelivery(intake.house, other.delivery.id, 'account:supervisor')
      // two of those to end were changed meanwhile
      await inShares(() =>
        expect(approve()).rejects.toMatchObject({ code: 'delivery.overtaken', detail: { n: 2 } }),
      )
      expect(await rejected()).toBe(0)
      expect(await countCurrent(intake.db, SQUARE)).toBe(ALL)
    })
  })
})
