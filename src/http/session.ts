/**
 * Cookies: HttpOnly, SameSite=Lax, the whole site's path; on TLS also Secure and with the prefix __Host-
 * (RFC 6265bis), which a sister site or an unencrypted page can neither set nor overwrite. Handlers say
 * the bare name; the prefix is put on and taken off here.
 */

/** The cookie that carries a session's token. */
export const SESSION_COOKIE = 'wangge'

const named = (name: string, secure: boolean): string => (secure ? `__Host-${name}` : name)

/** A Set-Cookie value. `maxAgeS` 0 takes the cookie away. Value: RFC 6265 cookie-octets only. */
export function setCookie(name: string, value: string, maxAgeS: number, secure: boolean): string {
  if (!/^[\w-]+$/.test(name) || !/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(value)) {
    throw new Error(`not a cookie: ${name}`)
  }
  const flags = `Path=/; Max-Age=${Math.max(0, Math.floor(maxAgeS))}; HttpOnly; SameSite=Lax`
  return `${named(name, secure)}=${value}; ${flags}${secure ? '; Secure' : ''}`
}

/** The value of a cookie in a Cookie header. On TLS only the prefixed one counts. */
export function readCookie(header: string | undefined, name: string, secure: boolean): string | undefined {
  const wanted = named(name, secure)
  for (const pair of header?.split(';') ?? []) {
    const cut = pair.indexOf('=')
    if (cut > 0 && pair.slice(0, cut).trim() === wanted) return pair.slice(cut + 1).trim()
  }
  return undefined
}
