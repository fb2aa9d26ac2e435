/** The class of one delivered component: by code and name, the class inside its own code beside it. */
import { codeNamesClass } from '../catalog/codes.ts'
import type { ClassIndex } from '../catalog/rules.ts'
import type { ComponentClass } from '../catalog/schema.ts'
import type { DeliveredCode } from './component-code.ts'
import type { DecodedRow } from './component-row.ts'

/** @param layerClass what the profile says everything in the layer is */
export function readClass(
  row: DecodedRow,
  classes: ClassIndex,
  layerClass: string | null,
  { code, segments, codeClass }: DeliveredCode,
): ComponentClass | null {
  const stated = row.given('classCode') ?? layerClass
  const name = row.given('className')
  let match = classes.match({ code: stated ?? codeClass, name })
  if (match.finding && stated !== null && /^\d{3}$/.test(stated)) {
    const padded = classes.match({ code: `0${stated}`, name })
    if (padded.class) {
      match = padded
      row.report('code.characters', {
        field: row.column('classCode'),
        value: stated,
        detail: { what: 'lost zeros', read: padded.class.code },
      })
    }
  }
  if (match.finding) {
    row.report(match.finding.code, {
      field: row.column('className') ?? row.column('classCode'),
      value: name ?? stated,
      detail: match.finding.detail,
    })
    return null
  }
  if (stated !== null && !codeNamesClass(segments, match.class.code)) {
    row.report('code.class', {
      field: row.column('code'),
      value: code,
      detail: { class: `${match.class.code} ${match.class.name}` },
    })
  }
  return match.class
}
