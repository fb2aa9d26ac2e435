/**
 * A reader of vector tiles that takes nothing for granted: what Mapbox Vector Tile 2.1 forbids is an error. The
 * reference decoder (decode.ts) is lenient, so it alone would let wrong bytes pass.
 */

interface Field {
  no: number
  wire: number
  /** Of varints. */
  value: bigint
  /** Of everything else. */
  bytes: Uint8Array
}

const VARINT = 0
const FIXED64 = 1
const LENGTH = 2
const FIXED32 = 5

/** @throws Error that says what is wrong; @returns the names of the layers with their numbers of features */
export function checkTile(bytes: Uint8Array): Map<string, number> {
  const layers = new Map<string, number>()
  for (const field of fieldsOf(bytes)) {
    ensure(field.no === 3 && field.wire === LENGTH, `field ${field.no} in a tile`)
    const { name, features } = checkLayer(field.bytes)
    ensure(!layers.has(name), `two layers named ${name}`)
    layers.set(name, features)
  }
  return layers
}

function checkLayer(bytes: Uint8Array): { name: string; features: number } {
  const fields = [...fieldsOf(bytes)]
  const of = (no: number, wire: number): Field[] => {
    const found = fields.filter(field => field.no === no)
    for (const field of found)
      ensure(field.wire === wire, `field ${no} of a layer with wire type ${field.wire}`)
    return found
  }
  for (const { no } of fields) ensure([1, 2, 3, 4, 5, 15].includes(no), `field ${no} in a layer`)
  const versions = of(15, VARINT)
  ensure(versions.length === 1 && [1n, 2n].includes(versions[0]!.value), 'no version 1 or 2')
  const names = of(1, LENGTH)
  ensure(names.length === 1, 'a layer has one name')
  ensure(of(5, VARINT).length <= 1, 'two extents')
  const keys = of(3, LENGTH).map(field => text(field.bytes))
  const values = of(4, LENGTH)
  for (const value of values) checkValue(value.bytes)
  const features = of(2, LENGTH)
  for (const feature of features) checkFeature(feature.bytes, keys.length, values.length)
  return { name: text(names[0]!.bytes), features: features.length }
}

/** Field of a value to wire type: string, float, double, int, uint, sint, bool. */
const VALUES = [-1, LENGTH, FIXED32, FIXED64, VARINT, VARINT, VARINT, VARINT]

function checkValue(bytes: Uint8Array): void {
  const fields = [...fieldsOf(bytes)]
  ensure(fields.length === 1, 'a value says one thing')
  const { no, wire, bytes: content } = fields[0]!
  ensure(VALUES[no] === wire, `value of kind ${no} with wire type ${wire}`)
  if (no === 1) text(content)
}

function checkFeature(bytes: Uint8Array, keys: number, values: number): void {
  const once = new Map<number, Field>()
  for (const field of fieldsOf(bytes)) {
    ensure(field.no >= 1 && field.no <= 4 && !once.has(field.no), `field ${field.no} of a feature, or twice`)
    ensure(field.wire === (field.no === 2 || field.no === 4 ? LENGTH : VARINT), 'wire type in a feature')
    once.set(field.no, field)
  }
  const type = once.get(3)
  ensure(type !== undefined && type.value <= 3n, 'a feature has a type from 0 to 3')
  const tags = once.has(2) ? numbersOf(once.get(2)!.bytes) : []
  ensure(tags.length % 2 === 0, 'tags come in pairs')
  tags.forEach((tag, i) => {
    ensure(tag < (i % 2 === 0 ? keys : values), `tag ${tag} points nowhere`)
  })
  ensure(once.has(4), 'a feature has a geometry')
  const commands = numbersOf(once.get(4)!.bytes)
  if (type!.value === 1n) checkPoints(commands)
  else if (type!.value > 1n) checkPaths(commands, type!.value === 3n)
}

function checkPoints(numbers: readonly number[]): void {
  const [count, command] = commandOf(numbers[0])
  ensure(command === 1 && count > 0 && numbers.length === 1 + count * 2, 'points are one move to all of them')
}

function checkPaths(numbers: readonly number[], closed: boolean): void {
  ensure(numbers.length > 0, 'a path has positions')
  for (let i = 0; i < numbers.length; ) {
    const [moves, move] = commandOf(numbers[i])
    ensure(move === 1 && moves === 1, 'a path begins with one move')
    i += 3
    const [lines, line] = commandOf(numbers[i])
    ensure(line === 2 && lines >= (closed ? 2 : 1), 'a path has lines')
    ensure(i + lines * 2 < numbers.length, 'a line has both its numbers')
    for (let k = 0; k < lines; k++)
      ensure(numbers[i + 1 + k * 2] !== 0 || numbers[i + 2 + k * 2] !== 0, 'a line goes somewhere')
    i += 1 + lines * 2
    if (!closed) continue
    const [count, close] = commandOf(numbers[i++])
    ensure(close === 7 && count === 1, 'a ring is closed once')
  }
}

const commandOf = (number: number | undefined): [count: number, command: number] => {
  ensure(number !== undefined, 'the geometry ends early')
  return [number! >>> 3, number! & 7]
}

const text = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes)

/** Packed varints of 32 bits; longer ones are cut, as protocol buffers do. */
function numbersOf(bytes: Uint8Array): number[] {
  const numbers: number[] = []
  for (let at = 0; at < bytes.length; ) {
    const [value, next] = varint(bytes, at)
    numbers.push(Number(value & 0xffffffffn))
    at = next
  }
  return numbers
}

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  for (let at = 0; at < bytes.length; ) {
    const [key, start] = varint(bytes, at)
    const wire = Number(key & 7n)
    const field: Field = { no: Number(key >> 3n), wire, value: 0n, bytes: new Uint8Array(0) }
    if (wire === VARINT) [field.value, at] = varint(bytes, start)
    else {
      const [size, from] = wire === LENGTH ? varint(bytes, start) : [sizes[wire], start]
      ensure(size !== undefined, `wire type ${wire}`)
      at = from + Number(size)
      ensure(at <= bytes.length, 'bytes end early')
      field.bytes = bytes.subarray(from, at)
    }
    yield field
  }
}

const sizes: Record<number, bigint> = { [FIXED64]: 8n, [FIXED32]: 4n }

function varint(bytes: Uint8Array, at: number): [value: bigint, next: number] {
  let value = 0n
  for (let shift = 0n; ; shift += 7n) {
    ensure(at < bytes.length && shift < 70n, 'a number ends early')
    const byte = bytes[at++]!
    value |= BigInt(byte & 127) << shift
    if (byte < 128) return [value, at]
  }
}

function ensure(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}
