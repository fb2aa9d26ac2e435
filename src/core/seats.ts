/** Room for so many at once under one name: taken before something costly begins, given back when it is over. */

export interface Seats {
  /** @returns what gives the seat back, once; null when all are taken */
  take(name: string): (() => void) | null
}

export function openSeats(most: number): Seats {
  const taken = new Map<string, number>()
  return {
    take(name) {
      const now = taken.get(name) ?? 0
      if (now >= most) return null
      taken.set(name, now + 1)
      let held = true
      return () => {
        if (!held) return
        held = false
        const left = taken.get(name)! - 1
        if (left > 0) taken.set(name, left)
        else taken.delete(name)
      }
    },
  }
}
