/**
 * The classes the pilot's survey uses: code and name after CJ/T 214-2007 (major classes 01 to 06) and
 * local extensions (21), how common each is, where it stands and who answers for it.
 */
import { cityClasses } from './city-classes.ts'
import type { Host, SurveyClass } from './class-row.ts'
import { extensionClasses } from './extension-classes.ts'
import { utilityClasses } from './utility-classes.ts'

export const surveyClasses: readonly SurveyClass[] = [
  ...utilityClasses,
  ...cityClasses,
  ...extensionClasses,
].map(([code, name, share, hosts, across, gapM, roles, more = {}]) => {
  const [competent, owners, maintainers] = roles.split('>').map(part => part.split(' ').filter(Boolean))
  return {
    code,
    name,
    kind: more.line ? 'line' : more.surface ? 'polygon' : 'point',
    share,
    hosts: hosts.split(' ') as Host[],
    across: across.split(' ').map(Number) as [number, number],
    gapM,
    cluster: more.cluster ?? [1, 0],
    competent: competent![0]!,
    owners: owners!,
    maintainers: maintainers!,
    extra: more.extra ?? null,
    size: more.surface ?? [more.line ?? 0, 0],
  }
})

/** Covers and grates of every kind. */
export const isCover = (c: SurveyClass): boolean => c.name.endsWith('井盖') || c.code === '0104'
