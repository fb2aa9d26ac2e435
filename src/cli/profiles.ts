/** `wangge profile`: mapping profiles saved in a district, for --profile NAME. */
import type { Command } from 'commander'
import { type Client, withHouse } from './house.ts'
import { district, json, say } from './options.ts'
import { readProfile, savedProfile, savedProfiles } from './profile-choice.ts'
import { word } from './words.ts'

export function addProfiles(program: Command): void {
  const profiles = program
    .command('profile')
    .description(word('已保存的映射方案，可用于 --profile', 'saved mapping profiles, for --profile NAME'))
  const profileName = () => word('方案名称', 'its name')
  const one = (name: string, about: string) =>
    profiles.command(name).description(about).argument('<name>', profileName())
  const path = (name: string, of?: string) =>
    `/api/profiles/${encodeURIComponent(name)}${of ? `?district=${of}` : ''}`

  profiles
    .command('list')
    .description(word('列出映射方案', 'list mapping profiles'))
    .addOption(district())
    .addOption(json())
    .action(options =>
      withHouse(async client => {
        const saved = await savedProfiles(client, options.district)
        if (options.json) say(JSON.stringify(saved))
        else for (const { name, kind } of saved) say(`${name}  ${kind}`)
      }),
    )
  one('show', word('输出映射方案（YAML）', 'print a mapping profile (YAML)'))
    .addOption(district())
    .addOption(json())
    .action((name: string, options) =>
      withHouse<void>(async client => {
        const { profile } = await savedProfile(client, name, options.district)
        const { stringify } = await import('yaml')
        say(options.json ? JSON.stringify(profile) : stringify(profile).trimEnd())
      }),
    )
  one(
    'save',
    word(
      '以某个名称保存映射方案，同名的将被替换',
      'save a mapping profile under a name; one of that name is replaced',
    ),
  )
    .argument('<file>', word('YAML 或 JSON 文件', 'YAML or JSON file'))
    .addOption(district())
    .addOption(json())
    .action((name: string, file: string, options) =>
      withHouse(async (client: Client) => {
        const profile = await readProfile(file)
        await client.put(path(name, options.district), profile)
        say(options.json ? JSON.stringify({ name, kind: profile.kind, profile }) : `${name}  ${profile.kind}`)
      }),
    )
  one('remove', word('删除映射方案', 'remove a mapping profile'))
    .addOption(district())
    .addOption(json())
    .action((name: string, options) =>
      withHouse(async client => {
        const { kind } = await savedProfile(client, name, options.district)
        await client.remove(path(name, options.district))
        say(options.json ? JSON.stringify({ name, kind, removed: true }) : `${name}  ${kind}`)
      }),
    )
}
