/** `wangge load`: announce a delivery, send its files, load it, follow it to its end, print the report. */
import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { problem } from '../core/problem.ts'
import type { Delivery, DeliveryKind, LoadOptions } from '../domain/survey/schema.ts'
import type { Client } from './house.ts'
import { chooseProfile } from './profile-choice.ts'
import { progressLine, progressText, type ShownFinding } from './report.ts'
import { word } from './words.ts'

export interface LoadRequest {
  kind: DeliveryKind
  files: readonly string[]
  district?: string
  /** A file, or the name of a saved one. */
  profile?: string
  name?: string
  contractor?: string
  options: LoadOptions
}

export type ShownDelivery = Delivery & { findings: { byCode: { title: string }[] } }

const POLL_MS = 250

/** Announces and sends; a file that is part of a layer brings the others beside it. */
export async function sendDelivery(client: Client, request: LoadRequest): Promise<ShownDelivery> {
  const files = (await Promise.all(request.files.map(withCompanions))).flat()
  const { kind, district } = request
  const profile =
    request.profile === undefined ? undefined : await chooseProfile(client, request.profile, kind, district)
  const delivery = await client.post<ShownDelivery>('/api/deliveries', {
    kind,
    ...(district ? { district } : {}),
    name:
      request.name ??
      request.files
        .map(file => basename(file))
        .join(', ')
        .slice(0, 200),
    ...(request.contractor ? { contractor: request.contractor } : {}),
    ...(profile ? { profile } : {}),
  })
  for (const file of new Set(files)) {
    progressLine(word(`上传 ${basename(file)}`, `sending ${basename(file)}`))
    await client.send(`/api/deliveries/${delivery.id}/files/${encodeURIComponent(basename(file))}`, file)
  }
  progressLine(null)
  return delivery
}

/** Files that are one layer together: whichever is named brings the others beside it. */
const families = [
  { named: /\.(shp|dbf|shx)$/i, parts: /\.(shp|shx|dbf|prj|cpg)$/i },
  { named: /\.tab$/i, parts: /\.(tab|dat|map|id|ind)$/i },
  { named: /\.mi[fd]$/i, parts: /\.mi[fd]$/i },
]

async function withCompanions(file: string): Promise<string[]> {
  try {
    if (!statSync(file).isFile()) throw problem('file.missing', { file })
  } catch {
    throw problem('file.missing', { file })
  }
  const family = families.find(({ named }) => named.test(file))
  if (!family) return [file]
  const stem = basename(file, extname(file)).toLowerCase()
  const beside = await readdir(dirname(file))
  return beside
    .filter(name => basename(name, extname(name)).toLowerCase() === stem && family.parts.test(name))
    .map(name => join(dirname(file), name))
}

/** Loads and waits. @returns the delivery at its end and its first findings */
export async function loadDelivery(
  client: Client,
  request: LoadRequest,
): Promise<{ delivery: ShownDelivery; samples: ShownFinding[] }> {
  const sent = await sendDelivery(client, request)
  const path = `/api/deliveries/${sent.id}`
  const delivery = await client.post<ShownDelivery>(`${path}/load`, { options: request.options })
  const ended = await followLoad(client, delivery)
  const { items } = await client.get<{ items: ShownFinding[] }>(`${path}/findings?limit=10`)
  return { delivery: ended, samples: items }
}

/** Waits for the end of a load; prints progress on a terminal, and cancels it when the user gives up. */
export async function followLoad(client: Client, begun: ShownDelivery): Promise<ShownDelivery> {
  let delivery = begun
  const path = `/api/deliveries/${delivery.id}`
  const stop = () => void client.post(`${path}/cancel`).catch(() => {})
  process.once('SIGINT', stop)
  try {
    while (delivery.state === 'loading') {
      progressLine(progressText(delivery.progress, delivery.name))
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
      delivery = await client.get<ShownDelivery>(path)
    }
  } finally {
    process.off('SIGINT', stop)
    progressLine(null)
  }
  return delivery
}

/** Whether the load went well: everything was taken. */
export const wentWell = (delivery: ShownDelivery): boolean =>
  (delivery.state === 'published' || delivery.state === 'checked') &&
  delivery.counts.refused === 0 &&
  delivery.findings.errors === 0
