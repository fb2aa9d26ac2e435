/** The doors through which a delivery's files come: in one go, or in pieces by tus (https://tus.io); and what has come. */
import { z } from 'zod'
import { problem } from '../../core/problem.ts'
import type { OpenUpload, Uploads } from '../../core/uploads.ts'
import { expiresAt } from '../../core/uploads.ts'
import { type Call, type Endpoint, endpoint, raw } from '../../http/endpoint.ts'
import { openTus, TUS_BYTES, TUS_VERSION } from '../../http/tus.ts'
import { FilesAnswer } from './answers.ts'
import type { LoadHouse } from './loading.ts'
import type { Delivery } from './schema.ts'
import { removeFile, takeFile } from './sending.ts'
import { listFileNotes } from './store.ts'
import { listStored } from './stored-files.ts'
import type { Uploading } from './uploading.ts'

const Id = z.strictObject({ id: z.uuid() })
const Upload = z.strictObject({ id: z.uuid(), upload: z.uuid() })
const File = z.strictObject({ id: z.uuid(), name: z.string().min(1).max(300) })
const Spoken = z.object({ 'tus-resumable': z.string().max(20).optional().describe(`Always ${TUS_VERSION}`) })
const spoken = { 'Tus-Resumable': TUS_VERSION }
const progress = { ...spoken, 'Upload-Offset': 'Bytes that are there' }

export interface UploadDoors extends LoadHouse {
  uploads: Uploads
  uploading: Uploading
  uploadBytes: number
  /** The delivery, where the caller may know of it. */
  own(call: Call, id: string): Promise<Delivery>
}

