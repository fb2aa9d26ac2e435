/**
 * Ranges of serials (码段): the codes of a class in a district's profile, runs that are taken, and where others
 * fit. Pure.
 *
 *   320599 01 18 000001 .. 320599 01 18 999999      6 + 2 + 2 + 6
 *   320599 01 018 00001 .. 320599 01 018 99999      6 + 2 + 3 + 5
 */
import { type CodeProfile, formatCode, parseCode } from '../catalog/codes.ts'

/** All codes of one class: what stands before the serial, the serial's digits, and its largest. */
export interface SerialSpace {
  prefix: string
  digits: number
  last: number
}

/** The codes of a class; or why there are none: the profile has no serial, or the class does not fit into it. */
export function serialSpace(
  profile: CodeProfile,
  district: string,
  classCode: string,
): SerialSpace | 'profile' | 'class' {
  if (profile.segments === 'any') return 'profile'
  const head = profile.segments.slice(0, -1)
  const serial = profile.segments.at(-1)!
  if (serial.name !== 'serial' || head.map(each => each.name).join(' ') !== 'county major minor')
    return 'profile'
  const minor = Number(classCode.slice(2))
  if (!/^\d{4,5}$/.test(classCode) || minor === 0) return 'class'
  try {
    const prefix = formatCode(
      { id: '', segments: head },
      { county: district, major: classCode.slice(0, 2), minor },
    )
    return { prefix, digits: serial.digits, last: 10 ** serial.digits - 1 }
  } catch {
    return 'class'
  }
}

/** A code cut before its serial; null for what is no code of the profile, or of one without a serial. */
export function cutCode(
  profile: CodeProfile,
  code: string,
): { prefix: string; digits: number; serial: number } | null {
  const last = profile.segments === 'any' ? undefined : profile.segments.at(-1)
  if (last?.name !== 'serial' || !parseCode(profile, code).ok) return null
  const { digits } = last
  return { prefix: code.slice(0, -digits), digits, serial: Number(code.slice(-digits)) }
}

export const codeAt = ({ prefix, digits }: SerialSpace, serial: number): string =>
  prefix + String(serial).padStart(digits, '0')

/** Serials from the first to the last. */
export interface Run {
  first: number
  last: number
}

/** Runs in order, those that touch or overlap made one. */
export function joined(runs: readonly Run[]): Run[] {
  const out: Run[] = []
  for (const { first, last } of [...runs].sort((a, b) => a.first - b.first)) {
    const before = out.at(-1)
    if (before && first <= before.last + 1) before.last = Math.max(before.last, last)
    else out.push({ first, last })
  }
  return out
}

/** Where `count` serials in a row are free: behind everything that is taken, else in the lowest hole; or null. */
export function freeRun(taken: readonly Run[], count: number, last: number): Run | null {
  const holes = holesOf(taken, last)
  const tail = holes.at(-1)
  const fits = (hole: Run) => hole.last - hole.first + 1 >= count
  const hole = tail && tail.last === last && fits(tail) ? tail : holes.find(fits)
  return hole ? { first: hole.first, last: hole.first + count - 1 } : null
}

/** The most serials that are free in a row. */
export const longestFree = (taken: readonly Run[], last: number): number =>
  Math.max(0, ...holesOf(taken, last).map(hole => hole.last - hole.first + 1))

function holesOf(taken: readonly Run[], last: number): Run[] {
  const holes: Run[] = []
  let next = 1
  for (const run of joined(taken)) {
    if (run.first > next) holes.push({ first: next, last: run.first - 1 })
    next = Math.max(next, run.last + 1)
  }
  if (next <= last) holes.push({ first: next, last })
  return holes
}

/** The first of the runs that meets this one. */
export const meeting = <T extends Run>(runs: readonly T[], { first, last }: Run): T | undefined =>
  runs.find(run => run.first <= last && run.last >= first)
