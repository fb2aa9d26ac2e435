/**
 * Things that are probably one: of the same class and owner, nearer than the class's distance, and with the
 * same photo or nothing that tells them apart. Distance alone proves nothing (three covers in a row are
 * three covers), so a photo of its own or any differing attribute keeps two things two.
 *
 * A grid hash in typed arrays, 28 bytes a thing and 4 more for each of box, photo and file where there are any:
 * cells are eight distances wide, so a look meets one or two cells and seldom four. Positions are whole
 * millimetres from the first thing.
 *
 *   heads[hash(kind, cell)] -> thing -> next -> ...        kind: a class and an owner
 */

import { growingInts, growTo, type Ints, setSparse } from '../../../core/growing.ts'

/** A thing as it is compared. */
export interface Thing {
  /** Middle of its box. */
  lon: number
  lat: number
  /** Half the circumference of its box in degrees; 0 of a point. */
  extent: number
  class: string
  owner: string | null
  /** Name or hash of its photo. */
  picture: string | null
  /** `traitsOf` its name and its attributes. */
  traits: number
}

/** Things in the order they came, as they are passed between threads. */
export interface NearTable {
  count: number
  /** By kind; a class has as many kinds as owners. */
  classes: string[]
  owners: (string | null)[]
  origin: [lon: number, lat: number]
  /** The numbers of a thing, `STRIDE` of them. */
  things: Ints
  /** What most things have none of, 0 then; they end with the last thing that has one. */
  extents: Ints
  pictures: Ints
  files: Ints
  next: Ints
  heads: Ints
}

/** What of a table passes to another thread without being copied. */
export const memoryOf = ({ things, extents, pictures, files, next, heads }: NearTable): ArrayBuffer[] =>
  [things, extents, pictures, files, next, heads].map(numbers => numbers.buffer)

export interface NearThing {
  file: number
  row: number
  distanceM: number
  alike: 'same photo' | 'nothing to tell them apart'
}

export interface NearIndex {
  /** The nearest thing that is probably the same one. @param traits asked for only where it matters */
  find(thing: Omit<Thing, 'traits'>, traits: () => number): NearThing | null
  add(thing: Thing, file: number, row: number): void
  readonly table: NearTable
}

const X = 0
const Y = 1
const KIND = 2
const TRAITS = 3
const ROW = 4
const STRIDE = 5
const CELLS_PER_DISTANCE = 8
const MM_PER_DEGREE = 111_320_000
const FIRST_CAPACITY = 4096
/** Things looked at for one: where thousands lie on one spot, it is a default position and no place. */
const MOST_LOOKS = 256

export const openTable = (): NearTable => ({
  count: 0,
  classes: [],
  owners: [],
  origin: [0, 0],
  things: growingInts(FIRST_CAPACITY * STRIDE),
  extents: growingInts(0),
  pictures: growingInts(0),
  files: growingInts(0),
  next: growingInts(FIRST_CAPACITY),
  heads: new Int32Array(FIRST_CAPACITY * 2).fill(-1),
})

/**
 * @param distanceM of a class; 0 where its things are not compared
 * @param table what is held already; it grows with what is added
 */
