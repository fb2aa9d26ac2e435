/** The console's words in English for the findings of a delivery beside their map. */
import type { FindingsMessages } from './zh-findings.ts'

export const enFindings: FindingsMessages = {
  findings: {
    sieve: 'Filter the findings',
    text: 'Value, field, file or row',
    allFiles: 'All files',
    moreFiles: '{n} more files: type a name to find one',
    allClasses: 'All classes',
    box: 'Only this spot',
    clear: 'Clear the filter',
    groups: 'Findings by problem, arrows move, Enter opens',
    list: 'Findings, arrows move, Enter shows on the map',
    back: 'By problem',
    oneByOne: 'One by one',
    listAll: 'One by one',
    total: '{n} in all',
    earlier: '{n} more before these',
    row: 'row {n}',
    none: 'Nothing fits the filter',
    noneText: 'Widen the filter.',
    bigMap: 'On the map page',
    map: 'Map of the findings: choose one; several that lie close come apart',
    here: '{n} on the map',
    elsewhere: '{n} beyond it',
    showAll: 'Show all',
    unplaced: '{n} without a position',
    noPlace: 'This one has no position and is not on the map.',
    several: 'several (red: with errors)',
    keys: '/ filter · ↑↓ one by one · Enter shows on the map · Esc back',
  },
}
