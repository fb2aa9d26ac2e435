/** `wangge acceptance`: what a supervisor draws and finds, and what is settled, from the command line. */
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { problem } from '../core/problem.ts'
import type { Results } from '../domain/survey/acceptance/rules.ts'
import { idOf, which } from './deliveries.ts'
import { type Client, withHouse } from './house.ts'
import { district, json, say } from './options.ts'
import { figures } from './report.ts'
import { word } from './words.ts'

interface Shown {
  id: string
  state: 'open' | 'accepted' | 'returned' | 'released' | 'void'
  seed: string | null
  drawnAt: string
  drawnBy: string
  decidedAt: string | null
  decidedBy: string | null
  reason: string | null
  results: Results | null
}

export function addAcceptance(program: Command): void {
  const acceptance = program
    .command('acceptance')
    .description(
      word('监理验收：抽样、检查结果与结算量', 'acceptance by a supervisor: sample, results, settlement'),
    )
  addDraw(acceptance)
  addShow(acceptance)
  addSheet(acceptance)
  addWord(
    acceptance,
    'accept',
    word(
      '签署验收；须全部完成并合格，且不得由提交人签署',
      'sign it; all must be answered and pass, and never by who sent the delivery',
    ),
  )
  addWord(
    acceptance,
    'return',
    word('带着检查发现的问题退回批次', 'send the delivery back with what was found'),
  )
  addWord(
    acceptance,
    'release',
    word(
      '放行：检查中的批次可以重新载入，随机种子不变',
      'let a delivery under inspection be loaded again; the seed of its plan stays',
    ),
  )
  addSettlement(acceptance)
}

/** The inspection of what the delivery holds now, or the last there was. @throws Problem inspection.none */
async function inspectionOf(client: Client, said: string, code?: string): Promise<Shown> {
  const id = await idOf(client, said, code)
  const { items } = await client.get<{ items: Shown[] }>(`/api/deliveries/${id}/inspections`)
  if (!items[0]) throw problem('inspection.none', { delivery: said })
  return items[0]
}

function addDraw(acceptance: Command): void {
  acceptance
    .command('draw')
    .description(word('抽取检查方案；每次载入只抽一次', 'draw the plan; once for each load'))
    .argument('<delivery>', which())
    .addOption(district())
    .addOption(json())
    .action(async (said: string, options) => {
      await withHouse(async client => {
        const id = await idOf(client, said, options.district)
        tell(await client.post<Shown>(`/api/deliveries/${id}/inspections`, {}), options.json)
      })
    })
}

function addShow(acceptance: Command): void {
  acceptance
    .command('show')
    .description(word('显示一个批次的检查结果', 'print what the inspection of a delivery comes to'))
    .argument('<delivery>', which())
    .addOption(district())
    .addOption(json())
    .action(async (said: string, options) => {
      await withHouse(async client => tell(await inspectionOf(client, said, options.district), options.json))
    })
}

function addSheet(acceptance: Command): void {
  acceptance
    .command('sheet')
    .description(
      word(
        '写出外业检查表（.xlsx）；加 --take 则读回填好的表',
        'write the field sheet (.xlsx); with --take read one that is filled in',
      ),
    )
    .argument('<delivery>', which())
    .argument('<file>', word('检查表文件', 'the workbook'), xlsx)
    .option('--take', word('读回填好的检查表', 'read it instead of writing it'))
    .addOption(district())
    .addOption(json())
    .action(async (said: string, file: string, options) => {
      await withHouse(async client => {
        const { id } = await inspectionOf(client, said, options.district)
        if (!options.take) {
          await client.save(`/api/inspections/${id}/field-sheet.xlsx`, file)
          return say(options.json ? JSON.stringify({ inspection: id, file: resolve(file) }) : file)
        }
        const { taken, findings } = await client.send<Taken>(`/api/inspections/${id}/field-sheet`, file)
        if (findings.length > 0) process.exitCode = 2
        if (options.json) return say(JSON.stringify({ taken, findings }))
        for (const each of findings)
          say([each.sheet, each.row ?? '', each.column ?? '', each.value, each.message].join('\t'))
        say(word(`更新 ${figures(taken)} 项`, `${figures(taken)} items updated`))
      })
    })
}

interface Taken {
  taken: number
  findings: { sheet: string; row: number | null; column: string | null; value: string; message: string }[]
}

function xlsx(file: string): string {
  if (file.toLowerCase().endsWith('.xlsx')) return file
  throw new InvalidArgumentError(word('扩展名须为 .xlsx', 'its ending must be .xlsx'))
}

function addWord(acceptance: Command, name: 'accept' | 'return' | 'release', about: string): void {
  const command = acceptance.command(name).description(about).argument('<delivery>', which())
  if (name !== 'accept')
    command.requiredOption('--reason <text>', word('原因（留存）', 'why, for the record'))
  else command.option('--note <text>', word('验收意见', 'a note'))
  command
    .addOption(district())
    .addOption(json())
    .action(async (said: string, options) => {
      await withHouse(async client => {
        const { id } = await inspectionOf(client, said, options.district)
        const body = name !== 'accept' ? { reason: options.reason } : { note: options.note ?? '' }
        tell(await client.post<Shown>(`/api/inspections/${id}/${name}`, body), options.json)
      })
    })
}

