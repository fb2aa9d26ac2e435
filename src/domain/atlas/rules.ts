/** What a tile of components holds at which zoom: the server cuts by it, the console draws by it. Pure. */

/** From this tile zoom on every component is a dot of its own. */
export const DOTS_FROM = 15
/** From this tile zoom up to the dots, bins are small and drawn by density; further out they carry numbers. */
export const FINE_BINS_FROM = 10

/** Bins along a side of a tile of 512 screen pixels: 4 px each, so that streets show, or 32 px with room for a number. */
export const binsPerSide = (z: number): number => (z >= FINE_BINS_FROM ? 128 : 16)

/** Events after which a model is no longer true. */
export const MODEL_CHANGES: readonly string[] = [
  'registry.published',
  'grids.published',
  'places.published',
  'units.loaded',
  'dictionary.extended',
  'district.changed',
]
