/** What is current in the registry, as the decoding thread asks for it: by key, or by the survey's number and the spot. */
import { haversineM } from '../../../gis/measure.ts'
import { textTable } from '../../core/text-table.ts'
import { type KnownComponents, POSITION_DEGREES } from '../registry/comparing.ts'
import type { KnownIndex } from './component-context.ts'

/** Metres within which a thing of the same number is the same thing, whatever code it has. */
const SAME_SPOT_M = 1
const BY_KEY = 1
const BY_NUMBER = 2
const BY_REFUSED = 3

/** @returns `asked` too: 0 where nobody asked for it */
export function knownIndex(known: KnownComponents): KnownIndex & { asked: Uint8Array } {
  const { ids, contents, classes, classNames, lons, lats, coded } = known
  const { last, former } = known.numbers
  const keys = textTable(known.marks)
  const numbers = textTable(known.numbers.marks)
  const asked = new Uint8Array(keys.size)
  const text = (n: number): string => {
    const hex = Buffer.from(ids.buffer, n * 16, 16).toString('hex')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  }
  return {
    asked,
    find(key) {
      const n = keys.find(key)
      if (n < 0 || asked[n] === BY_NUMBER) return -1
      asked[n] = BY_KEY
      return n
    },
    holds: key => keys.find(key) >= 0,
    candidate(surveyNo, [lon, lat], classCode) {
      const number = numbers.find(surveyNo)
      let found = -1
      for (let n = number < 0 ? -1 : last[number]! - 1; n >= 0; n = (former[n] ?? 0) - 1) {
        if (asked[n] === BY_KEY || asked[n] === BY_NUMBER || classNames[classes[n]!] !== classCode) continue
        const m = haversineM(lon, lat, lons[n]! * POSITION_DEGREES, lats[n]! * POSITION_DEGREES)
        if (!(m <= SAME_SPOT_M)) continue
        // of two that it may be it is neither
        if (found >= 0) return -1
        found = n
      }
      return found
    },
    claim(n) {
      asked[n] = BY_NUMBER
    },
    spare(n) {
      asked[n] ||= BY_REFUSED
    },
    isCoded: n => coded[n] === 1,
    content: n => contents[n]!,
    text,
    lonLat: n => [lons[n]! * POSITION_DEGREES, lats[n]! * POSITION_DEGREES],
    id(n, into) {
      for (let i = 0; i < 16; i++) into[i] = ids[n * 16 + i]!
      return into
    },
    missing(of) {
      const missing: string[] = []
      for (let n = 0; n < asked.length; n++)
        if (asked[n] === 0 && (of === null || of.has(classNames[classes[n]!]!))) missing.push(text(n))
      return missing
    },
  }
}
