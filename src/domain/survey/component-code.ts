/** The standard code of one delivered component: taken apart by the profile, with all that is wrong with it said. Pure. */
import { type CodeProfile, looksNumeric, parseCode, ruleText } from '../catalog/codes.ts'
import type { Finding, FindingCode } from './findings.ts'
import type { SourceField, SourceValue } from './readers/source.ts'

export interface DeliveredCode {
  code: string | null
  /** As the file holds it; a long code stored as a number, by its column or by itself, may have lost digits. */
  raw: SourceValue | undefined
  column: SourceField | null
  profile: CodeProfile
  district: string
}

/** Digits a spreadsheet keeps of a number. */
const EXACT_DIGITS = 15

/** @returns the code's segments and the class inside it; nothing of a code that is missing or wrong */
export function readCode(
  { code, raw, column, profile, district }: DeliveredCode,
  report: (code: FindingCode, at: Partial<Finding>) => void,
): { segments: Record<string, string>; codeClass: string | null } {
  const nothing = { segments: {}, codeClass: null }
  const field = column?.name ?? null
  const asNumber = column?.stored === 'number' || typeof raw === 'number'
  if (code === null) {
    report('code.missing', { field })
    return nothing
  }
  if ((asNumber && code.length > EXACT_DIGITS) || looksNumeric(code)) {
    report('code.numeric', { field, value: code })
    return nothing
  }
  const parsed = parseCode(profile, code)
  if (!parsed.ok) {
    report('code.format', { field, value: code, detail: { rule: ruleText(profile, 'any') } })
    return nothing
  }
  const { segments } = parsed
  if (segments.county !== undefined && segments.county !== district) {
    report('code.district', { field, value: code, detail: { district } })
  }
  const codeClass = segments.major === undefined ? null : `${segments.major}${segments.minor ?? ''}`
  return { segments, codeClass }
}
