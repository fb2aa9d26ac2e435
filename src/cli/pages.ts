/** Lists that the house tells page by page, newest first or in order: walked to their end, or as far as was asked. */
import { Option } from 'commander'
import type { Client } from './house.ts'
import { sayAside, whole } from './options.ts'
import { figures } from './report.ts'
import { word } from './words.ts'

/** How a list is told: which parameter asks for what follows, and how much one page holds at most. */
interface Told {
  path: string
  /** What is not said is not asked. */
  query: Record<string, string | undefined>
  cursor: 'before' | 'after'
  size: number
}

export const limit = () =>
  new Option(
    '--limit <n>',
    word('只列最前面的 n 条；不给则全部', 'only the first n; all where none is given'),
  ).argParser(whole(1, 1_000_000))

/** Every page, one after the other. */
export async function* pagesOf<T>(client: Client, { path, query, cursor, size }: Told): AsyncGenerator<T[]> {
  for (let next: string | number | null = ''; next !== null; ) {
    const asked = new URLSearchParams({ limit: String(size) })
    for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, value)
    if (next !== '') asked.set(cursor, String(next))
    const page: { items: T[]; next: string | number | null } = await client.get(`${path}?${asked}`)
    yield page.items
    next = page.next
  }
}

/** All of a list, or its first `most`; that there are more is said beside the answer. */
export async function listFirst<T>(
  client: Client,
  told: Told,
  most = Number.POSITIVE_INFINITY,
): Promise<T[]> {
  const items: T[] = []
  const size = Math.min(told.size, most + 1)
  for await (const page of pagesOf<T>(client, { ...told, size })) {
    items.push(...page)
    if (items.length > most) break
  }
  if (items.length > most) {
    const n = figures(most)
    sayAside(word(`只列出 ${n} 条，后面还有`, `the first ${n} only; there are more`))
  }
  return items.slice(0, most)
}
