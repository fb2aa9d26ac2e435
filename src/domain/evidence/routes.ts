/**
 * The doors of evidence: a photo comes in pieces (tus), from who is signed in or from before a plate in the street, and
 * is seen by who may see what it is evidence of. Persons may be on them: nothing is public, nothing but a picture goes out.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { problem } from '../../core/problem.ts'
import type { OpenUpload, Uploads } from '../../core/uploads.ts'
import { holds } from '../../http/answer.ts'
import { type Call, type Endpoint, endpoint, raw } from '../../http/endpoint.ts'
import { openTus, TUS_BYTES, TUS_VERSION } from '../../http/tus.ts'
import { districtOf } from '../orgs/districts.ts'
import type { EvidenceHouse, Keeping } from './keeping.ts'
import { evidenceLimits, type Holder, type PictureKind } from './schema.ts'
import { type EvidencePhoto, findEvidence } from './store.ts'

const District = z.string().regex(/^[0-9]{6}$/)
const InDistrict = z.strictObject({ district: District.optional() })
const Spoken = z.object({ 'tus-resumable': z.string().max(20).optional().describe(`Always ${TUS_VERSION}`) })
const Opening = Spoken.extend({
  'upload-length': z.coerce.number().int().min(1).describe('Bytes of the whole photo'),
})
const Piece = Spoken.extend({
  'upload-offset': z.coerce.number().int().min(0).describe('Where these bytes begin'),
  'content-type': z.literal(TUS_BYTES),
})
const spoken = { 'Tus-Resumable': TUS_VERSION }
const opened = {
  ...spoken,
  Location: 'Where the bytes go; its last part is the photo',
  'Upload-Expires': 'Until when it waits',
}
const progress = { ...spoken, 'Upload-Offset': 'Bytes that are there' }
const ENDINGS: Record<PictureKind, string> = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' }

/** Whether somebody may see a photo of what has it; the rooms above say so. */
export type Sees = (call: Call, photo: EvidencePhoto & { holderId: string }) => Promise<boolean>

/** Who sends, and into which district. */
export interface Sender {
  district: string
  owner: string
}

export interface EvidenceDoors extends EvidenceHouse {
  keeping: Keeping
  sees: Record<Holder, Sees>
  /** Who stands before a plate. `opening`: wants to send one more. @throws plate.unknown, session.required, report.wait */
  street(call: Call, token: string, opening: boolean): Promise<Sender>
}

export const evidenceRoutes = (house: EvidenceDoors): Endpoint[] => [
  ...staffDoors(house),
  ...streetDoors(house),
  seenDoor(house),
]

/** The protocol for one kind of sender. */
function speak({ db, uploads, keeping }: EvidenceDoors, from: keyof typeof evidenceLimits) {
  const { bytes: maxBytes } = evidenceLimits[from]
  const tus = openTus({ uploads, maxBytes, finished: keeping.land })
  return {
    async open(call: Call, { district, owner }: Sender, bytes: number, at: (id: string) => string) {
      return keeping.admit({ district, owner, bytes, from }, about =>
        tus.answer(call, { method: 'POST', opens: { owner, about, at } }),
      )
    },
    async head(call: Call, sender: Sender, id: string) {
      const upload = mineOf(uploads, sender, id)
      // its last piece may have come without its end: then it lands now
      if (upload && (await uploads.offset(id)) === upload.size) await keeping.land(upload)
      const photo = await findEvidence(db, sender.district, id)
      if (photo?.sentBy === sender.owner) return whole(photo)
      if (!upload) throw problem('upload.unknown')
      return tus.answer(call, { method: 'HEAD', id })
    },
    async ask(call: Call, sender: Sender, id: string, method: 'PATCH' | 'DELETE') {
      if (!mineOf(uploads, sender, id)) throw problem('upload.unknown')
      return tus.answer(call, { method, id })
    },
  }
}

function mineOf(uploads: Uploads, { district, owner }: Sender, id: string): OpenUpload | null {
  const upload = uploads.find(id)
  return upload?.about.use === 'evidence' && upload.about.district === district && upload.owner === owner
    ? upload
    : null
}

const whole = ({ sentBytes }: EvidencePhoto) =>
  raw({
    status: 200,
    headers: {
      'tus-resumable': TUS_VERSION,
      'upload-offset': `${sentBytes}`,
      'upload-length': `${sentBytes}`,
      'cache-control': 'no-store',
    },
  })

