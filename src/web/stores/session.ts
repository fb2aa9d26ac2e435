/** Who is signed in at this console. `unknown` until the server has said so once. */
import { reactive } from 'vue'
import { ApiProblem } from '../api/client.ts'
import { type Account, changePassword, closeSession, findSession, openSession } from '../api/session.ts'

export const session = reactive({
  state: 'unknown' as 'unknown' | 'none' | 'open',
  account: null as Account | null,
  rights: [] as string[],
})

export const may = (right: string): boolean => session.rights.includes(right)

/** Asks the server; a lost connection is thrown, "nobody" is not. */
export async function refreshSession(): Promise<void> {
  try {
    const { account, rights } = await findSession()
    Object.assign(session, { state: 'open', account, rights })
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 401) throw error
    forgetSession()
  }
}

export function forgetSession(): void {
  Object.assign(session, { state: 'none', account: null, rights: [] })
}

export async function signIn(name: string, password: string): Promise<void> {
  await openSession(name, password)
  await refreshSession()
}

export async function setPassword(old: string, next: string): Promise<void> {
  await changePassword(old, next)
  await refreshSession()
}

export async function signOut(): Promise<void> {
  try {
    await closeSession()
  } finally {
    forgetSession()
  }
}
