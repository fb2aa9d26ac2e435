/** Findings and hints in the words of the one who asks. Pure. */
import { type Finding, findings as registry, remedy, sentence } from './findings.ts'
import { type PositionHint, sameHints } from './hint.ts'

export const told = (finding: Finding, lang: 'zh' | 'en') => ({
  ...finding,
  severity: registry[finding.code]?.[0] ?? 'error',
  message: sentence(finding, lang),
  remedy: remedy(finding, lang),
})

/** One for all layers that are told the same. */
export const toldHints = (hints: readonly PositionHint[], lang: 'zh' | 'en') =>
  sameHints(hints).map(({ finding, ...hint }) => ({ ...told(finding, lang), ...hint }))
