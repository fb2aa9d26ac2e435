/**
 * The tree of grids and the arithmetic of switching parts of it off. Pure.
 *
 *   district ─ town ─ village ─ area        a leaf is a grid without children; only leaves are switched,
 *                                           everything above is the sum of its leaves
 */
import type { Grid } from '../api/grids.ts'

export interface Tree {
  byCode: ReadonlyMap<string, Grid>
  /** Codes of the children, in code order; '' holds the roots. */
  children: ReadonlyMap<string, readonly string[]>
}
export interface TreeRow {
  grid: Grid
  /** 0 for a root. */
  depth: number
  open: boolean
  leaf: boolean
}

export function buildTree(grids: readonly Grid[]): Tree {
  const byCode = new Map(grids.map(grid => [grid.code, grid]))
  const children = new Map<string, string[]>()
  for (const grid of [...grids].sort((a, b) => (a.code < b.code ? -1 : 1))) {
    const parent = grid.parentCode !== null && byCode.has(grid.parentCode) ? grid.parentCode : ''
    const list = children.get(parent)
    if (list) list.push(grid.code)
    else children.set(parent, [grid.code])
  }
  return { byCode, children }
}

export const childrenOf = (tree: Tree, code: string): readonly string[] => tree.children.get(code) ?? []

/** All leaves under a code, itself when it is one; '' means the whole tree. */
export function leavesOf(tree: Tree, code: string): string[] {
  const below = childrenOf(tree, code)
  if (below.length === 0) return code === '' ? [] : [code]
  return below.flatMap(child => leavesOf(tree, child))
}

/** The way from the root down to a code, itself last. */
export function pathTo(tree: Tree, code: string): Grid[] {
  const path: Grid[] = []
  for (
    let grid = tree.byCode.get(code);
    grid;
    grid = grid.parentCode === null ? undefined : tree.byCode.get(grid.parentCode)
  ) {
    if (path.includes(grid)) break
    path.unshift(grid)
  }
  return path
}

/** The fewest codes whose leaves are exactly those given. */
export function cover(tree: Tree, leaves: ReadonlySet<string>): string[] {
  const out: string[] = []
  const walk = (code: string): boolean => {
    const below = childrenOf(tree, code)
    if (below.length === 0) return leaves.has(code)
    const full = below.map(child => [child, walk(child)] as const)
    if (full.every(([, whole]) => whole)) return true
    for (const [child, whole] of full) if (whole) out.push(child)
    return false
  }
  for (const root of childrenOf(tree, '')) if (walk(root)) out.push(root)
  return out.sort()
}

/** How much of a grid is switched on. */
export function visibility(tree: Tree, code: string, off: ReadonlySet<string>): 'on' | 'part' | 'off' {
  const leaves = leavesOf(tree, code)
  const hidden = leaves.filter(leaf => off.has(leaf)).length
  return hidden === 0 ? 'on' : hidden === leaves.length ? 'off' : 'part'
}

/**
 * What of a grid's number is switched on: its own less that of its leaves that are off. One that is off
 * altogether keeps its number, so that a person sees what switching it on would bring.
 */
export function onCount(
  tree: Tree,
  code: string,
  off: ReadonlySet<string>,
  own: (code: string) => number,
): number {
  const leaves = leavesOf(tree, code)
  const hidden = leaves.filter(leaf => off.has(leaf))
  if (hidden.length === leaves.length) return own(code)
  return Math.max(0, own(code) - hidden.reduce((sum, leaf) => sum + own(leaf), 0))
}

/** The rows to draw, depth first, going into open grids only. */
export function rowsOf(tree: Tree, open: ReadonlySet<string>, matches?: (grid: Grid) => boolean): TreeRow[] {
  const rows: TreeRow[] = []
  const walk = (code: string, depth: number): boolean => {
    const grid = tree.byCode.get(code)
    if (!grid) return false
    const at = rows.length
    const below = childrenOf(tree, code)
    const row: TreeRow = {
      grid,
      depth,
      open: matches ? below.length > 0 : open.has(code),
      leaf: below.length === 0,
    }
    rows.push(row)
    let found = !matches || matches(grid)
    if (row.open) for (const child of below) found = walk(child, depth + 1) || found
    if (!found) rows.length = at
    return found
  }
  for (const root of childrenOf(tree, '')) walk(root, 0)
  return rows
}
