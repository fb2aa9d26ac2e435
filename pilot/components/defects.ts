/** The faults a real delivery has, in a known number: one row in five hundred gets one of eight kinds. */
import type { Random } from '../random.ts'
import { shuffle } from '../random.ts'

export const defectKinds = [
  'position outside',
  'unit not in directory',
  'class name disagrees',
  'code twice',
  'date missing',
  'dates reversed',
  'code missing',
  'half a character',
] as const
export type DefectKind = (typeof defectKinds)[number]

export interface DefectPlan {
  /** The defect of the next row, if it gets one. `first` says that it is the first row of its layer. */
  next: (first: boolean) => DefectKind | null
  /** How many of each kind there were. */
  counts: () => Record<DefectKind, number>
}

const share = 1 / 500

/** Spreads the defects over `rows` rows, as evenly mixed as chance allows. */
export function planDefects(rows: number, wanted: boolean, random: Random): DefectPlan {
  const counts = Object.fromEntries(defectKinds.map(kind => [kind, 0])) as Record<DefectKind, number>
  const total = wanted ? Math.max(defectKinds.length, Math.round(rows * share)) : 0
  const stretch = rows / total
  let bag: DefectKind[] = []
  let given = 0
  let row = -1
  let due = total > 0 ? Math.floor(random() * stretch) : Infinity
  return {
    counts: () => counts,
    next: first => {
      row++
      if (row < due) return null
      if (bag.length === 0) bag = shuffle(random, [...defectKinds])
      // The code of the row before can be given again only where there is one.
      if (first && bag.at(-1) === 'code twice') return null
      const kind = bag.pop()!
      counts[kind]++
      given++
      due = given < total ? Math.max(row + 1, Math.floor((given + random()) * stretch)) : Infinity
      return kind
    },
  }
}
