/** Files of a delivery as they come: what is there, and sending one in resumable pieces (tus). */
import { type DetailedError, Upload } from 'tus-js-client'
import { type ApiProblem, acceptLanguage, address, call, refusal } from './client.ts'

export interface ArrivedFile {
  name: string
  bytes: number
  /** Hexadecimal; null for files from before checksums were kept. */
  sha256: string | null
  sentBy: string | null
  sentAt: string | null
}
/** An upload that waits for its rest. */
export interface OpenUpload {
  id: string
  name: string
  bytes: number
  offset: number
  /** As the sender's machine told it: with name and length it knows the file again. */
  modified: string
  mine: boolean
  expiresAt: string
}
export interface DeliveryFiles {
  files: ArrivedFile[]
  uploads: OpenUpload[]
}

const at = (id: string, rest: string): string => `/api/deliveries/${encodeURIComponent(id)}/${rest}`

export const listFiles = (id: string): Promise<DeliveryFiles> => call(at(id, 'files'))
export const removeFile = (id: string, name: string): Promise<void> =>
  call(at(id, `files/${encodeURIComponent(name)}`), { method: 'DELETE' })
export const dropUpload = (id: string, upload: string): Promise<void> =>
  Upload.terminate(address(at(id, `uploads/${upload}`)), { headers: headers(), retryDelays: null })

const headers = (): Record<string, string> => ({ 'accept-language': acceptLanguage() })

/** Small enough for the proxies between here and there, and lost with the line at most. */
const PIECE_BYTES = 16 * 2 ** 20
/** Pauses before a lost line is tried again; every piece that arrives begins them anew. */
const AGAIN_MS = [500, 1000, 2000, 4000, 8000, 15_000, 30_000]

export interface Sending {
  start(): void
  /** Stops, to go on later. */
  pause(): void
  /** Stops, and leaves nothing of it on the server. */
  drop(): Promise<void>
}

/** What is told of a file on its way. */
export interface Telling {
  progress(bytes: number): void
  /** The line is lost, and will be tried again. */
  lost(): void
  /** @param url where it was sent to */
  done(url: string): void
  failed(problem: ApiProblem): void
}

/** Sends a file, from where an earlier upload of it stopped where there is one. */
export const sendFile = (id: string, file: File, upload: string | null, tell: Telling): Sending =>
  sendPieces(
    file,
    {
      endpoint: address(at(id, 'uploads')),
      uploadUrl: upload === null ? null : address(at(id, `uploads/${upload}`)),
      metadata: { filename: file.name, lastModified: String(file.lastModified) },
    },
    tell,
  )

/** Sends bytes in pieces, going on where the line was lost. */
export function sendPieces(
  bytes: File | Blob,
  to: { endpoint: string; uploadUrl?: string | null; metadata?: Record<string, string> },
  tell: Telling,
): Sending {
  const sending = new Upload(bytes, {
    ...to,
    headers: headers(),
    chunkSize: PIECE_BYTES,
    retryDelays: AGAIN_MS,
    storeFingerprintForResuming: false,
    onProgress: bytes => tell.progress(bytes),
    onShouldRetry(error) {
      const status = error.originalResponse?.getStatus() ?? 0
      const again = status === 0 || status === 409 || status === 423 || status >= 500
      const state = status === 409 && !/upload\.offset/.test(error.originalResponse?.getBody() ?? '')
      if (again && !state) tell.lost()
      return again && !state
    },
    onSuccess: () => tell.done(sending.url ?? ''),
    onError(error) {
      const response = (error as DetailedError).originalResponse
      tell.failed(refusal(response?.getStatus() ?? 0, response?.getBody() ?? ''))
    },
  })
  return {
    start: () => sending.start(),
    pause: () => void sending.abort(),
    drop: async () => {
      await sending.abort()
      if (sending.url) await Upload.terminate(sending.url, { headers: headers(), retryDelays: null })
    },
  }
}
