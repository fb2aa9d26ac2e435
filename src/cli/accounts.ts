/** `wangge account`: accounts of an installation. */
import { type Command, Option } from 'commander'
import { roleNames } from '../domain/orgs/schema.ts'
import { withHouse } from './house.ts'
import { json, say } from './options.ts'
import { word } from './words.ts'

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

const userName = () => word('登录名', 'sign-in name')
const shown = (made: Made, asJson: boolean): string =>
  asJson ? JSON.stringify(made) : `${made.name}  ${made.password}`

export function addAccounts(program: Command): void {
  const accounts = program
    .command('account')
    .description(word('本系统的账号', 'accounts of this installation'))
  accounts
    .command('add')
    .description(
      word('新增账号；初始密码只显示一次', 'add an account; its first password is made and shown once'),
    )
    .argument('<name>', userName())
    .addOption(
      new Option('--role <role>', word('角色', 'what it may do')).choices(roleNames).makeOptionMandatory(),
    )
    .addOption(json())
    .action(async (name: string, options) => {
      await withHouse(async client => {
        say(shown(await client.post<Made>('/api/accounts', { name, role: options.role }), options.json))
      })
    })
  accounts
    .command('list')
    .description(word('列出账号', 'list accounts'))
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
    .description(
      word(
        '重设密码，只显示一次；解除锁定，并结束该账号的会话',
        'make a new password, shown once; lifts the lock and ends the sessions of the account',
      ),
    )
    .argument('<name>', userName())
    .addOption(json())
    .action(async (name: string, options) => {
      await withHouse(async client => {
        say(
          shown(await client.post<Made>(`/api/accounts/${encodeURIComponent(name)}/password`), options.json),
        )
      })
    })
}

const accountLine = ({ name, roles, districts, ...state }: ShownAccount): string =>
  [
    name,
    roles.join(', '),
    districts === '*' ? word('全部行政区', 'all districts') : districts.join(', '),
    ...(state.disabledAt ? [word(`已停用 ${state.disabledAt}`, `disabled ${state.disabledAt}`)] : []),
    ...(state.lockedUntil ? [word(`锁定至 ${state.lockedUntil}`, `locked until ${state.lockedUntil}`)] : []),
    ...(state.mustChangePassword ? [word('尚未修改初始密码', 'first password not changed yet')] : []),
  ].join('  ')
