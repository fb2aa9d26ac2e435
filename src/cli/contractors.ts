/** `wangge contractor`, `package`, `codes`: who surveys, what is asked of them, and the codes their crews hold. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { problem } from '../core/problem.ts'
import type { FirmEntry } from '../domain/orgs/firm-schema.ts'
import type { AllotmentEntry } from '../domain/survey/code-schema.ts'
import { askableKinds, type PackageEntry, type PackageState } from '../domain/survey/package-schema.ts'
import { type Client, withHouse } from './house.ts'
import { district, json, say, whole } from './options.ts'
import { word } from './words.ts'

const query = (code?: string) => (code ? `?district=${code}` : '')
const listFirms = async (client: Client, code?: string) =>
  (await client.get<{ items: FirmEntry[] }>(`/api/firms${query(code)}`)).items

/** @throws Problem firm.unknown */
async function firmNamed(client: Client, name: string, code?: string): Promise<FirmEntry> {
  const found = (await listFirms(client, code)).find(each => each.name === name || each.id === name)
  if (!found) throw problem('firm.unknown', { name })
  return found
}

const firmName = () => word('普查单位名称', 'name of the contractor firm')
const collect = (text: string, before: string[] = []) => [...before, text]
const collectKinds = (text: string, before: string[] = []) => {
  if (askableKinds.some(kind => kind === text)) return [...before, text]
  throw new InvalidArgumentError(
    word(`可选：${askableKinds.join('、')}。`, `Allowed choices are ${askableKinds.join(', ')}.`),
  )
}
const day = (text: string): string => {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text
  throw new InvalidArgumentError(word('应为 YYYY-MM-DD。', 'It must be YYYY-MM-DD.'))
}

export function addContractors(program: Command): void {
  addFirms(program)
  addPackages(program)
  addCodes(program)
}

function addFirms(program: Command): void {
  const firms = program
    .command('contractor')
    .description(word('普查单位、作业组与其账号', 'contractor firms, their crews and accounts'))
  firms
    .command('add')
    .description(
      word(
        '新增普查单位；已有的只补充作业组与账号',
        'add a firm; to one that is there crews and accounts are added',
      ),
    )
    .argument('<name>', firmName())
    .option('--unit <unit>', word('单位目录中的代码或名称', 'its code or name in the unit directory'))
    .option('--crew <name>', word('作业组，可多次给出', 'a crew; may be given several times'), collect)
    .option(
      '--account <name>',
      word('归入该单位的账号，可多次给出', 'an account that works for it; may be given several times'),
      collect,
    )
    .addOption(district())
    .addOption(json())
    .action((name: string, options) =>
      withHouse(async client => {
        const at = query(options.district)
        const there = (await listFirms(client, options.district)).find(each => each.name === name)
        const wish = { name, unit: options.unit ?? null }
        const firm = there ?? (await client.post<FirmEntry>(`/api/firms${at}`, wish))
        if (there && options.unit) await client.put(`/api/firms/${firm.id}${at}`, wish)
        for (const crew of options.crew ?? [])
          if (!firm.crews.some(each => each.name === crew))
            await client.post(`/api/firms/${firm.id}/crews${at}`, { name: crew })
        for (const account of options.account ?? [])
          await client.put(`/api/firms/${firm.id}/accounts/${encodeURIComponent(account)}${at}`, {})
        const made = await firmNamed(client, firm.id, options.district)
        say(options.json ? JSON.stringify(made) : firmLine(made))
      }),
    )
  firms
    .command('list')
    .description(word('列出普查单位', 'list contractor firms'))
    .addOption(district())
    .addOption(json())
    .action(options =>
      withHouse(async client => {
        const items = await listFirms(client, options.district)
        if (options.json) say(JSON.stringify(items))
        else for (const each of items) say(firmLine(each))
      }),
    )
}

const firmLine = ({ name, unit, crews, accounts }: FirmEntry): string =>
  [
    name,
    unit ? word(`单位目录：${unit.name}`, `directory: ${unit.name}`) : '',
    word('作业组：', 'crews: ') + (crews.map(crew => crew.name).join(word('、', ', ')) || '-'),
    word('账号：', 'accounts: ') + (accounts.join(word('、', ', ')) || '-'),
  ]
    .filter(Boolean)
    .join('  ')