export function openNear(distanceM: (classCode: string) => number, table = openTable()): NearIndex {
  /** Kinds by class, then by owner. */
  const kinds = new Map<string, Map<string | null, number>>()
  /** By kind; 0 where it is not compared. */
  const distances: number[] = []
  const { things, extents, pictures, files, next } = table
  let { heads } = table
  let [east, north] = scales(table.origin[1])

  const know = (code: string, owner: string | null, kind: number) => {
    const owners = kinds.get(code)
    if (owners) owners.set(owner, kind)
    else kinds.set(code, new Map([[owner, kind]]))
    distances.push(distanceM(code) * 1000)
  }
  table.classes.forEach((code, kind) => {
    know(code, table.owners[kind]!, kind)
  })
  const kindOf = (code: string, owner: string | null): number => {
    let kind = kinds.get(code)?.get(owner)
    if (kind === undefined) {
      kind = table.classes.push(code) - 1
      table.owners.push(owner)
      know(code, owner, kind)
    }
    return kind
  }
  const slot = (kind: number, cellX: number, cellY: number) => {
    let hash = Math.imul(cellX, 0x9e3779b1) ^ Math.imul(cellY, 0x85ebca77) ^ Math.imul(kind, 0xc2b2ae3d)
    hash ^= hash >>> 15
    return hash & (heads.length - 1)
  }
  const link = (thing: number) => {
    const at = thing * STRIDE
    const kind = things[at + KIND]!
    const size = distances[kind]! * CELLS_PER_DISTANCE
    const head = slot(kind, Math.floor(things[at + X]! / size), Math.floor(things[at + Y]! / size))
    next[thing] = heads[head]!
    heads[head] = thing
  }
  /** Room for one more; more heads where chains would grow long. */
  const makeRoom = () => {
    const count = table.count + 1
    growTo(things, count * STRIDE)
    growTo(next, count)
    if (count <= heads.length) return
    heads = new Int32Array(heads.length * 2).fill(-1)
    for (let thing = 0; thing < table.count; thing++) link(thing)
    table.heads = heads
  }

  return {
    table,
    find(thing, traits) {
      const kind = kindOf(thing.class, thing.owner)
      const reach = distances[kind]!
      if (!(reach > 0) || table.count === 0) return null
      const x = (thing.lon - table.origin[0]) * east
      const y = (thing.lat - table.origin[1]) * north
      const size = reach * CELLS_PER_DISTANCE
      const right = Math.floor((x + reach) / size)
      const top = Math.floor((y + reach) / size)
      let best = -1
      let bestSquare = reach * reach
      let looks = 0
      for (let cellX = Math.floor((x - reach) / size); cellX <= right; cellX++) {
        for (let cellY = Math.floor((y - reach) / size); cellY <= top; cellY++) {
          for (
            let other = heads[slot(kind, cellX, cellY)]!;
            other >= 0 && looks < MOST_LOOKS;
            other = next[other]!
          ) {
            looks++
            const at = other * STRIDE
            const dx = things[at + X]! - x
            const dy = things[at + Y]! - y
            const square = dx * dx + dy * dy
            if (square > bestSquare || (square === bestSquare && best >= 0)) continue
            if (things[at + KIND] !== kind) continue
            if (Math.abs((extents[other] ?? 0) - thing.extent * north) > 2 * reach) continue
            if (!alike(other, thing.picture, traits)) continue
            best = other
            bestSquare = square
          }
        }
      }
      if (best < 0) return null
      const photo = thing.picture !== null && pictures[best] === textHash(thing.picture)
      return {
        file: files[best] ?? 0,
        row: things[best * STRIDE + ROW]!,
        distanceM: Math.sqrt(bestSquare) / 1000,
        alike: photo ? 'same photo' : 'nothing to tell them apart',
      }
    },
    add(thing, file, row) {
      const kind = kindOf(thing.class, thing.owner)
      if (!(distances[kind]! > 0)) return
      if (table.count === 0) {
        table.origin = [thing.lon, thing.lat]
        ;[east, north] = scales(thing.lat)
      }
      makeRoom()
      const number = table.count++
      const at = number * STRIDE
      things[at + X] = Math.round((thing.lon - table.origin[0]) * east)
      things[at + Y] = Math.round((thing.lat - table.origin[1]) * north)
      things[at + KIND] = kind
      things[at + TRAITS] = thing.traits
      things[at + ROW] = row
      setSparse(extents, number, Math.round(thing.extent * north))
      setSparse(pictures, number, thing.picture === null ? 0 : textHash(thing.picture))
      setSparse(files, number, file)
      link(number)
    },
  }

  function alike(thing: number, picture: string | null, traits: () => number): boolean {
    const other = pictures[thing] ?? 0
    if (picture !== null && other !== 0) return textHash(picture) === other
    return things[thing * STRIDE + TRAITS] === traits()
  }
}

const scales = (lat: number): [east: number, north: number] => [
  MM_PER_DEGREE * Math.cos((lat * Math.PI) / 180),
  MM_PER_DEGREE,
]

/** FNV-1a over UTF-16 units, never 0. */
export function textHash(text: string, seed = 0x811c9dc5): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash | 0 || 1
}

/** Columns that number or place a row and say nothing of the thing. */
const ofTheRow =
  /^(o?fid|gid|(object|global)?_?id|objectid_\d+|序号|编号|序列号|普查编号|测点号|shape(_(leng(th)?|area))?|x|y|z|lon(gitude)?|lat(itude)?|经度|纬度|[xy]坐标|横坐标|纵坐标|wkt|geom(etry)?)$/i

/** Whether an attribute tells things apart. */
export const isTrait = (name: string): boolean => !ofTheRow.test(name.trim()) && !name.endsWith('AsDelivered')

/** One more attribute of a thing; the sum does not depend on their order. */
export const withTrait = (sum: number, name: string, value: unknown): number =>
  (sum + textHash(String(value), textHash(name))) | 0
