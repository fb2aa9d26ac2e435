/** The doors to photos: those of a component, the bytes of one, and the folders of the server they may come from. Persons may be on them: nothing is public. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { problem } from '../../../core/problem.ts'
import { holds } from '../../../http/answer.ts'
import { type Call, type Endpoint, endpoint, raw } from '../../../http/endpoint.ts'
import { districtOf } from '../../orgs/districts.ts'
import { scopeOf } from '../../orgs/rules.ts'
import { findComponent } from '../../registry/store.ts'
import type { LoadHouse } from '../loading.ts'
import { foldersIn } from './photo-folder.ts'
import { findPhoto, listPhotos } from './store.ts'
import { contentFolder } from './sweeping.ts'

const District = z.string().regex(/^[0-9]{6}$/)
const InDistrict = z.strictObject({ district: District.optional() })

const PhotoEntry = z
  .object({
    sha256: z.string(),
    name: z.string().describe('As it was delivered'),
    kind: z.enum(['image/jpeg', 'image/png', 'image/heic']),
    bytes: z.number(),
    deliveryNo: z.number(),
  })
  .meta({ id: 'Photo' })

const ENDINGS = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/heic': 'heic' } as const

export function photoRoutes({ db, files, photoLimits }: LoadHouse): Endpoint[] {
  const scope = async (call: Call, district: string | undefined) =>
    scopeOf(await districtOf(db, call.principal, district))
  return [
    endpoint({
      method: 'get',
      path: '/api/components/:id/photos',
      right: 'registry.read',
      summary: 'Photos of a component from published deliveries, newest first',
      params: z.strictObject({ id: z.uuid() }),
      query: InDistrict,
      answer: z.object({ items: z.array(PhotoEntry) }),
      async run({ params, query }, call) {
        const seen = await scope(call, query.district)
        if (!(await findComponent(db, seen, params.id))) throw problem('component.unknown', { id: params.id })
        return { items: await listPhotos(db, seen, params.id) }
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/photos/:sha256',
      right: 'registry.read',
      summary: 'A photo, by its checksum',
      params: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
      query: InDistrict,
      answer: { bytes: 'image/jpeg' },
      async run({ params: { sha256 }, query }, call) {
        const seen = await scope(call, query.district)
        const photo = await findPhoto(db, seen, sha256)
        if (!photo) throw problem('photo.unknown')
        const tag = `"${sha256}"`
        const headers = {
          etag: tag,
          // the name is the content; only this person's browser keeps it
          'cache-control': 'private, max-age=31536000, immutable',
          'content-security-policy': "default-src 'none'; sandbox",
        }
        if (holds(call, tag)) return raw({ status: 304, headers })
        const path = files.path(contentFolder(seen.district, sha256), sha256)
        const size = await stat(path).then(
          ({ size }) => size,
          () => null,
        )
        if (size === null) throw problem('photo.unknown')
        const shown = photo.kind === 'image/heic' ? 'attachment' : 'inline'
        return raw({
          headers: {
            ...headers,
            'content-type': photo.kind,
            'content-length': String(size),
            'content-disposition': `${shown}; filename="${sha256.slice(0, 16)}.${ENDINGS[photo.kind]}"`,
          },
          body: createReadStream(path),
        })
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/photo-folders',
      right: 'survey.load',
      summary:
        'Folders of the server that photos may be taken from; for who sees the deliveries of every firm',
      query: z.strictObject({ folder: z.string().min(1).max(1000).optional() }),
      answer: z.object({ folders: z.array(z.string()) }),
      async run({ query }, call) {
        if (!call.principal.rights.has('survey.all')) return { folders: [] }
        return { folders: await foldersIn(photoLimits?.roots ?? [], query.folder ?? null) }
      },
    }),
  ]
}
