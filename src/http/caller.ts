/**
 * What a request shows of who sent it. The house turns it into a Principal (domain/orgs/principals.ts);
 * the doors only carry it there.
 */
import type { Principal } from './endpoint.ts'

export interface Caller {
  /** The session cookie's value, if one came. */
  sessionToken: string | null
  /** The value of `Authorization: Bearer ...`, if one came. */
  bearer: string | null
  /** The peer's address; behind a trusted proxy, the address the proxy gives. */
  remote: string
  /** True for everything that arrives on the socket in the data directory, and for nothing else. */
  local: boolean
}

/** Says who calls, and `nobody` for who shows nothing valid. */
export type PrincipalOf = (caller: Caller) => Promise<Principal>

/** Who has shown nothing. */
export const nobody: Principal = {
  kind: 'nobody',
  actor: 'nobody',
  accountId: null,
  rights: new Set(),
  districts: [],
}

/** The token of an Authorization header, or null. */
export function bearerOf(authorization: string | undefined): string | null {
  return authorization?.match(/^Bearer ([\w.~+/=-]+)$/i)?.[1] ?? null
}
