/** 统一社会信用代码: unified social credit codes (GB 32100-2015) with both check characters, for units that do not exist. */

const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const organisationWeights = [3, 7, 9, 10, 5, 8, 4, 2]

/**
 * The code of a body: registering authority and kind (two characters, e.g. `91` a company, `11` a public
 * department), division of registration (six digits) and a body number below 10^8.
 */
export function creditCode(kind: string, division: string, body: number): string {
  const organisation = String(body).padStart(8, '0')
  const first = kind + division + organisation + organisationCheck(organisation)
  return first + creditCheck(first)
}

/** Last character of an 18-character code, from the first seventeen. */
export function creditCheck(first17: string): string {
  let sum = 0
  let weight = 1
  for (const character of first17) {
    sum += alphabet.indexOf(character) * weight
    weight = (weight * 3) % 31
  }
  return alphabet[(31 - (sum % 31)) % 31]!
}

/** Check character of an organisation code (GB 11714-1997). */
function organisationCheck(digits: string): string {
  const sum = organisationWeights.reduce((total, weight, i) => total + weight * Number(digits[i]), 0)
  const check = 11 - (sum % 11)
  return check === 10 ? 'X' : check === 11 ? '0' : String(check)
}
