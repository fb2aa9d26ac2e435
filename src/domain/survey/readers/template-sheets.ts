/**
 * The sheets of our own templates that hold no rows: how to fill it in, and the hidden lists its cells choose from.
 * Where both of one language are there the workbook is one of ours, and they are passed over without a word.
 */
export const templateSheets = {
  zh: { guide: '填写说明', lists: '_选项' },
  en: { guide: 'How to fill in', lists: '_lists' },
} as const

/** Names of sheets to be passed over. */
export function sheetsWithoutRows(sheets: readonly { name: string; hidden: boolean }[]): ReadonlySet<string> {
  const ours = Object.values(templateSheets).find(
    ({ guide, lists }) =>
      sheets.some(sheet => sheet.name === guide) &&
      sheets.some(sheet => sheet.name === lists && sheet.hidden),
  )
  return new Set(ours ? [ours.guide, ours.lists] : [])
}
