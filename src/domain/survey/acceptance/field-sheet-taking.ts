/**
 * Takes a field sheet that is filled in: what it says is laid over what is known of each item, and an item it
 * says nothing new of stays as it is. What one item is refused for does not keep the others out.
 */
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Problem, problem } from '../../../core/problem.ts'
import type { LoadHouse } from '../loading.ts'
import { answerItem } from './answering.ts'
import { type ReadArea, type ReadRow, readFieldSheet, type SheetFinding } from './field-sheet-reading.ts'
import type { Lang } from './field-sheet-words.ts'
import { AreaAnswer, RowAnswer } from './schema.ts'
import { counted, type Inspection, type Item, listItems } from './store.ts'

const LIMIT_BYTES = 20_000_000

export interface TakenSheet {
  /** Items of which it said something new. */
  taken: number
  findings: SheetFinding[]
}

/** @throws Problem request.too-large, inspection.void, inspection.decided */
export async function takeFieldSheet(
  house: LoadHouse,
  inspection: Inspection,
  { stream, lang, actor }: { stream: Readable; lang: Lang; actor: string },
): Promise<TakenSheet> {
  const { db, files } = house
  if (inspection.state === 'void') throw problem('inspection.void')
  if (inspection.state !== 'open') throw problem('inspection.decided', { state: inspection.state })
  const scratch = await files.scratch()
  try {
    const path = join(scratch, 'field-sheet.xlsx')
    let bytes = 0
    const bounded = async function* (source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        bytes += chunk.length
        if (bytes > LIMIT_BYTES) throw problem('request.too-large', { limit: `${LIMIT_BYTES / 1e6} MB` })
        yield chunk
      }
    }
    await pipeline(stream, bounded, createWriteStream(path))
    const items = counted(await listItems(db, inspection))
    const { rows, areas, findings } = await readFieldSheet(path, items, lang)
    let taken = 0
    for (const item of items) {
      const answer =
        item.kind === 'row' ? overRow(item, rows.get(item.no)) : overArea(item, areas.get(item.no))
      if (!answer) continue
      try {
        await answerItem(db, inspection, item.no, { answer, actor })
        taken++
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        findings.push({
          sheet: '',
          row: null,
          column: null,
          value: String(item.no),
          message: error.inLanguage(lang),
        })
      }
    }
    return { taken, findings }
  } finally {
    await files.removeScratch(scratch)
  }
}

/** The answer as it is after the sheet; null where that is what it was. */
function overRow(item: Item, read: ReadRow | undefined): RowAnswer | null {
  if (!read) return null
  const before = {
    verdicts: item.answer?.verdicts ?? {},
    found: item.answer?.found ?? {},
    note: item.answer?.note ?? '',
    photo: item.answer?.photo ?? '',
    photos: item.answer?.photos ?? [],
    ...positionBefore(item),
  }
  const after = {
    ...before,
    verdicts: { ...before.verdicts, ...read.verdicts },
    found: { ...before.found, ...read.found },
    note: read.note || before.note,
    ...(read.position === undefined || samePlace(item, read) ? {} : { position: read.position }),
  }
  if (Object.keys(after.verdicts).length === 0 && after.position === undefined && after.note === '')
    return null
  return JSON.stringify(after) === JSON.stringify(before) ? null : RowAnswer.parse(after)
}

function positionBefore({ answer, measuredLon, measuredLat }: Item): Pick<RowAnswer, 'position'> {
  if (measuredLon !== null && measuredLat !== null) return { position: { x: measuredLon, y: measuredLat } }
  return answer?.position === 'impossible' ? { position: null } : {}
}

const samePlace = ({ measuredLon, measuredLat }: Item, { position }: ReadRow): boolean =>
  position != null &&
  (position.crs ?? 'EPSG:4490') === 'EPSG:4490' &&
  Math.abs(position.x - (measuredLon ?? Infinity)) + Math.abs(position.y - (measuredLat ?? Infinity)) < 1e-12

function overArea(item: Item, read: ReadArea | undefined): AreaAnswer | null {
  if (!read) return null
  const before = {
    walked: item.complete,
    sightings: (item.answer?.sightings ?? []).map(({ lonLat, ...rest }) => ({
      ...rest,
      position: lonLat && { x: lonLat[0], y: lonLat[1] },
    })),
    note: item.answer?.note ?? '',
  }
  const seen = before.sightings.map(each => ({ ...each, photos: each.photos ?? [] }))
  /** A sheet has no room for pictures: they stay with what is still told. */
  const sightings = read.sightings.map(each => {
    const same = seen.findIndex(
      one => one.kind === each.kind && one.class === each.class && one.code === each.code,
    )
    return same < 0 ? each : { ...each, photos: seen.splice(same, 1)[0]!.photos }
  })
  const after = AreaAnswer.parse({
    ...read,
    sightings,
    walked: read.walked || before.walked,
    note: before.note,
  })
  const plain = (answer: Pick<AreaAnswer, 'walked' | 'sightings'>) =>
    JSON.stringify([
      answer.walked,
      answer.sightings.map(({ kind, class: code, code: own, position, note, photo }) => [
        kind,
        code,
        own,
        position && [position.x, position.y],
        note,
        photo,
      ]),
    ])
  return plain(after) === plain(before) ? null : after
}
