/**
 * The standard code of one delivered component: taken apart by the profile, with all that is wrong with it
 * said. Characters that only look different (full-width digits, blanks) and leading zeros that a
 * spreadsheet dropped are read as what they mean, which is said; digits that are lost are never made up.
 */
import {
  type CodeProfile,
  digitsOf,
  looksNumeric,
  type ParsedCode,
  parseCode,
  ruleText,
} from '../catalog/codes.ts'
import type { DecodedRow } from './component-row.ts'
import type { SourceField, SourceRow } from './readers/source.ts'

export interface DeliveredCode {
  /** As it is read. */
  code: string | null
  segments: Record<string, string>
  /** The class inside it. */
  codeClass: string | null
}

/** Digits a spreadsheet keeps of a number. */
const EXACT_DIGITS = 15
/** Codes that must be alike before a column is called rounded, and the share of them; by chance it is a tenth. */
const ROUNDED_LEAST = 10
const ROUNDED_SHARE = 0.4

interface CodeReader {
  /** Looks at rows before they are read: what only many codes together tell. */
  look(rows: readonly SourceRow[]): void
  read(row: DecodedRow): DeliveredCode
}

/** @param at position of the code's column, undefined where there is none */
export function openCodes(
  profile: CodeProfile,
  district: string,
  at: number | undefined,
  column: SourceField | null,
): CodeReader {
  const field = column?.name ?? null
  const digits = digitsOf(profile)
  let long = 0
  let zeroed = 0
  const rounded = () => zeroed >= ROUNDED_LEAST && zeroed >= long * ROUNDED_SHARE

  return {
    look(rows) {
      if (at === undefined) return
      for (const { values } of rows) {
        const value = values[at]
        if (typeof value !== 'string' || value.length <= EXACT_DIGITS) continue
        long++
        if (endsInZeros(value)) zeroed++
      }
    },
    read(row) {
      const code = row.given('code')
      if (code === null) {
        row.report('code.missing', { field })
        return { code, segments: {}, codeClass: null }
      }
      const raw = at === undefined ? code : row.source.values[at]
      const asNumber = column?.stored === 'number' || typeof raw === 'number'
      if ((asNumber && code.length > EXACT_DIGITS) || looksNumeric(code)) {
        row.report('code.numeric', { field, value: code })
        return { code, segments: {}, codeClass: null }
      }
      const { text, parsed } = readable(row, code, typeof raw === 'string' ? raw : code)
      if (!parsed.ok) {
        row.report('code.format', { field, value: code, detail: { rule: ruleText(profile, 'any') } })
        return { code, segments: {}, codeClass: null }
      }
      const { segments } = parsed
      if (segments.county !== undefined && segments.county !== district)
        row.report('code.district', { field, value: text, detail: { district } })
      if (zeroed >= ROUNDED_LEAST && endsInZeros(text) && rounded()) {
        const detail = { zeros: /0*$/.exec(text)![0].length, share: Math.round((zeroed / long) * 100) }
        row.report('code.rounded', { field, value: text, detail })
      }
      const codeClass = segments.major === undefined ? null : `${segments.major}${segments.minor ?? ''}`
      return { code: text, segments, codeClass }
    },
  }

  /** The code as it is meant, and told where that is not as it stands. */
  function readable(row: DecodedRow, code: string, raw: string): { text: string; parsed: ParsedCode } {
    const parsed = parseCode(profile, code)
    if (parsed.ok) {
      if (raw.length !== code.length) tell(row, raw, 'blanks', code)
      return { text: code, parsed }
    }
    const half = code.normalize('NFKC')
    const tidy = half.replaceAll(/[\s\u200b-\u200f\u2060\ufeff\u00ad]+/g, '')
    const asTidy = parseCode(profile, tidy)
    if (asTidy.ok) {
      tell(row, raw, half !== code ? 'full-width characters' : 'blanks', tidy)
      return { text: tidy, parsed: asTidy }
    }
    if (digits === null || !/^\d+$/.test(tidy) || tidy.length >= digits) return { text: code, parsed }
    const padded = tidy.padStart(digits, '0')
    const asPadded = parseCode(profile, padded)
    if (!asPadded.ok || (asPadded.segments.county ?? district) !== district) return { text: code, parsed }
    tell(row, raw, 'lost zeros', padded)
    return { text: padded, parsed: asPadded }
  }

  function tell(row: DecodedRow, value: string, what: string, read: string): void {
    row.report('code.characters', { field, value, detail: { what, read } })
  }
}

/** Whether all digits that a spreadsheet would have lost are zeros. */
function endsInZeros(code: string): boolean {
  for (let i = code.length - 1; i >= EXACT_DIGITS; i--) if (code.charCodeAt(i) !== 48) return false
  return code.length > EXACT_DIGITS
}
