/** `wangge report`, `changes`, `removals`, `versions`, `restore`: what a delivery does to the registry, and the way back. */
import { resolve } from 'node:path'
import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import type { ComponentChange } from '../domain/survey/changes.ts'
import { idOf, which } from './deliveries.ts'
import { type Client, withHouse } from './house.ts'
import type { ShownDelivery } from './load.ts'
import { district, json, say } from './options.ts'
import { limit, listFirst, pagesOf } from './pages.ts'
import { deliveryLines, figures, progressLine, progressText } from './report.ts'
import { word } from './words.ts'

const kinds = ['added', 'changed', 'missing'] as const
const reports = ['xlsx', 'csv', 'zip', 'geojson', 'json'] as const
const POLL_MS = 250

interface Version {
  no: number
  added: number
  changed: number
  removed: number
  components: number
  restored: number | null
  publishedAt: string
  publishedBy: string | null
}

export function addVersions(program: Command): void {
  addReport(program)
  addChanges(program)
  addRemovals(program)
  addList(program)
  addRestore(program)
}

/** A file whose ending says the form of the report. */
function reportFile(file: string): string {
  if (reports.some(ending => file.toLowerCase().endsWith(`.${ending}`))) return file
  const endings = reports.map(ending => `.${ending}`).join(' ')
  throw new InvalidArgumentError(word(`扩展名须为 ${endings} 之一`, `its ending must be one of ${endings}`))
}

function addReport(program: Command): void {
  program
    .command('report')
    .description(
      word(
        '写出一个批次的报告：.xlsx 为标注出错单元格的原工作簿（别的格式则是全部数据行），.csv .geojson .json 为全部问题；加 --marked 时 .csv 为交付的 CSV 原样加问题一列，.zip 为其中全部 CSV',
        'write the report of a delivery: .xlsx is the workbook that was delivered, or of other formats its rows, with what is wrong marked, .csv .geojson .json are all findings; with --marked .csv is the CSV that was delivered with what is wrong in a last column, .zip all of them',
      ),
    )
    .argument('<delivery>', which())
    .argument('<file>', word('写到哪里', 'where to write it'), reportFile)
    .option('--marked', word('.csv 为标注的原 CSV', '.csv is the delivered CSV, marked'))
    .option(
      '--of <file>',
      word(
        '标注哪个 CSV 或工作簿（有几个时）：交付中的文件名',
        'which CSV or workbook is marked, where there are several: its name in the delivery',
      ),
    )
    .addOption(district())
    .addOption(json())
    .action(async (said: string, file: string, options) => {
      await withHouse(async client => {
        const id = await idOf(client, said, options.district)
        await client.save(`/api/deliveries/${id}/${reportDoor(file, options)}`, file)
        say(options.json ? JSON.stringify({ delivery: id, file: resolve(file) }) : file)
      })
    })
}

/** Which door a report comes from, by the ending of its file. */
function reportDoor(file: string, { marked, of }: { marked?: true; of?: string }): string {
  const ending = file.toLowerCase().split('.').at(-1)!
  if (ending === 'zip') return 'marked-csv.zip'
  const own = ending === 'xlsx' || (ending === 'csv' && (marked || of !== undefined))
  const query = own && of !== undefined ? `?file=${encodeURIComponent(of)}` : ''
  return `${own ? 'marked' : 'findings'}.${ending}${query}`
}

const changeLine = (kind: string, each: ComponentChange): string =>
  [
    kind,
    each.id,
    each.code ?? '',
    each.class,
    each.formerGeometry ? word('位置', 'position') : '',
    ...each.fields.map(({ field, before, after }) => `${field}: ${shown(before)} -> ${shown(after)}`),
    each.decision ?? '',
  ]
    .filter(part => part !== '')
    .join('\t')

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function addChanges(program: Command): void {
  program
    .command('changes')
    .description(
      word(
        '列出一个批次新增、变更（逐字段）与缺失的部件',
        'print what a delivery adds, changes (field by field) and does not bring',
      ),
    )
    .argument('<delivery>', which())
    .addOption(new Option('--kind <kind>', word('只列这一类', 'only these')).choices(kinds))
    .addOption(district())
    .addOption(json())
    .action(async (said: string, options) => {
      await withHouse(async client => {
        const id = await idOf(client, said, options.district)
        const all: Record<string, ComponentChange[]> = {}
        for (const kind of options.kind ? [options.kind as string] : kinds) {
          all[kind] = []
          const path = `/api/deliveries/${id}/changes`
          const told = { path, query: { kind }, cursor: 'after', size: 1000 } as const
          for await (const page of pagesOf<ComponentChange>(client, told)) {
            if (options.json) all[kind].push(...page)
            else for (const each of page) say(changeLine(kind, each))
          }
        }
        if (options.json) say(JSON.stringify(all))
      })
    })
}

