/** How a delivery stands, as one look tells it: what took little is not as good as what took all, and what was compared changed nothing. */
import type { Delivery, DeliveryState } from '../api/deliveries.ts'
import type { IconName } from './icons.ts'

export interface Standing {
  tone: '' | 'act' | 'soon' | 'good' | 'bad'
  icon: IconName
  /** The word for its state. */
  word: `survey.state_${DeliveryState}` | 'standing.compared' | 'standing.most'
  /** Rows that were refused, where there are some and the word does not tell. */
  refused: number
}

const looks: Record<DeliveryState, Pick<Standing, 'tone' | 'icon'>> = {
  received: { tone: '', icon: 'file' },
  loading: { tone: 'act', icon: 'wait' },
  checked: { tone: 'soon', icon: 'clock' },
  published: { tone: 'good', icon: 'check' },
  failed: { tone: 'bad', icon: 'error' },
  cancelled: { tone: '', icon: 'close' },
  rejected: { tone: 'bad', icon: 'close' },
}

export function standingOf({
  state,
  counts,
  options,
}: Pick<Delivery, 'state' | 'counts' | 'options'>): Standing {
  const plain = { ...looks[state], word: `survey.state_${state}`, refused: 0 } as const
  if (state === 'published' && options.compare) return { ...plain, word: 'standing.compared' }
  if ((state !== 'published' && state !== 'checked') || counts.refused === 0) return plain
  if (counts.refused * 2 > counts.read)
    return state === 'published'
      ? { tone: 'bad', icon: 'warning', word: 'standing.most', refused: 0 }
      : { ...plain, tone: 'bad', refused: counts.refused }
  return { ...plain, tone: 'soon', refused: counts.refused }
}
