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

  const accounts = program.command('account').description('accounts of this installation')
  accounts
    .command('add')
    .description('add an account; its first password is made and shown once')
    .argument('<name>', 'sign-in name')
    .requiredOption('--role <role>', 'administrator, contractor, supervisor, dispatcher, leader')
    .action(async (name: string, options) => {
      await withHouse(async client => {
        const made = await client.post<{ password: string }>('/api/accounts', { name, role: options.role })
        say(`${name}  ${made.password}`)
      })
    })
}
