/** Who is signed in at this console. `unknown` until the server has said so once. */
import { reactive } from 'vue'
import { type Account, changePassword, closeSession, findSession, openSession } from '../api/session.ts'

export const session = reactive({
  state: 'unknown' as 'unknown' | 'none' | 'open',
  account: null as Account | null,
  rights: [] as string[],
})

/** Works for a contractor's firm, and begins at its tasks. */
export const ofFirm = (): boolean => may('survey.load') && !may('survey.all')

export const may = (right: string): boolean => session.rights.includes(right)

/** Asks the server; a lost connection is thrown, "nobody" is not. */
export async function refreshSession(): Promise<void> {
  const found = await findSession()
  if (found) Object.assign(session, { state: 'open', ...found })
  else if (session.state === 'open') endSession()
  else forgetSession()
}

/** What happens when a session ends under somebody's hands; told by main.ts, which knows the screens. */
let endSession = forgetSession
export const onSessionEnd = (then: () => void): void => {
  endSession = then
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
