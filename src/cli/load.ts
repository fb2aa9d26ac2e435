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

export async function announceDelivery(client: Client, request: LoadRequest): Promise<ShownDelivery> {
  for (const file of request.files) refuseMissing(file)
  const { kind, district } = request
  const profile =
    request.profile === undefined ? undefined : await chooseProfile(client, request.profile, kind, district)
  return client.post<ShownDelivery>('/api/deliveries', {
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
}

/** A file that is part of a layer brings the others beside it. */
export async function sendFiles(client: Client, id: string, given: readonly string[]): Promise<void> {
  const files = (await Promise.all(given.map(withCompanions))).flat()
  try {
    for (const file of new Set(files)) {
      progressLine(word(`上传 ${basename(file)}`, `sending ${basename(file)}`))
      await client.send(`/api/deliveries/${id}/files/${encodeURIComponent(basename(file))}`, file)
    }
  } finally {
    progressLine(null)
  }
}

/** Files that are one layer together: whichever is named brings the others beside it. */
const families = [
  { named: /\.(shp|dbf|shx)$/i, parts: /\.(shp|shx|dbf|prj|cpg)$/i },
  { named: /\.tab$/i, parts: /\.(tab|dat|map|id|ind)$/i },
  { named: /\.mi[fd]$/i, parts: /\.mi[fd]$/i },
]

function refuseMissing(file: string): void {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw problem('file.missing', { file })
}

async function withCompanions(file: string): Promise<string[]> {
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
  const sent = await announceDelivery(client, request)
  const path = `/api/deliveries/${sent.id}`
  const ended = await orCancel(client, sent.id, async () => {
    await sendFiles(client, sent.id, request.files)
    const delivery = await client.post<ShownDelivery>(`${path}/load`, { options: request.options })
    return followLoad(client, delivery)
  })
  const { items } = await client.get<{ items: ShownFinding[] }>(`${path}/findings?limit=10`)
  return { delivery: ended, samples: items }
}

/** How a user gives up: Ctrl-C, an end from outside, a terminal that is closed. The second time ends us at once. */
const givenUp = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Does some work on a delivery, which is cancelled when the user gives up meanwhile. */
export async function orCancel<T>(client: Client, id: string, work: () => Promise<T>): Promise<T> {
  const stop = () => {
    listen('off')
    client.post(`/api/deliveries/${id}/cancel`).catch(() => {})
  }
  const listen = (how: 'on' | 'off') => {
    for (const signal of givenUp) process[how](signal, stop)
  }
  listen('on')
  return work().finally(() => listen('off'))
}

/** Waits for the end of a load; prints progress on a terminal. */
export async function followLoad(client: Client, begun: ShownDelivery): Promise<ShownDelivery> {
  let delivery = begun
  try {
    await orCancel(client, delivery.id, async () => {
      while (delivery.state === 'loading') {
        progressLine(progressText(delivery.progress, delivery.name))
        await new Promise(resolve => setTimeout(resolve, POLL_MS))
        delivery = await client.get<ShownDelivery>(`/api/deliveries/${delivery.id}`)
      }
    })
  } finally {
    progressLine(null)
  }
  return delivery
}

/** Whether the load went well: everything was taken. */
export const wentWell = (delivery: ShownDelivery): boolean =>
  (delivery.state === 'published' || delivery.state === 'checked') &&
  delivery.counts.refused === 0 &&
  delivery.findings.errors === 0
