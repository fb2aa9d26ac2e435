/** Tiles of the set `density`: components counted by H3 cell. A model's cells are found at its first question. */
import { setImmediate as others } from 'node:timers/promises'
import { type HexCells, hexInSteps, parentCells } from '../../../gis/hex.ts'
import { encodeHexes, resolutionAt } from '../../../tiles/hexes.ts'
import type { Sieve } from './filter.ts'
import type { Model } from './model.ts'

interface ModelHexes {
  finest: HexCells
  /** By resolution, found when first asked for. */
  parents: Map<number, HexCells>
}

const found = new WeakMap<Model, ModelHexes>()
const finding = new WeakMap<Model, Promise<void>>()

/** Resolves when the cells of all components are known; others are answered meanwhile. */
export function hexesReady(model: Model): Promise<void> {
  let going = finding.get(model)
  if (!going) finding.set(model, (going = find(model)))
  return going
}

async function find(model: Model): Promise<void> {
  const steps = hexInSteps(model.columns)
  for (;;) {
    const { done, value } = steps.next()
    if (done) {
      found.set(model, { finest: value, parents: new Map() })
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
  const hexes = found.get(model)
  if (!hexes) throw new Error('the cells of the components are not found yet')
  const resolution = resolutionAt(z)
  let parents = hexes.parents.get(resolution)
  if (!parents) hexes.parents.set(resolution, (parents = parentCells(hexes.finest, resolution)))
  return encodeHexes(model.columns, { finest: hexes.finest, parents, resolution }, z, x, y, {
    classCodes: model.classes.map(each => each.code),
    filter: through.all ? undefined : through,
  })
}
