/** Subcommands that set an installation up: districts and accounts. */
import { type Command, Option } from 'commander'
import { withHouse } from './house.ts'
import { json, say } from './options.ts'

export function addSetup(program: Command): void {
  const districts = program.command('district').description('districts of this installation')
  districts
    .command('add')
    .description('add a district')
    .argument('<code>', 'six digits, GB/T 2260')
    .argument('<name>', 'its name')
    .option('--demo', 'mark it as demo data')
    .addOption(
      new Option('--approval <policy>', 'whether loads count at once')
        .choices(['none', 'second-person'])
        .default('none'),
    )
    .action(async (code: string, name: string, options) => {
      await withHouse(async client => {
        await client.post('/api/districts', {
          code,
          name,
          demo: options.demo ?? false,
          approval: options.approval,
        })
        say(`${code} ${name}`)
      })
    })
  districts
    .command('list')
    .description('list districts')
    .addOption(json())
    .action(async options => {
      await withHouse(async client => {
        const { items } = await client.get<{
          items: { code: string; name: string; demo: boolean; approval: string }[]
        }>('/api/districts')
        if (options.json) return say(JSON.stringify(items))
        for (const each of items)
          say(`${each.code}  ${each.name}  approval: ${each.approval}${each.demo ? '  demo' : ''}`)
      })
    })

  addAccounts(program)
}

/** A password is answered once and kept nowhere. */
interface Made {
  name: string
  password: string
}

interface ShownAccount {
  name: string
  roles: string[]
  districts: '*' | string[]
  mustChangePassword: boolean
  lockedUntil: string | null
  disabledAt: string | null
}

function addAccounts(program: Command): void {
  const accounts = program.command('account').description('accounts of this installation')
  accounts
    .command('add')
    .description('add an account; its first password is made and shown once')
    .argument('<name>', 'sign-in name')
    .requiredOption('--role <role>', 'administrator, contractor, supervisor, dispatcher, leader')
    .action(async (name: string, options) => {
      await withHouse(async client => {
        const made = await client.post<Made>('/api/accounts', { name, role: options.role })
        say(`${made.name}  ${made.password}`)
      })
    })
  accounts
    .command('list')
    .description('list accounts')
    .addOption(json())
    .action(async options => {
      await withHouse(async client => {
        const { items } = await client.get<{ items: ShownAccount[] }>('/api/accounts')
        if (options.json) return say(JSON.stringify(items))
        for (const each of items) say(accountLine(each))
      })
    })
  accounts
    .command('password')
    .description('make a new password, shown once; lifts the lock and ends the sessions of the account')
    .argument('<name>', 'sign-in name')
    .action(async (name: string) => {
      await withHouse(async client => {
        const made = await client.post<Made>(`/api/accounts/${encodeURIComponent(name)}/password`)
        say(`${made.name}  ${made.password}`)
      })
    })
}

const accountLine = ({ name, roles, districts, ...state }: ShownAccount): string =>
  [
    name,
    roles.join(', '),
    districts === '*' ? 'all districts' : districts.join(', '),
    ...(state.disabledAt ? [`disabled ${state.disabledAt}`] : []),
    ...(state.lockedUntil ? [`locked until ${state.lockedUntil}`] : []),
    ...(state.mustChangePassword ? ['first password not changed yet'] : []),
  ].join('  ')
