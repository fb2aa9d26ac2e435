/** Whether a certificate and a private key can serve TLS together, and if not, which of the two is wrong and why. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'

export type CertificateFault =
  | 'swapped'
  | 'no certificate'
  | 'no key'
  | 'key locked'
  | 'not a pair'
  /** Understood, but not accepted: a key that is too short, a curve or hash of old. */
  | 'not accepted'

/** @param cert @param key PEM texts */
export function certificateFault(cert: string, key: string): CertificateFault | null {
  const isKey = (pem: string) => /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)
  const isCert = (pem: string) => /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(pem)
  if (!isCert(cert) && isKey(cert) && isCert(key) && !isKey(key)) return 'swapped'
  const certificate = read(() => new X509Certificate(cert))
  if (!isCert(cert) || certificate instanceof Error) return 'no certificate'
  const secret = read(() => createPrivateKey(key))
  if (secret instanceof Error) return isLocked(secret) ? 'key locked' : 'no key'
  if (!certificate.checkPrivateKey(secret)) return 'not a pair'
  return read(() => createSecureContext({ cert, key })) instanceof Error ? 'not accepted' : null
}

function read<T>(work: () => T): T | Error {
  try {
    return work()
  } catch (error) {
    return error as Error
  }
}

const isLocked = (error: Error): boolean =>
  (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE' ||
  /interrupted or cancelled/i.test(error.message)
