/** `wangge rules`: the rules by which a district checks its surveys, shown and changed as a small document. */
import type { Command } from 'commander'
import { type EffectiveRules, SurveyRules } from '../domain/survey/check-rules.ts'
import { type Client, withHouse } from './house.ts'
import { district, json, say } from './options.ts'
import { readDocument } from './profile-choice.ts'
import { word } from './words.ts'

interface Shown {
  no: number
  rules: SurveyRules
  changedBy: string | null
  changedAt: string | null
  effective: EffectiveRules
}

const path = (of?: string, more = ''): string => `/api/survey-rules${more}${of ? `?district=${of}` : ''}`

export function addRules(program: Command): void {
  const rules = program
    .command('rules')
    .description(
      word(
        '普查检查规则：问题的程度、必填属性、日期、疑似重复的距离',
        'check rules of surveys: severities, required attributes, dates, distances of probable duplicates',
      ),
    )
  rules
    .command('show')
    .description(
      word('输出现行规则（YAML），可修改后用 set 写回', 'print the rules (YAML), to be edited and set'),
    )
    .addOption(district())
    .addOption(json())
    .action(options =>
      withHouse(async client => {
        const shown = await client.get<Shown>(path(options.district))
        await tell(shown, options.json)
      }),
    )
  rules
    .command('set')
    .description(
      word('改为文件中的规则，自下一次载入起生效', 'change to the rules of a file, from the next load on'),
    )
    .argument(
      '<file>',
      word('YAML 或 JSON 文件；未写的按默认', 'YAML or JSON; what it does not say is the default'),
    )
    .addOption(district())
    .addOption(json())
    .action((file: string, options) =>
      withHouse(async client => {
        const changed = await readDocument(file, SurveyRules, 'rules.invalid')
        await change(client, changed, options)
      }),
    )
  rules
    .command('reset')
    .description(
      word('恢复默认规则；以前的各版仍可查', 'go back to the default rules; earlier versions can be read'),
    )
    .addOption(district())
    .addOption(json())
    .action(options => withHouse(client => change(client, {}, options)))
  rules
    .command('history')
    .description(word('列出规则的各版，新的在前', 'list the versions of the rules, newest first'))
    .addOption(district())
    .addOption(json())
    .action(options =>
      withHouse(async client => {
        const { items } = await client.get<{ items: Omit<Shown, 'effective'>[] }>(
          path(options.district, '/versions'),
        )
        if (options.json) say(JSON.stringify(items))
        else
          for (const { no, changedAt, changedBy, rules } of items)
            say(`${no}  ${changedAt}  ${changedBy}  ${JSON.stringify(rules)}`)
      }),
    )
}

async function change(
  client: Client,
  rules: SurveyRules,
  options: { district?: string; json?: boolean },
): Promise<void> {
  await client.put(path(options.district), { rules })
  await tell(await client.get<Shown>(path(options.district)), options.json)
}

async function tell(shown: Shown, asJson: boolean | undefined): Promise<void> {
  if (asJson) {
    say(JSON.stringify(shown))
    return
  }
  const { stringify } = await import('yaml')
  const by = shown.changedBy ?? word('默认', 'the defaults')
  say(`# ${word('第', 'version')} ${shown.no}${word(' 版', '')}  ${shown.changedAt ?? ''}  ${by}`)
  say(stringify(shown.effective).trimEnd())
}
