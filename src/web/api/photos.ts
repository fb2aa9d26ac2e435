/** 照片: those of a component, and the folders of the server that photos may be taken from. */
import { address, call } from './client.ts'

export interface Photo {
  sha256: string
  name: string
  kind: 'image/jpeg' | 'image/png' | 'image/heic'
  bytes: number
  deliveryNo: number
}

export const listPhotos = async (componentId: string, signal?: AbortSignal): Promise<Photo[]> =>
  (
    await call<{ items: Photo[] }>(`/api/components/${encodeURIComponent(componentId)}/photos`, {
      ...(signal ? { signal } : {}),
    })
  ).items
export const photoAddress = ({ sha256 }: Pick<Photo, 'sha256'>): string => address(`/api/photos/${sha256}`)

/** The roots, or what lies in one of them; empty for who may not choose. */
export const listPhotoFolders = async (folder: string | null): Promise<string[]> =>
  (await call<{ folders: string[] }>('/api/photo-folders', { query: { folder } })).folders
