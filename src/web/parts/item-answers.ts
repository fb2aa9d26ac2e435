/** How items of an inspection are shown and filled in: where one stands, and its answer as a form begins with it. Pure. */
import type { AreaAnswer, Item, RowAnswer, Verdict } from '../api/acceptance.ts'

export type Standing = 'open' | 'right' | 'wrong' | 'replaced'

/** The first question of every row. */
export const EXISTS = 'exists'
const limits = { A: 0.5, B: 1, C: 10 } as const

export const limitOf = (item: Pick<Item, 'accuracy'>): number => limits[item.accuracy ?? 'B']
export const isBeyond = (item: Pick<Item, 'accuracy' | 'deviationM'>): boolean =>
  item.deviationM !== null && item.deviationM > limitOf(item)

export function standingOf(item: Item): Standing {
  if (item.replacedBy !== null) return 'replaced'
  if (!item.complete) return 'open'
  const said = Object.values(item.answer?.verdicts ?? {})
  const wrong = said.includes('wrong') || (item.answer?.sightings ?? []).length > 0 || isBeyond(item)
  return wrong ? 'wrong' : 'right'
}

export function rowAnswerOf({ answer, measured }: Item): RowAnswer {
  return {
    verdicts: { ...answer?.verdicts },
    found: { ...answer?.found },
    note: answer?.note ?? '',
    photo: answer?.photo ?? '',
    photos: answer?.photos ?? [],
    ...(measured ? { position: { x: measured[0], y: measured[1] } } : {}),
    ...(answer?.position === 'impossible' ? { position: null } : {}),
  }
}
export const areaAnswerOf = ({ answer }: Item): AreaAnswer => ({
  walked: answer?.walked ?? false,
  sightings: (answer?.sightings ?? []).map(({ lonLat, ...rest }) => ({
    ...rest,
    photos: rest.photos ?? [],
    position: lonLat && { x: lonLat[0], y: lonLat[1] },
  })),
  note: answer?.note ?? '',
})

/** Everything right, but for what was said already. */
export const allRight = (item: Item, answer: RowAnswer): RowAnswer => ({
  ...answer,
  verdicts: {
    ...Object.fromEntries(
      [EXISTS, ...item.fields.map(each => each.field)].map(field => [field, 'right' as Verdict]),
    ),
    ...answer.verdicts,
  },
})

/** What still has to be said of a row; empty where it is answered to the end. */
export function openFields(item: Item, answer: RowAnswer): string[] {
  if (answer.verdicts[EXISTS] === 'wrong') return []
  const fields = [EXISTS, ...item.fields.map(each => each.field)].filter(
    field => answer.verdicts[field] === undefined,
  )
  return item.measure && answer.position === undefined ? [...fields, 'position'] : fields
}

/** 4.2 %, with null as nothing. */
export const percent = (rate: number | null): string => (rate === null ? '' : `${(rate * 100).toFixed(1)} %`)
