/** How a count stands in a circle on the map: what is written, and how much room that takes. Pure. */

/** 987, 1.2k, 12k: what fits into a circle; the exact number is in the list. */
export const short = (count: number): string =>
  count < 1000
    ? String(count)
    : count < 9950
      ? `${(count / 1000).toFixed(1)}k`
      : `${Math.round(count / 1000)}k`

/** Size of the figures in px. */
export const figurePx = (said: string): number => (said.length > 3 ? 9 : 10)

/** A circle's radius in px: what density asks for, but room for its figures, and none that bursts its bin. */
export const roomFor = (said: string, wanted: number): number =>
  Math.min(16, Math.max(wanted, 4.5 + said.length * 2))
