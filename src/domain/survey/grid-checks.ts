/**
 * What is found in grids that landed, besides their rows: shapes, parents, unit grids on one ground, and, where
 * that is asked, what differs from the grids that hold.
 */
import { findInvalid, linkParents, repairGrids } from '../grids/checks.ts'
import { refuseGrids } from '../grids/commands.ts'
import { compareGrids, findOverlaps, type LandedGrid } from '../grids/comparing.ts'
import { finding } from './field-rows.ts'
import type { Finding } from './findings.ts'
import type { LoadHouse, LoadInput } from './loading.ts'

/** A landed generation, and what is known of it so far. */
export interface Landed {
  generation: number
  findings: Finding[]
  /** Rows that are refused (`placeOf`). */
  refused: Set<string>
  /** By level: codes that hold where the delivery replaces. */
  keepCodes: ReadonlyMap<number, readonly string[]> | undefined
}

export const placeOf = (found: Finding): string => `${found.file}\u0000${found.row}`

/** Invalid polygons: repaired and said where asked, refused otherwise. */
export async function checkShapes(
  { db }: LoadHouse,
  { delivery: { district, options } }: LoadInput,
  { generation, findings, refused }: Landed,
): Promise<void> {
  const invalid = await findInvalid(db, district, generation)
  const ids = invalid.map(grid => grid.id)
  const changes = options.fix ? await repairGrids(db, district, generation, ids) : []
  const repaired = new Map(changes.map(each => [each.id, each.changeM2]))
  const gone: string[] = []
  for (const grid of invalid) {
    const at = grid.lonLat ? `${grid.lonLat[0].toFixed(7)}, ${grid.lonLat[1].toFixed(7)}` : '?'
    const changeM2 = repaired.get(grid.id)
    const detail = { reason: grid.reason, place: at, change: changeM2?.toFixed(1) ?? '' }
    const code = changeM2 === undefined ? 'geometry.invalid' : 'geometry.fixed'
    const found = finding(code, grid.file, grid.row, { value: grid.code, detail, lonLat: grid.lonLat })
    findings.push(found)
    if (changeM2 !== undefined) continue
    refused.add(placeOf(found))
    gone.push(grid.id)
  }
  if (gone.length > 0) await refuseGrids(db, district, generation, gone)
}

/** A grid of the net without a parent is refused; a unit grid may stand on ground that is no area's. */
export async function checkParents(
  { db }: LoadHouse,
  { delivery: { district, kind } }: LoadInput,
  { generation, findings, refused, keepCodes }: Landed,
): Promise<void> {
  const units = kind === 'unit-grids'
  const { orphans, askew } = await linkParents(db, district, generation, { keepCodes, byGround: units })
  const gone: string[] = []
  for (const grid of orphans) {
    if (units && grid.parentCode === null) {
      findings.push(finding('unit-grid.no-area', grid.file, grid.row, { value: grid.code }))
      continue
    }
    const detail = { grid: grid.code, ...(grid.parentCode === null ? { value: '' } : {}) }
    const found = finding('grid.parent', grid.file, grid.row, { value: grid.parentCode, detail })
    findings.push(found)
    refused.add(placeOf(found))
    gone.push(grid.id)
  }
  if (gone.length > 0) await refuseGrids(db, district, generation, gone)
  for (const grid of askew) {
    const detail = { share: (grid.share * 100).toFixed(1), parent: grid.parent }
    findings.push(finding('grid.parent-geometry', grid.file, grid.row, { value: grid.code, detail }))
  }
}

const squareMetres = (m2: number): string => m2.toFixed(m2 < 10 ? 1 : 0)

/** @param ending codes of unit grids that end with the delivery; where it is only compared, nothing stays beside it */
export async function checkOverlaps(
  { db }: LoadHouse,
  { delivery: { district, options }, rules }: LoadInput,
  { generation, findings }: Landed,
  ending: ReadonlySet<string>,
): Promise<void> {
  const { outlineM2: toleranceM2 } = rules.grids
  const beside = (code: string) => !options.compare && !ending.has(code)
  for (const each of await findOverlaps(db, district, generation, { toleranceM2, beside })) {
    const detail = { other: each.other, m2: squareMetres(each.m2) }
    const more = { value: each.code, detail, lonLat: each.lonLat }
    findings.push(finding('unit-grid.overlap', each.file, each.row, more))
  }
}

/**
 * Says what differs from the grids of the delivered levels that hold.
 * @param read `level|code` of every row, those that are refused too: they are not missing
 * @returns how many are as they were
 */
export async function compareWithHeld(
  { db }: LoadHouse,
  { delivery: { district, name }, rules }: LoadInput,
  { generation, findings }: Landed,
  { read, rows }: { read: ReadonlyMap<string, string>; rows: number },
): Promise<number> {
  const { outlineM2: toleranceM2 } = rules.grids
  const found = await compareGrids(db, district, generation, toleranceM2)
  if (found.held === 0) {
    findings.push(finding('grid.none-held', name, null))
    return 0
  }
  const differing = new Set<string>()
  const at = (code: Finding['code'], grid: LandedGrid, more: Partial<Finding> = {}) => {
    differing.add(`${grid.level}|${grid.code}`)
    findings.push(finding(code, grid.file, grid.row, { value: grid.code, ...more }))
  }
  for (const grid of found.surplus) at('grid.not-held', grid)
  for (const grid of found.renamed)
    at('grid.name', grid, { value: grid.name, detail: { grid: grid.code, held: grid.heldName } })
  for (const grid of found.redrawn) {
    const detail = { m2: squareMetres(grid.differenceM2), tolerance: squareMetres(toleranceM2) }
    at('grid.outline', grid, { detail, lonLat: grid.lonLat })
  }
  for (const grid of found.missing) {
    if (read.has(`${grid.level}|${grid.code}`)) continue
    const detail = { grid: grid.code, held: grid.name }
    findings.push(
      finding('grid.not-delivered', name, null, { value: grid.code, detail, lonLat: grid.lonLat }),
    )
  }
  return rows - differing.size
}
