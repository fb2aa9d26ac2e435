/** The value table of a layer, filled with the codes of which features have come by so far. */
import type { MvtValue } from './mvt.ts'

export interface ValueTags {
  /** Per code index: 0 while unused, else one more than the place of its value in the layer. */
  tagOf: Uint32Array
  /** Puts an unused code's value into the layer and returns its tag. */
  add(index: number): number
}

/** @throws RangeError from `add` when the index has no code. */
export function valueTags(codes: readonly string[], values: MvtValue[]): ValueTags {
  const tagOf = new Uint32Array(codes.length)
  return {
    tagOf,
    add: index => {
      const code = codes[index]
      if (code === undefined) throw new RangeError(`no code for index ${index}`)
      const known = values.indexOf(code)
      return (tagOf[index] = known < 0 ? values.push(code) : known + 1)
    },
  }
}
