/** The changes of a delivery by kind, page by page, and what was decided of the missing. */
import { reactive } from 'vue'
import {
  type Change,
  type ChangeKind,
  changeKinds,
  countRemovals,
  type Decision,
  decideRemovals,
  listChanges,
  type Removals,
} from '../api/changes.ts'
import { sentenceOf } from './saying.ts'

/** So many a page that a map can still show them one by one. */
export const PAGE = 50

interface Page {
  items: Change[]
  /** Where each page so far began; the last is the one on show. */
  starts: (string | null)[]
  next: string | null
  state: 'reading' | 'ready' | 'failed'
  problem: string
}
const blank = (): Page => ({ items: [], starts: [null], next: null, state: 'reading', problem: '' })

export function changePages(delivery: () => { id: string }) {
  const pages = reactive<Record<ChangeKind, Page>>({ added: blank(), changed: blank(), missing: blank() })
  const removals = reactive({ counts: null as Removals | null, problem: '' })
  const turns: Record<ChangeKind, number> = { added: 0, changed: 0, missing: 0 }

  /** Reads the page on show; an answer that was overtaken by a later question is dropped. */
  async function read(kind: ChangeKind): Promise<void> {
    const page = pages[kind]
    const mine = ++turns[kind]
    if (page.items.length === 0) page.state = 'reading'
    try {
      const answer = await listChanges(delivery().id, kind, page.starts.at(-1) ?? null, PAGE)
      if (mine === turns[kind]) Object.assign(page, { ...answer, state: 'ready', problem: '' })
    } catch (error) {
      if (mine === turns[kind]) Object.assign(page, { state: 'failed', problem: sentenceOf(error) })
    }
  }
  async function readRemovals(): Promise<void> {
    try {
      Object.assign(removals, { counts: await countRemovals(delivery().id), problem: '' })
    } catch (error) {
      removals.problem = sentenceOf(error)
    }
  }
  return {
    pages,
    removals,
    read,
    readRemovals,
    async readAll(): Promise<void> {
      for (const kind of changeKinds) Object.assign(pages[kind], blank())
      removals.counts = null
      await Promise.all([...changeKinds.map(read), readRemovals()])
    },
    turn(kind: ChangeKind, by: 1 | -1): Promise<void> {
      const page = pages[kind]
      if (by === 1 && page.next) page.starts.push(page.next)
      else if (by === -1 && page.starts.length > 1) page.starts.pop()
      return read(kind)
    },
    /** @throws ApiProblem */
    async decide(decision: Decision, ids: readonly string[] | null): Promise<number> {
      const { decided } = await decideRemovals(delivery().id, decision, ids)
      await Promise.all([read('missing'), readRemovals()])
      return decided
    },
  }
}
