/**
 * Mapbox Vector Tile 2.1: the message around the features. A tile is its layers one after another, so
 * finished layers can be kept and joined.
 *
 *   sink:  [ room for the header ][ name ][ feature ... ][ keys ][ values ][ extent ][ version ]
 *                      [key][length]                                    `finishLayer` returns from here
 *
 * The length of the layer is known last; its header is therefore written right-aligned into room left free
 * before the body, and nothing is moved.
 */
import { type ByteSink, putBytes, putDouble, putVarint, reserve, varintAt, varintSize } from './bytes.ts'

export const EXTENT = 4096
/** How far features reach beyond the tile, in steps of the extent. */
export const BUFFER = 64

/** What a property of a feature may be. */
export type MvtValue = string | number | boolean

/** Field keys of vector_tile.proto. */
const LAYER = 0x1a
const NAME = 0x0a
const KEYS = 0x1a
const VALUES = 0x22
const LAYER_EXTENT = 0x28
const VERSION = 0x78
const VALUE_STRING = 0x0a
const VALUE_DOUBLE = 0x19
const VALUE_UINT = 0x28
const VALUE_SINT = 0x30
const VALUE_BOOL = 0x38

/** The lowest integer whose zigzag form is still exact in a double. */
const LEAST_SINT = -(2 ** 52)
const HEADER_ROOM = 10
const utf8 = new TextEncoder()

/** Empties the sink and opens a layer in it; features follow. */
export function beginLayer(sink: ByteSink, name: string): void {
  sink.length = HEADER_ROOM
  putBytes(sink, NAME, utf8.encode(name))
}

/** Closes the layer and returns a copy of its bytes: a whole tile, or a part to join to others. */
export function finishLayer(
  sink: ByteSink,
  keys: readonly string[],
  values: readonly MvtValue[],
): Uint8Array {
  for (const key of keys) putBytes(sink, KEYS, utf8.encode(key))
  for (const value of values) putValue(sink, value)
  reserve(sink, 8)
  sink.bytes[sink.length++] = LAYER_EXTENT
  putVarint(sink, EXTENT)
  sink.bytes[sink.length++] = VERSION
  putVarint(sink, 2)
  const size = sink.length - HEADER_ROOM
  const start = HEADER_ROOM - 1 - varintSize(size)
  sink.bytes[start] = LAYER
  varintAt(sink.bytes, start + 1, size)
  return sink.bytes.slice(start, sink.length)
}

/** One tile of several layers' bytes. */
export function joinLayers(layers: readonly Uint8Array[]): Uint8Array {
  if (layers.length === 1) return layers[0]!
  const tile = new Uint8Array(layers.reduce((sum, layer) => sum + layer.length, 0))
  let at = 0
  for (const layer of layers) {
    tile.set(layer, at)
    at += layer.length
  }
  return tile
}

function putValue(sink: ByteSink, value: MvtValue): void {
  reserve(sink, 32)
  sink.bytes[sink.length++] = VALUES
  if (typeof value === 'string') {
    const text = utf8.encode(value)
    putVarint(sink, 1 + varintSize(text.length) + text.length)
    putBytes(sink, VALUE_STRING, text)
  } else if (typeof value === 'boolean') {
    sink.bytes.set([2, VALUE_BOOL, value ? 1 : 0], sink.length)
    sink.length += 3
  } else if (Number.isSafeInteger(value) && value >= LEAST_SINT && !Object.is(value, -0)) {
    // Zigzag by arithmetic, because the value may have more than 32 bits.
    const varint = value >= 0 ? value : -value * 2 - 1
    putVarint(sink, 1 + varintSize(varint))
    sink.bytes[sink.length++] = value >= 0 ? VALUE_UINT : VALUE_SINT
    putVarint(sink, varint)
  } else {
    sink.bytes[sink.length++] = 9
    sink.bytes[sink.length++] = VALUE_DOUBLE
    putDouble(sink, value)
  }
}
