/**
 * Addresses as words: how they are written and compared, and how a position is told by what is near it.
 * Pure.
 */

/** Full-width letters, digits, # and -, which input methods leave behind; brackets stay as they are. */
const WIDE = /[０-９Ａ-Ｚａ-ｚ＃－]/g
const WIDE_STEP = 0xfee0

/**
 * An address as it is shown: half-width digits and letters, blanks only between words that need one,
 * 号 for 號. `枫桥路 １２８ 號` becomes `枫桥路128号`.
 */
export function addressText(text: string): string {
  return text
    .replace(WIDE, wide => String.fromCharCode(wide.charCodeAt(0) - WIDE_STEP))
    .replaceAll('號', '号')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/(?<=\p{Script=Han}) | (?=\p{Script=Han})/gu, '')
}

/** An address as it is compared: as shown, without blanks, small letters, # after a digit as 号, 栋 as 幢, one kind of dash. */
export function addressKey(text: string): string {
  return addressText(text)
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/\s+/g, '')
    .replaceAll(/(?<=\d)#/g, '号')
    .replaceAll(/[栋棟]/g, '幢')
    .replaceAll(/(?<=\d)[‐‑‒–—―~](?=\d)/g, '-')
}

/** An address with a blank between Chinese and figures or Latin letters: `枫桥路 128 号`. */
export const spaced = (text: string): string =>
  text.replaceAll(/(?<=\p{Script=Han})(?=[0-9A-Za-z])|(?<=[0-9A-Za-z])(?=\p{Script=Han})/gu, ' ')

/** What is near a position. Distances in metres; a bearing is from the thing to the position, degrees from north over east. */
export interface Nearby {
  address?: { text: string; distanceM: number; bearingDeg: number } | null
  street?: { name: string; distanceM: number } | null
  /** A block, a water or the like that holds the position. */
  within?: { name: string } | null
  area?: { name: string } | null
}

/** An address this near says more than anything else. */
const ADDRESS_NEAR_M = 80
/** An address further away than this says nothing. */
const ADDRESS_FAR_M = 500
const STREET_NEAR_M = 60
/** Nearer than this a position is at the address, on the street. */
const AT_M = 2
const ON_STREET_M = 10

/**
 * A position in words: `枫桥路 128 号（东北约 12 米）`, `about 12 m north-east of 128 Fengqiao Road`. The nearest
 * address first, else street and block, else a farther address, else the area; null when nothing is near.
 */
export function describePosition(near: Nearby, lang: 'zh' | 'en'): string | null {
  const { address, street, within, area } = near
  if (address && address.distanceM <= ADDRESS_NEAR_M) return besideAddress(address, lang)
  const parts: string[] = []
  if (street && street.distanceM <= STREET_NEAR_M) parts.push(byStreet(street, lang))
  if (within) parts.push(inside(within.name, lang))
  if (parts.length > 0) return parts.join(lang === 'zh' ? '，' : ', ')
  if (address && address.distanceM <= ADDRESS_FAR_M) return besideAddress(address, lang)
  return area ? inside(area.name, lang) : null
}

function besideAddress(
  { text, distanceM, bearingDeg }: NonNullable<Nearby['address']>,
  lang: 'zh' | 'en',
): string {
  const words = spaced(addressText(text))
  if (distanceM < AT_M) return words
  const direction = compass(bearingDeg, lang)
  return lang === 'zh'
    ? `${words}（${direction}约 ${distanceText(distanceM, 'zh')}）`
    : `about ${distanceText(distanceM, 'en')} ${direction} of ${words}`
}

function byStreet({ name, distanceM }: NonNullable<Nearby['street']>, lang: 'zh' | 'en'): string {
  const words = spaced(name)
  if (distanceM < ON_STREET_M) return lang === 'zh' ? `${words}上` : `on ${words}`
  return lang === 'zh'
    ? `${words}旁（约 ${distanceText(distanceM, 'zh')}）`
    : `about ${distanceText(distanceM, 'en')} from ${words}`
}

const inside = (name: string, lang: 'zh' | 'en'): string =>
  lang === 'zh' ? `${spaced(name)}内` : `in ${spaced(name)}`

const directions = [
  ['北', 'north'],
  ['东北', 'north-east'],
  ['东', 'east'],
  ['东南', 'south-east'],
  ['南', 'south'],
  ['西南', 'south-west'],
  ['西', 'west'],
  ['西北', 'north-west'],
] as const

/** One of eight directions; degrees from north over east, any turn. */
export function compass(bearingDeg: number, lang: 'zh' | 'en'): string {
  const eighth = ((Math.round(bearingDeg / 45) % 8) + 8) % 8
  return directions[eighth]![lang === 'zh' ? 0 : 1]
}

/** Metres as exact as they are worth: to 1 below 20, to 5 below 100, to 10 below a kilometre, then 0.1 km. */
export function distanceText(distanceM: number, lang: 'zh' | 'en'): string {
  const step = distanceM < 20 ? 1 : distanceM < 100 ? 5 : 10
  const metres = Math.round(distanceM / step) * step
  if (metres < 1000) return `${metres} ${lang === 'zh' ? '米' : 'm'}`
  return `${(distanceM / 1000).toFixed(1)} ${lang === 'zh' ? '公里' : 'km'}`
}
