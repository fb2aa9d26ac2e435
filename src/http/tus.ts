/**
 * Resumable uploads (tus 1.0.0, https://tus.io) behind our own doors: the protocol is @tus/server's, the bytes are
 * the upload store's (core/uploads.ts), rights and limits are those of the door that was opened before this.
 *
 *   Call -> web Request -> @tus/server -> Response -> our answer, or our refusal
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { DataStore, Server, Upload } from '@tus/server'
import { newId } from '../core/id.ts'
import { Problem, problem } from '../core/problem.ts'
import { type OpenUpload, UPLOAD_DAYS, type Uploads } from '../core/uploads.ts'
import { type Call, type RawAnswer, raw } from './endpoint.ts'

export const TUS_VERSION = '1.0.0'
export const TUS_BYTES = 'application/offset+octet-stream'

export interface TusInput {
  uploads: Uploads
  maxBytes: number
  /** All bytes are there; throws where they cannot be used, and is tried again when they are asked for. */
  finished(upload: OpenUpload): Promise<void>
}

/** What is asked of one upload, or of the place where uploads are opened. */
export interface TusRequest {
  method: 'OPTIONS' | 'POST' | 'HEAD' | 'PATCH' | 'DELETE'
  /** The upload; for POST none. */
  id?: string
  /** For POST: whose it will be, what it is to become, where it will be reached. */
  opens?: Opens
}

interface Opens extends Pick<OpenUpload, 'owner' | 'about'> {
  at(id: string): string
}

interface Running extends TusRequest {
  refusal?: Problem
}

export interface Tus {
  /** @throws Problem */
  answer(call: Call, request: TusRequest): Promise<{ raw: RawAnswer }>
}

export function openTus({ uploads, maxBytes, finished }: TusInput): Tus {
  const running = new WeakMap<object, Running>()
  /** The store is told nothing of the request it works for; what is kept for one goes with it. */
  const asking = new AsyncLocalStorage<Running>()
  const server = new Server({
    path: '/',
    datastore: new Bytes(uploads, () => asking.getStore()!.opens!),
    maxSize: maxBytes,
    namingFunction: () => newId(),
    getFileIdFromRequest: request => running.get(request)?.id,
    generateUrl: (request, { id }) => running.get(request)!.opens!.at(id),
    async onUploadFinish(_request, { id }) {
      const upload = uploads.find(id)
      if (upload) await finished(upload)
      return {}
    },
    onResponseError(request, error) {
      if (error instanceof Problem) running.get(request)!.refusal = error
      // an error of ours is told as one
      else if (error instanceof Error) throw error
      return undefined
    },
  })

  return {
    async answer(call, asked) {
      call.setHeader('Tus-Resumable', TUS_VERSION)
      if (asked.method !== 'OPTIONS' && call.header('tus-resumable') !== TUS_VERSION) {
        call.setHeader('Tus-Version', TUS_VERSION)
        throw problem('upload.version', { version: TUS_VERSION })
      }
      const request = webRequest(call, asked)
      const mine: Running = { ...asked }
      running.set(request, mine)
      const response = await asking.run(mine, () =>
        server.handleWeb(request as Parameters<typeof server.handleWeb>[0]),
      )
      if (mine.refusal) throw mine.refusal
      if (response.status >= 400) throw refusalOf(response.status, await response.text(), maxBytes)
      const headers = Object.fromEntries(
        // the house says itself who may ask from where
        [...response.headers].filter(([name]) => !/^(access-control-|content-|tus-resumable)/.test(name)),
      )
      return raw({ status: response.status, headers, body: null })
    },
  }
}

/** Headers of the protocol; nothing else of a request is any of its business. */
const TOLD = [
  'tus-resumable',
  'upload-offset',
  'upload-length',
  'upload-metadata',
  'upload-defer-length',
  'upload-concat',
  'content-type',
  'content-length',
] as const

function webRequest(call: Call, { method }: TusRequest): Request {
  const headers = new Headers()
  for (const name of TOLD) {
    const value = call.header(name)
    if (value !== undefined) headers.set(name, value)
  }
  const body = method === 'PATCH' ? { body: webStream(call.stream), duplex: 'half' as const } : {}
  return new Request('http://house/', { method, headers, ...body } as RequestInit)
}

const webStream = (stream: Readable): ReadableStream => Readable.toWeb(stream) as ReadableStream

function refusalOf(status: number, text: string, maxBytes: number): Problem {
  switch (status) {
    case 404:
    case 410:
      return problem('upload.unknown')
    case 409:
      return problem('upload.offset')
    case 413:
      return tooLarge(maxBytes)
    case 500:
      return problem('upload.busy')
    default:
      return problem('request.invalid', { what: text.trim().slice(0, 200) })
  }
}

export const tooLarge = (maxBytes: number): Problem =>
  problem('request.too-large', { limit: `${Math.floor(maxBytes / 1e6)} MB`, limitBytes: maxBytes })

/** The upload store as the protocol's server asks for it. */
class Bytes extends DataStore {
  readonly #uploads: Uploads
  readonly #opens: () => Opens

  /** @param opens what the POST under way opens */
  constructor(uploads: Uploads, opens: () => Opens) {
    super()
    this.#uploads = uploads
    this.#opens = opens
    this.extensions = ['creation', 'termination', 'expiration']
  }

  override async create(upload: Upload): Promise<Upload> {
    const { owner, about } = this.#opens()
    await this.#uploads.create({
      id: upload.id,
      size: upload.size!,
      owner,
      about,
      createdAt: Date.parse(upload.creation_date!),
    })
    return upload
  }

  override async write(stream: Parameters<DataStore['write']>[0], id: string): Promise<number> {
    return this.#uploads.append(id, stream as Readable)
  }

  override async getUpload(id: string): Promise<Upload> {
    const upload = this.#uploads.find(id)
    if (!upload) throw problem('upload.unknown')
    return new Upload({
      id,
      size: upload.size,
      offset: await this.#uploads.offset(id),
      creation_date: new Date(upload.createdAt).toISOString(),
    })
  }

  override remove = (id: string): Promise<void> => this.#uploads.remove(id)

  override getExpiration(): number {
    return UPLOAD_DAYS * 86_400_000
  }
}
