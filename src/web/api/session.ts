/** Who is signed in, and what they may do. */
import { call } from './client.ts'

export interface Account {
  name: string
  personName: string | null
  roles: string[]
  mustChangePassword: boolean
}
export interface Session {
  account: Account
  rights: string[]
}

/** Who is signed in; null for nobody. */
export const findSession = async (): Promise<Session | null> =>
  (await call<Session | undefined>('/api/session', { query: { nobody: 'ok' } })) ?? null
export const openSession = (name: string, password: string): Promise<{ account: Account }> =>
  call('/api/session', { method: 'POST', body: { name, password } })
export const closeSession = (): Promise<void> => call('/api/session', { method: 'DELETE' })
export const changePassword = (old: string, next: string): Promise<void> =>
  call('/api/session/password', { method: 'POST', body: { old, new: next } })