function addSettlement(acceptance: Command): void {
  acceptance
    .command('settlement')
    .description(
      word(
        '写出一段时间内已验收并发布的结算量（.xlsx），或以 --json 输出',
        'write what was accepted and published over a period (.xlsx), or print it with --json',
      ),
    )
    .argument('[file]', word('写到哪里（.xlsx）', 'where to write it (.xlsx)'), xlsx)
    .option(
      '--from <day>',
      word('起始日（按验收日期），如 2026-01-01', 'first day, by the day of acceptance, e.g. 2026-01-01'),
    )
    .option('--to <day>', word('截止日', 'last day'))
    .option('--contractor <name>', word('只计这一普查单位', 'of this contractor alone'))
    .addOption(district())
    .addOption(json())
    .action(async (file: string | undefined, options) => {
      await withHouse(async client => {
        const query = new URLSearchParams()
        for (const key of ['from', 'to', 'district']) if (options[key]) query.set(key, options[key])
        if (options.contractor) await nameContractor(client, query, options.contractor)
        if (file) await client.save(`/api/settlement.xlsx?${query}`, file)
        if (options.json) return say(JSON.stringify(await client.get(`/api/settlement?${query}`)))
        if (file) return say(file)
        const { total, deliveries } = await client.get<Period>(`/api/settlement?${query}`)
        say(
          word(
            `${figures(deliveries.length)} 个批次，结算 ${figures(total.settled.pieces)} 件${total.amount === null ? '' : `，金额 ${total.amount.toFixed(2)}`}`,
            `${figures(deliveries.length)} deliveries, ${figures(total.settled.pieces)} pieces settled${total.amount === null ? '' : `, amount ${total.amount.toFixed(2)}`}`,
          ),
        )
      })
    })
}

/** A firm is asked for by its id, whatever it was called; who is no firm by name. */
async function nameContractor(client: Client, query: URLSearchParams, name: string): Promise<void> {
  const { contractors } = await client.get<Period>(`/api/settlement?${query}`)
  const firm = contractors.find(each => each.firm !== null && each.name === name)?.firm
  query.set(firm ? 'firm' : 'contractor', firm ?? name)
}

interface Period {
  contractors: { firm: string | null; name: string }[]
  total: { settled: { pieces: number }; amount: number | null }
  deliveries: unknown[]
}

function tell(inspection: Shown, asJson?: boolean): void {
  for (const line of asJson ? [JSON.stringify(inspection)] : inspectionLines(inspection)) say(line)
}

function inspectionLines(inspection: Shown): string[] {
  const { state, results, seed, drawnBy, decidedBy, reason } = inspection
  const why = reason ? `  ${reason}` : ''
  if (!results) return [word(`状态 ${states[state][0]}${why}`, `${states[state][1]}${why}`)]
  const { total, classes, open, conclusion } = results
  return [
    word(
      `状态 ${states[state][0]}  结论 ${conclusions[conclusion][0]}  未完成 ${figures(open)}`,
      `${states[state][1]}  conclusion: ${conclusions[conclusion][1]}  open: ${figures(open)}`,
    ),
    word(`抽取 ${drawnBy}  种子 ${seed ?? ''}`, `drawn by ${drawnBy}  seed ${seed ?? ''}`),
    ...(decidedBy ? [word(`签署 ${decidedBy}${why}`, `decided by ${decidedBy}${why}`)] : []),
    ...[...classes, { class: word('合计', 'total'), ...total }].map(resultLine),
  ]
}

const percent = (rate: number | null): string =>
  rate === null ? word('未抽检', 'not sampled') : `${(rate * 100).toFixed(1)} %`
const metres = (m: number | null): string => (m === null ? '' : `${m.toFixed(2)} m`)

const resultLine = ({
  class: code,
  attributes,
  positions,
  omissions,
  drawn,
  population,
  pass,
}: Results['classes'][number]): string =>
  [
    code,
    `${figures(drawn)}/${figures(population)}`,
    word(
      `错误 ${figures(attributes.wrong)} ${percent(attributes.rate)}`,
      `wrong ${figures(attributes.wrong)} ${percent(attributes.rate)}`,
    ),
    word(
      `中误差 ${metres(positions.rmseM)} 超限 ${percent(positions.share)}`,
      `rmse ${metres(positions.rmseM)} beyond ${percent(positions.share)}`,
    ),
    word(
      `漏测 ${figures(omissions.missing)} ${percent(omissions.rate)}`,
      `missing ${figures(omissions.missing)} ${percent(omissions.rate)}`,
    ),
    word(passes[pass][0], passes[pass][1]),
  ].join('\t')

const states = {
  open: ['进行中', 'open'],
  accepted: ['已验收', 'accepted'],
  returned: ['已退回', 'returned'],
  released: ['已放行', 'released'],
  void: ['作废', 'void'],
} as const
const conclusions = {
  incomplete: ['未完成', 'incomplete'],
  pass: ['合格', 'pass'],
  fail: ['不合格', 'fail'],
  'not-sampled': ['未抽检', 'not sampled'],
} as const
const passes = {
  pass: ['合格', 'pass'],
  fail: ['不合格', 'fail'],
  'not-sampled': ['未抽检', 'not sampled'],
} as const
