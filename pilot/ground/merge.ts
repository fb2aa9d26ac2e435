/**
 * Merges neighbouring blocks into a given number of compact groups, each in one piece: the lightest
 * group joins the neighbour with which it shares the longest soft border, until `count` are left.
 * Wide roads and rivers are hard borders, lanes soft ones, so borders come to lie on the former.
 */
export interface MergeItem {
  id: number
  mass: number
  areaM2: number
}

/** Soft border length in metres between two neighbours: `borders.get(a).get(b)`. */
export type Borders = ReadonlyMap<number, ReadonlyMap<number, number>>

/** Gives the group (0..count-1) of each item, numbered in the order of their first items. */
export function mergeInto(items: readonly MergeItem[], borders: Borders, count: number): Map<number, number> {
  const groups = new Map(items.map(item => [item.id, { ...item, members: [item.id] }]))
  const touching = new Map(
    items.map(({ id }) => [id, new Map([...(borders.get(id) ?? [])].filter(([other]) => groups.has(other)))]),
  )
  while (groups.size > count) {
    const light = lightest(groups.values(), touching)
    if (light === null) throw new Error(`${groups.size} pieces do not touch; they cannot become ${count}`)
    const mine = groups.get(light)!
    const best = [...touching.get(light)!].reduce<[number, number]>(
      (kept, [other, border]) => {
        const theirs = groups.get(other)!
        const score =
          border / (Math.sqrt(Math.min(mine.areaM2, theirs.areaM2)) * Math.sqrt(mine.mass + theirs.mass))
        return score > kept[1] ? [other, score] : kept
      },
      [-1, -1],
    )[0]
    join(groups, touching, best, light)
  }
  const groupOf = new Map<number, number>()
  ;[...groups.values()].forEach((group, i) => {
    for (const id of group.members) groupOf.set(id, i)
  })
  return groupOf
}

type Group = MergeItem & { members: number[] }

function lightest(
  groups: Iterable<Group>,
  touching: ReadonlyMap<number, ReadonlyMap<number, number>>,
): number | null {
  let best: number | null = null
  let bestMass = Infinity
  for (const { id, mass } of groups) {
    if (mass >= bestMass || touching.get(id)!.size === 0) continue
    best = id
    bestMass = mass
  }
  return best
}

function join(
  groups: Map<number, Group>,
  touching: Map<number, Map<number, number>>,
  into: number,
  from: number,
): void {
  const kept = groups.get(into)!
  const gone = groups.get(from)!
  kept.mass += gone.mass
  kept.areaM2 += gone.areaM2
  kept.members.push(...gone.members)
  groups.delete(from)
  for (const [other, border] of touching.get(from)!) {
    const theirs = touching.get(other)!
    theirs.delete(from)
    if (other === into) continue
    theirs.set(into, (theirs.get(into) ?? 0) + border)
    touching.get(into)!.set(other, (touching.get(into)!.get(other) ?? 0) + border)
  }
  touching.delete(from)
}
