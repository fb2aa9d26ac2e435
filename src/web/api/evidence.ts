/** 现场照片: sent one by one in resumable pieces, and told by their ids from then on. */
import { address, call } from './client.ts'
import { type Sending, sendPieces, type Telling } from './uploads.ts'

export interface EvidencePhoto {
  id: string
  kind: string
  bytes: number
  width: number
  height: number
  sentAt: string
  /** What it was evidence of came to nothing: the picture is no longer kept. */
  removed: boolean
}
export interface CardEvidence extends Omit<EvidencePhoto, 'removed'> {
  requestNo: number
  requestKind: string
}

export const evidenceAddress = (id: string): string => address(`/api/evidence/${encodeURIComponent(id)}`)
export const listEvidence = async (componentId: string, signal?: AbortSignal): Promise<CardEvidence[]> =>
  (
    await call<{ items: CardEvidence[] }>(`/api/components/${encodeURIComponent(componentId)}/evidence`, {
      ...(signal ? { signal } : {}),
    })
  ).items

/**
 * Sends one photo.
 * @param plate the token of a plate, for who stands before it without an account
 * @param tell `done` is told the photo's id
 */
export const sendPhoto = (photo: Blob, plate: string | null, tell: Telling): Sending =>
  sendPieces(
    photo,
    {
      endpoint:
        plate === null
          ? address('/api/evidence/uploads')
          : address(`/api/plates/${encodeURIComponent(plate)}/photos`, { nobody: 'ok' }),
    },
    { ...tell, done: url => tell.done(url.split('?')[0]!.split('/').at(-1)!) },
  )
