/** Circles in a graph of files: its strongly connected components with more than one file (Tarjan 1972). */

/** @returns each circle as the sorted names of its files, and a file that imports itself as a circle of one. */
export function findCircles(arrows: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const isOpen = new Set<string>()
  const circles: string[][] = []

  const enter = (file: string): void => {
    order.set(file, order.size)
    lowest.set(file, order.get(file)!)
    open.push(file)
    isOpen.add(file)
    for (const next of arrows.get(file) ?? []) {
      if (!order.has(next)) enter(next)
      if (isOpen.has(next)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(next)!))
    }
    if (lowest.get(file) !== order.get(file)) return
    const circle = open.splice(open.indexOf(file))
    for (const member of circle) isOpen.delete(member)
    if (circle.length > 1 || arrows.get(file)?.includes(file)) circles.push(circle.sort())
  }
  for (const file of arrows.keys()) if (!order.has(file)) enter(file)
  return circles
}
