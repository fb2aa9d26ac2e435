/** The server's doorbell: tells that something changed, by journal number. Reconnects by itself. */
import { address } from './client.ts'
import type { Bbox } from './districts.ts'

export interface Ring {
  no: number
  kind: string
  district: string
  at: string
  /** Tiles that are others now; boxes null: everywhere. Absent where the server does not know. */
  tiles?: { sets: readonly string[]; boxes: readonly Bbox[] | null }
}

/** Calls `heard` for every event, and `told` when the line opens or breaks, until the returned function is called. */
export function listenLive(heard: (ring: Ring) => void, told: (open: boolean) => void): () => void {
  const source = new EventSource(address('/api/live'))
  const read = (event: MessageEvent<string>): void => {
    try {
      heard(JSON.parse(event.data) as Ring)
    } catch {
      // a keep-alive or a half line: nothing to hear
    }
  }
  source.onmessage = read
  source.onopen = () => told(true)
  source.onerror = () => told(false)
  return () => {
    source.close()
    told(false)
  }
}
