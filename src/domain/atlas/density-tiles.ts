/**
 * Tiles of the set `density`: components counted by H3 cell. The cells of points that were sorted together are found
 * at the first question, those of the few that came since when they are asked for.
 */
import { setImmediate as others } from 'node:timers/promises'
import type { Columns } from '../../../gis/columns.ts'
import { type HexCells, hexInSteps, parentCells } from '../../../gis/hex.ts'
import { atOnce } from '../../../gis/merge-columns.ts'
import { type Sheet, sheetsOf } from '../../../gis/point-set.ts'
import { encodeHexes, type HexSheet, resolutionAt } from '../../../tiles/hexes.ts'
import type { Sieve } from './filter.ts'
import type { Model } from './model.ts'

interface Found {
  finest: HexCells
  /** By resolution, found when first asked for. */
  parents: Map<number, HexCells>
}

const found = new WeakMap<Columns, Found>()
const finding = new WeakMap<Columns, Promise<void>>()

/** Resolves when the cells of all components are known; others are answered meanwhile. */
export function hexesReady({ points: { base } }: Model): Promise<void> {
  let going = finding.get(base)
  if (!going) finding.set(base, (going = find(base)))
  return going
}

async function find(base: Columns): Promise<void> {
  const steps = hexInSteps(base)
  for (;;) {
    const { done, value } = steps.next()
    if (done) {
      found.set(base, { finest: value, parents: new Map() })
      return
    }
    await others()
  }
}

/** @throws Error before hexesReady */
export function densityTile(
  model: Model,
  through: Sieve,
  z: number,
  x: number,
  y: number,
): Uint8Array | null {
  const { base, added } = model.points
  if (!found.has(base)) throw new Error('the cells of the components are not found yet')
  if (!found.has(added)) found.set(added, { finest: atOnce(hexInSteps(added)), parents: new Map() })
  const resolution = resolutionAt(z)
  const sheets = sheetsOf(model.points).map(sheet => cellsOf(sheet, resolution))
  return encodeHexes(sheets, resolution, z, x, y, {
    classCodes: model.classes.map(each => each.code),
    filter: through.all ? undefined : through,
  })
}

function cellsOf(sheet: Sheet, resolution: number): HexSheet {
  const { finest, parents } = found.get(sheet.columns)!
  let of = parents.get(resolution)
  if (!of) parents.set(resolution, (of = parentCells(finest, resolution)))
  return { ...sheet, finest, parents: of }
}
