/**
 * Things that are probably one: of the same class and owner, nearer than the class's distance, and with the
 * same photo or nothing that tells them apart. Distance alone proves nothing (three covers in a row are
 * three covers), so a photo of its own or any differing attribute keeps two things two.
 *
 * A grid hash in typed arrays, 38 bytes a thing: cells are eight distances wide, so a look meets one or two
 * cells and seldom four. Positions are whole millimetres from the first thing.
 *
 *   heads[hash(class, cell)] -> thing -> next -> ...
 */

import { growingInts, growTo, type Ints } from '../../../core/growing.ts'

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
  classes: string[]
  owners: string[]
  origin: [lon: number, lat: number]
  /** The numbers of a thing, `STRIDE` of them. */
  things: Ints
  next: Ints
  heads: Ints
}

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
const EXTENT = 2
const CLASS = 3
const OWNER = 4
const PICTURE = 5
const TRAITS = 6
const FILE = 7
const ROW = 8
const STRIDE = 9
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
  next: growingInts(FIRST_CAPACITY),
  heads: new Int32Array(FIRST_CAPACITY * 2).fill(-1),
})

/**
 * @param distanceM of a class; 0 where its things are not compared
 * @param table what is held already; it grows with what is added
 */
export function openNear(distanceM: (classCode: string) => number, table = openTable()): NearIndex {
  const classNumbers = new Map(table.classes.map((code, i) => [code, i]))
  const ownerNumbers = new Map(table.owners.map((owner, i) => [owner, i]))
  /** By class number. */
  const distances = table.classes.map(code => distanceM(code) * 1000)
  const { things, next } = table
  let { heads } = table
  let [east, north] = scales(table.origin[1])

  const classNumber = (code: string): number => {
    let number = classNumbers.get(code)
    if (number === undefined) {
      number = table.classes.push(code) - 1
      classNumbers.set(code, number)
      distances.push(distanceM(code) * 1000)
    }
    return number
  }
  const ownerNumber = (owner: string | null): number => {
    if (owner === null) return -1
    let number = ownerNumbers.get(owner)
    if (number === undefined) {
      number = table.owners.push(owner) - 1
      ownerNumbers.set(owner, number)
    }
    return number
  }
  const slot = (cell: number, cellX: number, cellY: number) => {
    let hash = Math.imul(cellX, 0x9e3779b1) ^ Math.imul(cellY, 0x85ebca77) ^ Math.imul(cell, 0xc2b2ae3d)
    hash ^= hash >>> 15
    return hash & (heads.length - 1)
  }
  const link = (thing: number) => {
    const at = thing * STRIDE
    const kind = things[at + CLASS]!
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
      const kind = classNumber(thing.class)
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
            if (things[at + CLASS] !== kind || things[at + OWNER] !== ownerNumber(thing.owner)) continue
            if (Math.abs(things[at + EXTENT]! - thing.extent * north) > 2 * reach) continue
            if (!alike(at, thing.picture, traits)) continue
            best = at
            bestSquare = square
          }
        }
      }
      if (best < 0) return null
      const photo = thing.picture !== null && things[best + PICTURE] === textHash(thing.picture)
      return {
        file: things[best + FILE]!,
        row: things[best + ROW]!,
        distanceM: Math.sqrt(bestSquare) / 1000,
        alike: photo ? 'same photo' : 'nothing to tell them apart',
      }
    },
    add(thing, file, row) {
      const kind = classNumber(thing.class)
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
      things[at + EXTENT] = Math.round(thing.extent * north)
      things[at + CLASS] = kind
      things[at + OWNER] = ownerNumber(thing.owner)
      things[at + PICTURE] = thing.picture === null ? 0 : textHash(thing.picture)
      things[at + TRAITS] = thing.traits
      things[at + FILE] = file
      things[at + ROW] = row
      link(number)
    },
  }

  function alike(at: number, picture: string | null, traits: () => number): boolean {
    const other = things[at + PICTURE]!
    if (picture !== null && other !== 0) return textHash(picture) === other
    return things[at + TRAITS] === traits()
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
