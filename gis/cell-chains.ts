/**
 * What the border cells of a raster (raster.ts) hold: chains of candidates, ascending by polygon, in one
 * array. Nodes that are given back are handed out first, so a raster that changes for years does not grow.
 *
 *   cell -2 - n  ->  node n [polygon << 1 | whole cell][next] -> node ... -> -1
 */

/** A cell that no polygon comes to. */
export const OUTSIDE = -1

export interface CellChains {
  /** An owner, OUTSIDE, or -2 - n where n is the first node of a chain. */
  cells: Int32Array
  /** Pairs [polygon << 1 | whole cell, next node or -1]; node n stands at 2n. */
  nodes: Int32Array
  /** Nodes handed out so far, and the first of those given back (their `next` leads on), or -1. */
  used: number
  free: number
}

/** Enters polygon << 1 | whole cell among what the cell holds. */
export function addToChain(chains: CellChains, cell: number, entry: number): void {
  const content = chains.cells[cell]!
  let head = -1
  if (content >= 0) head = newNode(chains, (content << 1) | 1, -1)
  else if (content < OUTSIDE) head = -2 - content
  if (head < 0 || chains.nodes[head * 2]! > entry) {
    chains.cells[cell] = -2 - newNode(chains, entry, head)
    return
  }
  let before = head
  for (let next = nextOf(chains, before); next >= 0 && chains.nodes[next * 2]! < entry; )
    next = nextOf(chains, (before = next))
  const node = newNode(chains, entry, nextOf(chains, before))
  chains.nodes[before * 2 + 1] = node
  chains.cells[cell] = -2 - head
}

/** Takes polygon p out of the cell's chain; who is left alone there and holds the whole cell is its owner again. */
export function removeFromChain(chains: CellChains, cell: number, p: number): void {
  const { nodes } = chains
  let head = -2 - chains.cells[cell]!
  for (let node = head, before = -1; node >= 0; node = nextOf(chains, (before = node))) {
    if (nodes[node * 2]! >> 1 !== p) continue
    if (before < 0) head = nextOf(chains, node)
    else nodes[before * 2 + 1] = nextOf(chains, node)
    giveBack(chains, node)
    break
  }
  if (head >= 0 && nextOf(chains, head) < 0 && (nodes[head * 2]! & 1) === 1) {
    chains.cells[cell] = nodes[head * 2]! >> 1
    giveBack(chains, head)
  } else chains.cells[cell] = head < 0 ? OUTSIDE : -2 - head
}

const nextOf = (chains: CellChains, node: number): number => chains.nodes[node * 2 + 1]!

function giveBack(chains: CellChains, node: number): void {
  chains.nodes[node * 2 + 1] = chains.free
  chains.free = node
}

function newNode(chains: CellChains, entry: number, next: number): number {
  const node = chains.free >= 0 ? chains.free : chains.used++
  if (chains.free >= 0) chains.free = nextOf(chains, node)
  else if (node * 2 + 2 > chains.nodes.length) {
    const wider = new Int32Array(chains.nodes.length * 2)
    wider.set(chains.nodes)
    chains.nodes = wider
  }
  chains.nodes[node * 2] = entry
  chains.nodes[node * 2 + 1] = next
  return node
}

/** The chains laid out as the cells lie, so that neighbouring questions read neighbouring memory. */
export function inCellOrder(chains: CellChains): void {
  const { nodes, used } = chains
  const ordered = new Int32Array((used + (used >> 4) + 64) * 2)
  let next = 0
  for (let cell = 0; cell < chains.cells.length; cell++) {
    if (chains.cells[cell]! >= OUTSIDE) continue
    let node = -2 - chains.cells[cell]!
    chains.cells[cell] = -2 - next
    for (; node >= 0; node = nodes[node * 2 + 1]!, next++) {
      ordered[next * 2] = nodes[node * 2]!
      ordered[next * 2 + 1] = nodes[node * 2 + 1]! < 0 ? -1 : next + 1
    }
  }
  chains.nodes = ordered
}
