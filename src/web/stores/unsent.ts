/**
 * Answers from the field that the server does not have yet. Each is kept in this browser the moment it is
 * given, sent as soon as there is a connection, and forgotten when the server has it; one that is refused
 * stays, with the reason. They are sent only in the name of who gave them.
 */
import { computed, reactive, watch } from 'vue'
import { type AreaAnswer, answerItem, type Item, type RowAnswer } from '../api/acceptance.ts'
import { ApiProblem } from '../api/client.ts'
import { connection } from './connection.ts'
import { session } from './session.ts'

export interface Unsent {
  account: string
  inspection: string
  no: number
  answer: RowAnswer | AreaAnswer
  /** Why the server would not have it. */
  refused: string | null
}

const KEY = 'wangge.unsent'
const AGAIN_MS = 10_000

function read(): Unsent[] {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]') as Unsent[]
  } catch {
    return [] // storage may be forbidden, or hold what nobody can read
  }
}
const state = reactive({ all: read(), sending: false })

function keep(): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(state.all))
  } catch {
    // then they live as long as this page
  }
}

const mine = computed(() => state.all.filter(each => each.account === session.account?.name))
export const unsentOf = (inspection: string): Unsent[] =>
  mine.value.filter(each => each.inspection === inspection)
export const unsentItem = (inspection: string, no: number): Unsent | null =>
  unsentOf(inspection).find(each => each.no === no) ?? null

/** Told of every item the server took. */
let taken: (inspection: string, item: Item) => void = () => {}
export const onTaken = (then: typeof taken): void => {
  taken = then
}

/** Keeps an answer and tries to send it. */
export function give(inspection: string, no: number, answer: RowAnswer | AreaAnswer): void {
  const account = session.account?.name
  if (!account) return
  const others = state.all.filter(
    each => !(each.account === account && each.inspection === inspection && each.no === no),
  )
  state.all = [...others, { account, inspection, no, answer, refused: null }]
  keep()
  void flush()
}

/** Drops an answer the server would not have. */
export function forget(entry: Unsent): void {
  state.all = state.all.filter(
    each => each.account !== entry.account || each.inspection !== entry.inspection || each.no !== entry.no,
  )
  keep()
}

export async function flush(): Promise<void> {
  if (state.sending) return
  state.sending = true
  try {
    for (let next = waiting(); next; next = waiting()) {
      const { inspection, no, answer } = next
      try {
        const item = await answerItem(inspection, no, answer)
        // another may have been given meanwhile: that one still waits
        if (state.all.some(each => each.answer === answer)) forget(next)
        taken(inspection, item)
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error
        if (error.code === 'offline' || error.status === 401) return
        next.refused = error.message
        keep()
      }
    }
  } finally {
    state.sending = false
  }
}
const waiting = (): Unsent | undefined => mine.value.find(each => each.refused === null)

watch([() => connection.retries, () => session.account?.name], () => void flush())
addEventListener('online', () => void flush())
setInterval(() => waiting() && void flush(), AGAIN_MS)
