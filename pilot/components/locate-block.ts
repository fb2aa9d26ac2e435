/** Which block or unclaimed piece a point lies in, by a grid of cells over the ground. */
import type { District } from '../ground/district.ts'
import { ringHolds } from '../ground/measure.ts'

/** Index of a block; `pieceAt` and above for unclaimed pieces; -1 outside the district. */
export type LocateBlock = (x: number, y: number) => number

const cellM = 60

export function blockLocator({ blocks, pieces, shape, plan }: District): LocateBlock {
  const rings = [...blocks.map(b => ringOf(plan.faces[b.face]!)), ...pieces.map(p => p.ring)]
  function ringOf(nodes: readonly number[]): number[] {
    return nodes.flatMap((a, i) => shape.chain(a, nodes[(i + 1) % nodes.length]!))
  }
  const cells = new Map<number, number[]>()
  const boxes = rings.map(boxOf)
  const west = Math.min(...boxes.map(b => b[0]))
  const south = Math.min(...boxes.map(b => b[1]))
  const key = (i: number, j: number) => j * 65536 + i
  boxes.forEach(([w, s, e, n], id) => {
    for (let j = Math.floor((s - south) / cellM); j <= Math.floor((n - south) / cellM); j++) {
      for (let i = Math.floor((w - west) / cellM); i <= Math.floor((e - west) / cellM); i++) {
        const list = cells.get(key(i, j))
        if (list) list.push(id)
        else cells.set(key(i, j), [id])
      }
    }
  })
  let last = 0
  const holds = (id: number, x: number, y: number) => {
    const [w, s, e, n] = boxes[id]!
    return x >= w && x <= e && y >= s && y <= n && ringHolds(rings[id]!, x, y)
  }
  return (x, y) => {
    // Neighbours in a row mostly stand in the same block.
    if (holds(last, x, y)) return last
    const list = cells.get(key(Math.floor((x - west) / cellM), Math.floor((y - south) / cellM)))
    for (const id of list ?? []) if (holds(id, x, y)) return (last = id)
    return -1
  }
}

function boxOf(ring: readonly number[]): [west: number, south: number, east: number, north: number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < ring.length; i += 2) {
    box[0] = Math.min(box[0], ring[i]!)
    box[1] = Math.min(box[1], ring[i + 1]!)
    box[2] = Math.max(box[2], ring[i]!)
    box[3] = Math.max(box[3], ring[i + 1]!)
  }
  return box
}
