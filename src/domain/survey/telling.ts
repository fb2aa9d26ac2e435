/** Findings and hints in the words of the one who asks. Pure. */
import { type Finding, remedy, type Severity, sentence, severityOf, toldSeverityOf } from './findings.ts'
import { type PositionHint, sameHints } from './hint.ts'

/** As it was taken, or, not taken yet, as it is registered. */
export const told = (finding: Finding & { severity?: Severity }, lang: 'zh' | 'en') => ({
  ...finding,
  severity: finding.severity ?? severityOf(finding.code),
  class: finding.class ?? null,
  message: sentence(finding, lang),
  remedy: remedy(finding, lang),
})

/** One for all layers that are told the same. */
export const toldHints = (hints: readonly PositionHint[], lang: 'zh' | 'en') =>
  sameHints(hints).map(({ finding, ...hint }) => ({
    ...told(finding, lang),
    severity: toldSeverityOf(finding.code),
    ...hint,
  }))