function addPackages(program: Command): void {
  const packages = program
    .command('package')
    .description(word('任务包：要求普查单位交付的内容', 'packages: what firms are asked to deliver'))
  packages
    .command('add')
    .description(word('下达任务包', 'ask a firm for a package'))
    .argument('<firm>', firmName())
    .argument('<name>', word('任务包名称', 'name of the package'))
    .addOption(
      new Option(
        '--kind <kind>',
        word(
          '要求交付的内容，可多次给出；不给为部件',
          'what is to be delivered; may be given several times; none: components',
        ),
      )
        .choices(askableKinds)
        .argParser(collectKinds),
    )
    .option(
      '--class <code>',
      word('类别代码，可多次给出；不给为全部', 'class code; may be given several times; none: all'),
      collect,
    )
    .option(
      '--area <code>',
      word(
        '网格代码，可多次给出；不给为全区',
        'grid code; may be given several times; none: the whole district',
      ),
      collect,
    )
    .option('--due <date>', word('截止日期 YYYY-MM-DD', 'last day, YYYY-MM-DD'), day)
    .option('--note <text>', word('说明', 'a note'))
    .addOption(district())
    .addOption(json())
    .action((firm: string, name: string, options) =>
      withHouse(async client => {
        const made = await client.post<PackageEntry>(`/api/packages${query(options.district)}`, {
          firm: (await firmNamed(client, firm, options.district)).id,
          name,
          ...(options.kind ? { kinds: options.kind } : {}),
          classes: options.class ?? [],
          areas: options.area ?? [],
          dueOn: options.due ?? null,
          note: options.note ?? null,
        })
        say(options.json ? JSON.stringify(made) : packageLine(made))
      }),
    )
  packages
    .command('list')
    .description(word('列出任务包及其状态，新的在前', 'list packages and where each stands, newest first'))
    .addOption(district())
    .addOption(json())
    .action(options =>
      withHouse(async client => {
        const { items } = await client.get<{ items: PackageEntry[] }>(
          `/api/packages${query(options.district)}`,
        )
        if (options.json) say(JSON.stringify(items))
        else for (const each of items) say(packageLine(each))
      }),
    )
}

const states: Record<PackageState, string> = {
  open: '待交付',
  delivered: '已交付',
  failed: '未载入',
  checked: '待审核',
  returned: '已退回',
  published: '已发布',
  accepted: '已验收',
}

const packageLine = ({
  no,
  firm,
  name,
  kinds,
  state,
  dueOn,
  overdue,
  classes,
  areas,
}: PackageEntry): string =>
  [
    `#${no}`,
    word(states[state], state),
    firm.name,
    name,
    dueOn === null
      ? ''
      : word(`截止 ${dueOn}`, `due ${dueOn}`) + (overdue ? word(' 已逾期', ' overdue') : ''),
    kinds.join() === 'components' ? '' : kinds.join(','),
    classes.map(each => each.code).join(','),
    areas.map(each => each.code).join(','),
  ]
    .filter(Boolean)
    .join('  ')

function addCodes(program: Command): void {
  const codes = program
    .command('codes')
    .description(word('赋码：分给作业组的标识码', 'codes allotted to crews'))
  codes
    .command('allot')
    .description(
      word(
        '分给作业组一段标识码，不与他组及登记册重叠',
        'give a crew codes that no other crew and no registered thing has',
      ),
    )
    .argument('<firm>', firmName())
    .argument('<crew>', word('作业组名称', 'name of the crew'))
    .requiredOption('--class <code>', word('类别代码', 'class code'))
    .option('--count <n>', word('个数', 'how many'), whole(1, 20_000))
    .option(
      '--from <serial>',
      word('起始顺序号（与 --to 同用）', 'first serial (with --to)'),
      whole(1, 999_999),
    )
    .option('--to <serial>', word('末尾顺序号', 'last serial'), whole(1, 999_999))
    .addOption(district())
    .addOption(json())
    .action((firm: string, crew: string, options) =>
      withHouse(async client => {
        const { crews } = await firmNamed(client, firm, options.district)
        const found = crews.find(each => each.name === crew || each.id === crew)
        if (!found) throw problem('crew.unknown', { name: crew })
        const range =
          options.count === undefined
            ? { first: options.from, last: options.to ?? options.from }
            : { count: options.count }
        const made = await client.post<AllotmentEntry>(`/api/allotments${query(options.district)}`, {
          crew: found.id,
          class: options.class,
          ...range,
        })
        say(options.json ? JSON.stringify(made) : codesLine(made))
      }),
    )
  codes
    .command('list')
    .description(word('列出已分配的码段', 'list what is allotted'))
    .addOption(district())
    .addOption(json())
    .action(options =>
      withHouse(async client => {
        const { items } = await client.get<{ items: AllotmentEntry[] }>(
          `/api/allotments${query(options.district)}`,
        )
        if (options.json) say(JSON.stringify(items))
        else for (const each of items) say(codesLine(each))
      }),
    )
}

const codesLine = ({
  firm,
  crew,
  class: kind,
  firstCode,
  lastCode,
  count,
  returned,
}: AllotmentEntry): string =>
  [
    `${kind.code} ${kind.name}`,
    `${firstCode}-${lastCode}`,
    word(`${count} 个`, `${count} codes`),
    `${firm.name} ${crew.name}`,
    returned > 0 ? word(`退回 ${returned} 个`, `${returned} given back`) : '',
  ]
    .filter(Boolean)
    .join('  ')