function staffDoors(house: EvidenceDoors): Endpoint[] {
  const right = 'registry.read'
  const { open, head, ask } = speak(house, 'staff')
  const sender = async (call: Call, district: string | undefined): Promise<Sender> => ({
    district: await districtOf(house.db, call.principal, district),
    owner: call.principal.actor,
  })
  const One = z.strictObject({ id: z.uuid() })
  const path = '/api/evidence/uploads/:id'
  return [
    endpoint({
      method: 'post',
      path: '/api/evidence/uploads',
      right,
      summary:
        'Open a resumable upload of one photo (tus): JPEG, PNG or WebP; what its camera wrote beside it is left out',
      query: InDistrict,
      headers: Opening,
      status: 201,
      answerHeaders: opened,
      async run({ query, headers }, call) {
        const from = await sender(call, query.district)
        const at = (id: string) => `/api/evidence/uploads/${id}?district=${from.district}`
        return open(call, from, headers['upload-length'], at)
      },
    }),
    endpoint({
      ...{ method: 'head', path, right, params: One, query: InDistrict, headers: Spoken },
      summary: 'How far the upload of a photo is',
      status: 200,
      answerHeaders: { ...progress, 'Upload-Length': 'Bytes of the whole photo' },
      run: async ({ params, query }, call) => head(call, await sender(call, query.district), params.id),
    }),
    endpoint({
      ...{ method: 'patch', path, right, params: One, query: InDistrict, headers: Piece },
      summary: 'Send the next bytes of a photo; with the last ones it is looked at and kept, or refused',
      ...{ body: 'stream', streamType: TUS_BYTES, answerHeaders: progress },
      run: async ({ params, query }, call) =>
        ask(call, await sender(call, query.district), params.id, 'PATCH'),
    }),
    endpoint({
      ...{ method: 'delete', path, right, params: One, query: InDistrict, headers: Spoken },
      summary: 'Give the upload of a photo up',
      answerHeaders: spoken,
      run: async ({ params, query }, call) =>
        ask(call, await sender(call, query.district), params.id, 'DELETE'),
    }),
  ]
}

function streetDoors(house: EvidenceDoors): Endpoint[] {
  const right = 'asked'
  const { open, head, ask } = speak(house, 'street')
  const Token = z.string().max(40)
  const One = z.strictObject({ token: Token, id: z.uuid() })
  const Nobody = z.strictObject({ nobody: z.enum(['ok']).optional() })
  const path = '/api/plates/:token/photos/:id'
  return [
    endpoint({
      method: 'post',
      path: '/api/plates/:token/photos',
      right,
      summary: 'Open a resumable upload of one photo for a report from the street (tus)',
      params: z.strictObject({ token: Token }),
      query: Nobody,
      headers: Opening,
      status: 201,
      answerHeaders: opened,
      async run({ params: { token }, headers }, call) {
        const from = await house.street(call, token, true)
        const at = (id: string) => `/api/plates/${encodeURIComponent(token)}/photos/${id}?nobody=ok`
        return open(call, from, headers['upload-length'], at)
      },
    }),
    endpoint({
      ...{ method: 'head', path, right, params: One, query: Nobody, headers: Spoken },
      summary: 'How far the upload of a photo from the street is',
      status: 200,
      answerHeaders: { ...progress, 'Upload-Length': 'Bytes of the whole photo' },
      run: async ({ params }, call) => head(call, await house.street(call, params.token, false), params.id),
    }),
    endpoint({
      ...{ method: 'patch', path, right, params: One, query: Nobody, headers: Piece },
      summary: 'Send the next bytes of a photo from the street',
      ...{ body: 'stream', streamType: TUS_BYTES, answerHeaders: progress },
      run: async ({ params }, call) =>
        ask(call, await house.street(call, params.token, false), params.id, 'PATCH'),
    }),
    endpoint({
      ...{ method: 'delete', path, right, params: One, query: Nobody, headers: Spoken },
      summary: 'Give the upload of a photo from the street up',
      answerHeaders: spoken,
      run: async ({ params }, call) =>
        ask(call, await house.street(call, params.token, false), params.id, 'DELETE'),
    }),
  ]
}

function seenDoor({ db, keeping, sees }: EvidenceDoors): Endpoint {
  return endpoint({
    method: 'get',
    path: '/api/evidence/:id',
    right: 'registry.read',
    summary: 'A photo, for who may see what it is evidence of, and for who sent it',
    params: z.strictObject({ id: z.uuid() }),
    query: InDistrict,
    answer: { bytes: 'image/jpeg' },
    async run({ params, query }, call) {
      const district = await districtOf(db, call.principal, query.district)
      const photo = await findEvidence(db, district, params.id)
      if (!photo || photo.removedAt) throw problem('photo.unknown')
      const { holder, holderId } = photo
      const seen =
        holder && holderId
          ? await sees[holder](call, { ...photo, holderId })
          : photo.sentBy === call.principal.actor
      // of what is not the caller's to see not even that it is there is told
      if (!seen) throw problem('photo.unknown')
      const tag = `"${photo.sha256}"`
      const headers = {
        etag: tag,
        // asked again each time: what came to nothing is not shown on
        'cache-control': 'private, no-cache',
        'content-security-policy': "default-src 'none'; sandbox",
      }
      if (holds(call, tag)) return raw({ status: 304, headers })
      const path = keeping.path(photo)
      const size = await stat(path).then(
        ({ size }) => size,
        () => null,
      )
      if (size === null) throw problem('photo.unknown')
      return raw({
        headers: {
          ...headers,
          'content-type': photo.kind,
          'content-length': String(size),
          'content-disposition': `inline; filename="${photo.id}.${ENDINGS[photo.kind]}"`,
        },
        body: createReadStream(path),
      })
    },
  })
}
