/** The console's words in English for hints on coordinates. */
import type { HintMessages } from './zh-hints.ts'

export const enHints: HintMessages = {
  hints: {
    heading: 'Hints on coordinates',
    listMark: ', ',
    lead: 'Inferred from a sample; nothing is changed by itself. Make sure, then write it into the profile.',
    inside: 'Sample points in the district',
    now: 'Now',
    after: 'With it',
    of: '{n} / {all}',
    take: 'Write into the profile: {change}',
    none: 'Whoever sent it must export it again; there is nothing to change in the profile.',
    layers: '{n} layers: {names}',
    change_crs: 'CRS {value}',
    change_crsLong: 'CRS (central meridian {meridian})',
    change_swapOn: 'X is north, Y is east',
    change_swapOff: 'X is east, Y is north',
    change_degrees: 'degrees as {value}',
    degrees: 'Degrees are written',
    degrees_decimal: 'Decimal (120.632)',
    degrees_d_mmss: 'd.mmss (120.3755 is 120°37′55″)',
    degrees_d_mmmm: 'd.mmmm (120.3792 is 120°37.92′)',
    degrees_dmm_mmmm: 'dmm.mmmm (12037.92 is 120°37.92′)',
  },
}