export function uploadRoutes(input: UploadDoors): Endpoint[] {
  const { own, uploads, uploading, uploadBytes } = input
  const tus = openTus({ uploads, maxBytes: uploadBytes, finished: uploading.land })
  const mine = (call: Call, delivery: Delivery, id: string): OpenUpload => {
    const upload = uploads.find(id)
    if (upload?.about.delivery !== delivery.id || upload.owner !== call.principal.actor)
      throw problem('upload.unknown')
    return upload
  }
  return [
    ...fileRoutes(input),
    endpoint({
      method: 'options',
      path: '/api/deliveries/:id/uploads',
      right: 'survey.load',
      summary: 'What of tus is spoken here',
      params: Id,
      answerHeaders: {
        'Tus-Version': TUS_VERSION,
        'Tus-Extension': 'creation,termination,expiration',
        'Tus-Max-Size': 'Bytes of one file',
      },
      async run({ params }, call) {
        await own(call, params.id)
        return tus.answer(call, { method: 'OPTIONS' })
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/deliveries/:id/uploads',
      right: 'survey.load',
      summary: 'Open a resumable upload of one file of a delivery (tus)',
      params: Id,
      headers: Spoken.extend({
        'upload-length': z.coerce.number().int().min(0).describe('Bytes of the whole file'),
        'upload-metadata': z
          .string()
          .max(4000)
          .describe('Pairs of a key and a base64 value: filename, and lastModified to know the file again'),
      }),
      status: 201,
      answerHeaders: { ...spoken, Location: 'Where the bytes go', 'Upload-Expires': 'Until when it waits' },
      async run({ params, headers }, call) {
        const delivery = await own(call, params.id)
        const { actor } = call.principal
        const { filename, lastModified = '' } = metadataOf(headers['upload-metadata'])
        if (!filename) throw problem('request.invalid', { what: 'headers.upload-metadata: filename' })
        const bytes = headers['upload-length']
        const about = await uploading.admit(delivery, {
          name: filename.slice(0, 300),
          bytes,
          modified: lastModified.slice(0, 40),
          actor,
        })
        const at = (id: string) => `/api/deliveries/${delivery.id}/uploads/${id}`
        return tus.answer(call, { method: 'POST', opens: { owner: actor, about, at } })
      },
    }),
    endpoint({
      method: 'head',
      path: '/api/deliveries/:id/uploads/:upload',
      right: 'survey.load',
      summary: 'How far a resumable upload is',
      params: Upload,
      headers: Spoken,
      status: 200,
      answerHeaders: { ...progress, 'Upload-Length': 'Bytes of the whole file' },
      async run({ params }, call) {
        const delivery = await own(call, params.id)
        const upload = uploads.find(params.upload) && mine(call, delivery, params.upload)
        // its last piece may have come without its end: then it lands now
        if (upload && (await uploads.offset(upload.id)) === upload.size) await uploading.land(upload)
        const bytes = await uploading.landed(delivery, params.upload)
        if (bytes === null) return tus.answer(call, { method: 'HEAD', id: params.upload })
        const told = { 'upload-offset': `${bytes}`, 'upload-length': `${bytes}`, 'cache-control': 'no-store' }
        return raw({ status: 200, headers: { 'tus-resumable': TUS_VERSION, ...told } })
      },
    }),
    endpoint({
      method: 'patch',
      path: '/api/deliveries/:id/uploads/:upload',
      right: 'survey.load',
      summary:
        'Send the next bytes of a resumable upload; with the last ones it becomes a file of the delivery',
      params: Upload,
      headers: Spoken.extend({
        'upload-offset': z.coerce.number().int().min(0).describe('Where these bytes begin'),
        'content-type': z.literal(TUS_BYTES),
      }),
      body: 'stream',
      streamType: TUS_BYTES,
      answerHeaders: progress,
      async run({ params }, call) {
        mine(call, await own(call, params.id), params.upload)
        return tus.answer(call, { method: 'PATCH', id: params.upload })
      },
    }),
    endpoint({
      method: 'delete',
      path: '/api/deliveries/:id/uploads/:upload',
      right: 'survey.load',
      summary: 'Give a resumable upload up; nothing of it stays',
      params: Upload,
      headers: Spoken,
      answerHeaders: spoken,
      async run({ params }, call) {
        mine(call, await own(call, params.id), params.upload)
        return tus.answer(call, { method: 'DELETE', id: params.upload })
      },
    }),
  ]
}

function fileRoutes(input: UploadDoors): Endpoint[] {
  const { db, files, own, uploads, uploading, uploadBytes } = input
  return [
    endpoint({
      method: 'put',
      path: '/api/deliveries/:id/files/:name',
      right: 'survey.load',
      summary: 'Send one file of a delivery as it is',
      params: File,
      body: 'stream',
      async run({ params, body: _ }, call) {
        const delivery = await own(call, params.id)
        const { stream, principal } = call
        const file = { name: params.name, stream, limitBytes: uploadBytes, actor: principal.actor }
        await takeFile(input, delivery, file)
        return undefined
      },
    }),
    endpoint({
      method: 'delete',
      path: '/api/deliveries/:id/files/:name',
      right: 'survey.load',
      summary: 'Take a file of a delivery back before it is loaded',
      params: File,
      async run({ params }, call) {
        const delivery = await own(call, params.id)
        await removeFile(input, delivery, { name: params.name, actor: call.principal.actor })
        return undefined
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/deliveries/:id/files',
      right: 'survey.read',
      summary: 'Files of a delivery that have come, with their checksums, and those under way',
      params: Id,
      answer: FilesAnswer,
      async run({ params }, call) {
        const delivery = await own(call, params.id)
        const notes = await listFileNotes(db, delivery)
        const there = await listStored({ db, files }, delivery)
        return {
          files: there.map(({ name, bytes }) => ({
            name,
            bytes,
            // deliveries from before checksums were kept have none
            ...(notes.get(name) ?? { sha256: null, sentBy: null, sentAt: null }),
          })),
          uploads: await Promise.all(
            uploading.of(delivery).map(async upload => ({
              id: upload.id,
              name: upload.about.name!,
              bytes: upload.size,
              offset: await uploads.offset(upload.id).catch(() => upload.size),
              modified: upload.about.modified ?? '',
              mine: upload.owner === call.principal.actor,
              expiresAt: new Date(expiresAt(upload)).toISOString(),
            })),
          ),
        }
      },
    }),
  ]
}

/** `Upload-Metadata`: keys in the clear, values in base64. */
function metadataOf(text: string): Record<string, string> {
  const pairs = text.split(',').map(pair => pair.trim().split(' ') as [string, string?])
  return Object.fromEntries(pairs.map(([key, value = '']) => [key, Buffer.from(value, 'base64').toString()]))
}
