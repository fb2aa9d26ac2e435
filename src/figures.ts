/** Figures of the rooms for whoever watches over the process, read when they are asked for. */
import type { Live } from './core/live.ts'
import type { Reactions } from './core/reactions.ts'
import type { Atlas } from './domain/atlas/atlas.ts'
import { type Metrics, openMetrics } from './http/metrics.ts'

export function metricsOf({
  reactions,
  atlas,
  live,
}: {
  reactions: Reactions
  atlas: Atlas
  live: Live
}): Metrics {
  const metrics = openMetrics()
  const held = (what: 'points' | 'bytes') => () =>
    new Map([...atlas.held()].map(([district, all]) => [district, all[what]]))
  metrics.gauge('wangge_atlas_points', 'Components in memory', held('points'), 'district')
  metrics.gauge('wangge_atlas_bytes', 'Bytes of components in memory, counted', held('bytes'), 'district')
  metrics.gauge('wangge_atlas_behind', 'Districts older than what is committed', () => atlas.behind().length)
  metrics.gauge('wangge_atlas_built', 'Models built whole since the start', () => atlas.tally.built)
  metrics.gauge('wangge_atlas_changed', 'Changes put into models since the start', () => atlas.tally.changed)
  metrics.gauge(
    'wangge_atlas_holes',
    'Models that were not told all, and built anew',
    () => atlas.tally.holes,
  )
  metrics.gauge('wangge_journal_holes', 'Times the journal had a hole', () => reactions.holes)
  metrics.gauge('wangge_live_watchers', 'Event streams that are open', () => live.watchers)
  return metrics
}
