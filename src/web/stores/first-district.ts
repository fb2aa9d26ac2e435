/** Which district a person sees first. Pure. */
import type { District } from '../api/districts.ts'

/** The one asked for, else the one used last, else one that has something to show. */
export const firstOf = (all: readonly District[], codes: readonly (string | null)[]): District | undefined =>
  codes.map(code => all.find(item => item.code === code)).find(item => item !== undefined) ??
  all.find(item => item.bbox !== null) ??
  all[0]
