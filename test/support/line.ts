/** A line to a server that can be slow, be cut and be mended: what lies between a survey crew and the office. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Line {
  /** Where its near end is: http://127.0.0.1:PORT */
  address: string
  /** Bytes a second towards the server; null: as fast as it goes. */
  slow(bytesPerSecond: number | null): void
  /** Breaks what is under way, and lets nothing through. */
  cut(): void
  mend(): void
  close(): Promise<void>
}

export async function openLine(server: string): Promise<Line> {
  const { hostname, port } = new URL(server)
  const sockets = new Set<Socket>()
  let broken = false
  let speed: number | null = null
  /** When the bytes taken so far are through. */
  let freeAt = 0
  const near = createServer(async client => {
    sockets.add(client)
    client.on('error', () => {})
    client.once('close', () => sockets.delete(client))
    if (broken) return client.resetAndDestroy()
    const far = connect(Number(port), hostname)
    sockets.add(far)
    far.on('error', () => client.destroy())
    far.once('close', () => {
      sockets.delete(far)
      client.destroy()
    })
    client.once('close', () => far.destroy())
    far.pipe(client)
    try {
      for await (const chunk of client) {
        if (speed !== null) {
          freeAt = Math.max(freeAt, performance.now()) + (1000 * chunk.length) / speed
          await sleep(freeAt - performance.now())
        }
        if (!far.write(chunk)) await new Promise(resolve => far.once('drain', resolve).once('close', resolve))
      }
    } catch {
      // cut
    }
    far.end()
  })
  await new Promise<void>(resolve => near.listen(0, '127.0.0.1', resolve))
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    address: `http://127.0.0.1:${(near.address() as AddressInfo).port}`,
    slow: bytes => {
      speed = bytes
    },
    cut() {
      broken = true
      destroyAll()
    },
    mend() {
      broken = false
    },
    async close() {
      destroyAll()
      await new Promise(resolve => near.close(resolve))
    },
  }
}