function addRemovals(program: Command): void {
  program
    .command('removals')
    .description(
      word(
        '决定全量批次中缺失的部件在审核后作废（end）还是保留（keep）；未决定的保留',
        'decide whether what a full delivery does not bring ends when it is approved, or stays; undecided ones stay',
      ),
    )
    .argument('<delivery>', which())
    .addArgument(new Argument('<decision>', 'keep, end').choices(['keep', 'end']))
    .argument('[ids...]', word('部件 UUID；不给则为全部', 'UUIDs of components; all where none is given'))
    .addOption(district())
    .addOption(json())
    .action(async (said: string, decision: string, ids: string[], options) => {
      await withHouse(async client => {
        const id = await idOf(client, said, options.district)
        const body = { decision, ...(ids.length > 0 ? { ids } : {}) }
        const answer = await client.post<{ decided: number }>(`/api/deliveries/${id}/removals`, body)
        say(options.json ? JSON.stringify(answer) : figures(answer.decided))
      })
    })
}

function addList(program: Command): void {
  program
    .command('versions')
    .description(word('列出登记册的版本，新的在前', 'list the versions of the registry, newest first'))
    .addOption(limit())
    .addOption(district())
    .addOption(json())
    .action(async options => {
      await withHouse(async client => {
        const query = { district: options.district }
        const list = { path: '/api/registry/versions', query, cursor: 'before', size: 200 } as const
        const items = await listFirst<Version>(client, list, options.limit)
        if (options.json) return say(JSON.stringify(items))
        for (const each of items) say(versionLine(each))
      })
    })
}

const versionLine = ({
  no,
  added,
  changed,
  removed,
  components,
  restored,
  publishedAt,
  publishedBy,
}: Version): string => {
  const did = word(
    `新增 ${figures(added)}  变更 ${figures(changed)}  作废 ${figures(removed)}  共 ${figures(components)}`,
    `${figures(added)} added  ${figures(changed)} changed  ${figures(removed)} ended  ${figures(components)} in all`,
  )
  const back =
    restored === null ? '' : word(`  （恢复自版本 ${restored}）`, `  (back to version ${restored})`)
  return `${no}  ${publishedAt}  ${did}  ${publishedBy ?? ''}${back}`
}

function addRestore(program: Command): void {
  program
    .command('restore')
    .description(
      word(
        '把登记册恢复到一个版本：作为新的版本发布，之后的版本仍在历史中',
        'bring the registry back to a version, as a new version; later ones stay in the history',
      ),
    )
    .argument('<version>', word('版本号', 'its number'))
    .option(
      '--empty',
      word(
        '确认登记册可以变空：该版本没有任何部件，现有的将全部作废',
        'that nothing may be left: the version holds no component, and all that are there end',
      ),
    )
    .addOption(district())
    .addOption(json())
    .action(async (version: string, options) => {
      await withHouse(async client => {
        const body = { district: options.district, emptying: options.empty }
        const path = `/api/registry/versions/${encodeURIComponent(version)}/restore`
        const { id } = await client.post<{ id: string }>(path, body)
        const end = await ended(client, id)
        if (options.json) say(JSON.stringify(end))
        else for (const line of deliveryLines(end, [])) say(line)
        if (end.state !== 'published' && end.state !== 'checked') process.exitCode = 2
      })
    })
}

async function ended(client: Client, id: string): Promise<ShownDelivery> {
  while (true) {
    const delivery = await client.get<ShownDelivery>(`/api/deliveries/${id}`)
    if (delivery.state !== 'loading') {
      progressLine(null)
      return delivery
    }
    progressLine(progressText(delivery.progress, delivery.name))
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  }
}
