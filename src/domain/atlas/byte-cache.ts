/** Bytes kept by key within a bound: what was not asked for longest goes first. */

export interface ByteCache {
  /** Bytes kept now, keys included. */
  size(): number
  get(key: string): Uint8Array | undefined
  set(key: string, value: Uint8Array): void
}

export function byteCache(limitBytes: number): ByteCache {
  const held = new Map<string, Uint8Array>()
  let bytes = 0
  const cost = (key: string, value: Uint8Array) => value.length + key.length * 2 + 100
  return {
    size: () => bytes,
    get(key: string): Uint8Array | undefined {
      const value = held.get(key)
      if (value !== undefined) {
        held.delete(key)
        held.set(key, value)
      }
      return value
    },
    set(key: string, value: Uint8Array): void {
      held.set(key, value)
      bytes += cost(key, value)
      for (const [oldest, old] of held) {
        if (bytes <= limitBytes) break
        held.delete(oldest)
        bytes -= cost(oldest, old)
      }
    },
  }
}
