/**
 * A growing byte buffer for protocol buffers (proto3 wire format): what is written here is at `bytes`
 * up to `length`. Callers in a hurry reserve once and then write to `bytes` themselves.
 */
export interface ByteSink {
  bytes: Uint8Array
  length: number
}

export function byteSink(capacity = 1 << 16): ByteSink {
  return { bytes: new Uint8Array(capacity), length: 0 }
}

/** Makes room for `more` bytes behind the end; `bytes` may be another array afterwards. */
export function reserve(sink: ByteSink, more: number): void {
  const needed = sink.length + more
  if (needed <= sink.bytes.length) return
  const wider = new Uint8Array(Math.max(needed, sink.bytes.length * 2))
  wider.set(sink.bytes.subarray(0, sink.length))
  sink.bytes = wider
}

/** Writes an unsigned integer of up to 53 bits. */
export function putVarint(sink: ByteSink, value: number): void {
  reserve(sink, 8)
  sink.length = varintAt(sink.bytes, sink.length, value)
}

/** Writes a varint into room that is there; returns the offset behind it. */
export function varintAt(bytes: Uint8Array, at: number, value: number): number {
  while (value >= 0x80) {
    bytes[at++] = (value % 128) | 0x80
    value = value > 0x7fffffff ? Math.floor(value / 128) : value >>> 7
  }
  bytes[at++] = value
  return at
}

export function varintSize(value: number): number {
  let size = 1
  for (; value >= 0x80; value = Math.floor(value / 128)) size++
  return size
}

/** Field key (number << 3 | wire type), byte length, bytes. */
export function putBytes(sink: ByteSink, key: number, content: Uint8Array): void {
  reserve(sink, content.length + 10)
  sink.bytes[sink.length++] = key
  putVarint(sink, content.length)
  sink.bytes.set(content, sink.length)
  sink.length += content.length
}

export function putDouble(sink: ByteSink, value: number): void {
  reserve(sink, 8)
  new DataView(sink.bytes.buffer, sink.bytes.byteOffset).setFloat64(sink.length, value, true)
  sink.length += 8
}
