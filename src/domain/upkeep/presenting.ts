/** Requests as people read them: field by field before and after, how far a thing moves, findings in words. */
import type { Geometry } from '../../../gis/geometry.ts'
import { distanceM } from '../../../gis/measure.ts'
import type { Queryable } from '../../core/db.ts'
import { listEvidence } from '../evidence/store.ts'
import { scopeOf } from '../orgs/rules.ts'
import { findComponent, findEnded } from '../registry/store.ts'
import { remedy } from '../survey/findings.ts'
import { type Considered, type Lang, said, whole } from './commands.ts'
import { fieldChanges } from './rules.ts'
import type { ChangeRequest, KeptFinding, Snapshot } from './schema.ts'

const told = (finding: KeptFinding, lang: Lang) => ({
  code: finding.code,
  severity: finding.severity,
  field: finding.field,
  value: finding.value,
  message: said(finding, lang),
  remedy: remedy(whole(finding), lang),
})

/** A vertex that stands for the whole: of a moved shape every vertex moves alike. */
function firstOf(geometry: Geometry): [number, number] {
  let node: unknown = geometry.coordinates
  while (Array.isArray(node) && Array.isArray(node[0])) node = node[0]
  return node as [number, number]
}

/** What a change does, for before and after side by side. */
export function effectOf(
  { before, after, findings }: Omit<Considered, 'componentId' | 'baseBatch'>,
  lang: Lang,
) {
  const is = (after ?? before) as Snapshot
  const moved =
    before && after && JSON.stringify(before.geometry) !== JSON.stringify(after.geometry)
      ? before.geometry
      : null
  return {
    code: is.code,
    class: is.class,
    name: is.name,
    geometry: is.geometry,
    formerGeometry: moved,
    distanceM: moved && distanceM(firstOf(moved), firstOf(is.geometry)),
    fields: before && after ? fieldChanges(before, after) : [],
    findings: findings.map(each => told(each, lang)),
  }
}

export async function presentAll(
  db: Queryable,
  district: string,
  requests: readonly ChangeRequest[],
  lang: Lang,
) {
  const scope = scopeOf(district)
  const photos = await listEvidence(
    db,
    district,
    requests.map(each => each.id),
  )
  return Promise.all(
    requests.map(async request => {
      const { id, no, kind, state, componentId, survivorId, reason, change } = request
      const survivor =
        survivorId === null
          ? null
          : ((await findComponent(db, scope, survivorId)) ?? (await findEnded(db, scope, survivorId)))
      const { proposedAt, proposedBy, proposers, decidedAt, decidedBy, decision, version } = request
      return {
        id,
        no,
        kind,
        state,
        componentId,
        ...effectOf(request, lang),
        survivor: survivor && {
          id: survivor.id,
          code: survivor.code,
          class: survivor.class,
          geometry: survivor.geometry,
        },
        endedOn: change.kind === 'scrap' ? change.endedOn : null,
        reason,
        photos: photos(id),
        proposedAt,
        proposedBy,
        proposers,
        decidedAt,
        decidedBy,
        decision,
        version,
      }
    }),
  )
}
