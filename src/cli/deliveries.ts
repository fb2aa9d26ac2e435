/** `wangge deliveries`, `findings`, `cancel`, `approve`, `reject`: what came of what was sent. */
import type { Command } from 'commander'
import { problem } from '../core/problem.ts'
import { type Client, withHouse } from './house.ts'
import { followLoad, type ShownDelivery } from './load.ts'
import { district, json, say } from './options.ts'
import { limit, listFirst, pagesOf } from './pages.ts'
import { figures, placeInBook, type ShownFinding, stateWord } from './report.ts'
import { word } from './words.ts'

export const which = () => word('批次号（如 6）或其 UUID', 'its number as shown (6) or its UUID')

/** The id of the delivery that a person means. @throws Problem delivery.unknown */
export async function idOf(client: Client, said: string, district?: string): Promise<string> {
  const no = /^#?(\d{1,9})$/.exec(said)?.[1]
  if (no === undefined) {
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(said)) return said
    throw problem('delivery.unknown', { id: said })
  }
  const query = new URLSearchParams({ before: String(Number(no) + 1), limit: '1', all: 'true' })
  if (district) query.set('district', district)
  const { items } = await client.get<{ items: ShownDelivery[] }>(`/api/deliveries?${query}`)
  if (items[0]?.no !== Number(no)) throw problem('delivery.unknown', { id: `#${no}` })
  return items[0].id
}

const findingLine = (each: ShownFinding): string =>
  [
    each.severity,
    each.code,
    each.file,
    each.row ?? '',
    each.field ?? '',
    each.value ?? '',
    each.message,
    each.remedy,
    placeInBook(each) ?? '',
  ].join('\t')

const deliveryLine = ({ no, id, state, kind, name, counts }: ShownDelivery): string => {
  const [taken, read] = [figures(counts.accepted), figures(counts.read)]
  const rows = word(`收 ${taken} / ${read} 行`, `${taken} of ${read}`)
  return `#${no}  ${stateWord(state).padEnd(9)}  ${kind.padEnd(10)}  ${rows}  ${name}  ${id}`
}

export function addDeliveries(program: Command): void {
  program
    .command('deliveries')
    .description(word('列出交付批次，新的在前', 'list deliveries, newest first'))
    .option(
      '--all',
      word(
        '包括未载入就取消的（如 wangge guess 所用）',
        'also those given up before a load, as wangge guess does',
      ),
    )
    .addOption(limit())
    .addOption(district())
    .addOption(json())
    .action(async options => {
      await withHouse(async client => {
        const query = { all: options.all ? 'true' : undefined, district: options.district }
        const list = { path: '/api/deliveries', query, cursor: 'before', size: 200 } as const
        const items = await listFirst<ShownDelivery>(client, list, options.limit)
        if (options.json) return say(JSON.stringify(items))
        for (const each of items) say(deliveryLine(each))
      })
    })

  program
    .command('findings')
    .description(word('列出一个批次的全部问题', 'print every finding of a delivery'))
    .argument('<delivery>', which())
    .option('--code <code>', word('只列这一种', 'only findings of this code'))
    .addOption(district())
    .addOption(json())
    .action(async (said: string, options) => {
      await withHouse(async client => {
        const all: ShownFinding[] = []
        const id = await idOf(client, said, options.district)
        const path = `/api/deliveries/${id}/findings`
        const query = { code: options.code }
        for await (const page of pagesOf<ShownFinding>(client, {
          path,
          query,
          cursor: 'after',
          size: 1000,
        })) {
          if (options.json) all.push(...page)
          else for (const each of page) say(findingLine(each))
        }
        if (options.json) say(JSON.stringify(all))
      })
    })

  program
    .command('cancel')
    .description(
      word(
        '取消一个批次：停止载入，不留下任何内容',
        'cancel a delivery: its load stops and nothing of it stays',
      ),
    )
    .argument('<delivery>', which())
    .addOption(district())
    .addOption(json())
    .action(async (said: string, options) => {
      await withHouse(async client => {
        const id = await idOf(client, said, options.district)
        const asked = await client.post<ShownDelivery>(`/api/deliveries/${id}/cancel`)
        const delivery = await followLoad(client, asked)
        if (delivery.state !== 'cancelled') process.exitCode = 2
        say(options.json ? JSON.stringify(delivery) : `#${delivery.no} ${stateWord(delivery.state)}`)
      })
    })

  addDecision(
    program,
    'approve',
    word('使待审核的批次生效；不得由提交人审核', 'make a checked delivery count; not by who sent it'),
  )
  addDecision(program, 'reject', word('退回待审核的批次', 'send a checked delivery back'))
}

function addDecision(program: Command, name: 'approve' | 'reject', about: string): void {
  const command = program.command(name).description(about).argument('<delivery>', which())
  if (name === 'reject') command.requiredOption('--reason <text>', word('退回的原因', 'why it goes back'))
  command
    .addOption(district())
    .addOption(json())
    .action(async (said: string, options) => {
      await withHouse(async client => {
        const decided = await client.post<ShownDelivery>(
          `/api/deliveries/${await idOf(client, said, options.district)}/${name}`,
          options.reason ? { reason: options.reason } : {},
        )
        const delivery = await followLoad(client, decided)
        if (name === 'approve' && delivery.state !== 'published') process.exitCode = 2
        say(options.json ? JSON.stringify(delivery) : `#${delivery.no} ${stateWord(delivery.state)}`)
      })
    })
}
