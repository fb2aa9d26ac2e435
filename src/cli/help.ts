/** How help looks: headings in the language of the terminal, and what the exit codes mean. */
import type { Command, Option } from 'commander'
import { word } from './words.ts'

const headings: Record<string, string> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Commands:': '命令：',
}

/** Subcommands made afterwards inherit it. */
export function shapeHelp(program: Command): void {
  program
    .helpOption('-h, --help', word('显示帮助', 'show this help'))
    .helpCommand('help [command]', word('显示某个命令的帮助', 'show the help of a command'))
    .configureOutput({ outputError: (text, write) => write(word(complaint(text), text)) })
    .configureHelp({
      styleTitle: title => word(headings[title] ?? title, title),
      optionDescription: told,
    })
}

/** What the parser of the command line complains of, in Chinese. */
const complaints: [RegExp, string][] = [
  [/^error: /, '有误：'],
  [/unknown command '(.*)'/, '没有命令 $1'],
  [/unknown option '(.*)'/, '没有选项 $1'],
  [/missing required argument '(.*)'/, '缺少参数 $1'],
  [/required option '(.*)' not specified/, '缺少选项 $1'],
  [/option '(.*)' argument missing/, '选项 $1 缺少值'],
  [/option '(.*)' argument '(.*)' is invalid\. ?/, '选项 $1 的值 $2 不可用。'],
  [/command-argument value '(.*)' is invalid for argument '(.*)'\. ?/, '参数 $2 的值 $1 不可用。'],
  [/too many arguments(.*)\. Expected (\d+) arguments? but got (\d+).*/, '参数过多：应有 $2 个，给了 $3 个'],
  [/Allowed choices are (.*)\./, '可选：$1。'],
  [/\(Did you mean (?:one of )?(.*)\?\)/, '（是否指 $1？）'],
]

const complaint = (text: string): string =>
  complaints.reduce((said, [words, zh]) => said.replace(words, zh), text)

function told({ description, defaultValue, argChoices }: Option): string {
  const more = [
    ...(argChoices ? [word(`可选：${argChoices.join('、')}`, `choices: ${argChoices.join(', ')}`)] : []),
    // a --no-... is on unless given, which its own words say
    ...(defaultValue === undefined || typeof defaultValue === 'boolean'
      ? []
      : [word(`默认 ${defaultValue}`, `default: ${defaultValue}`)]),
  ]
  return more.length === 0
    ? description
    : word(`${description}（${more.join('；')}）`, `${description} (${more.join('; ')})`)
}

export const exitCodes = (): string =>
  word(
    `退出码：
  0  一切正常
  1  没有完成：选项或设置有误，或被拒绝；原因见标准错误输出
  2  已执行，但所给文件中有内容未被接受，详见所列问题（load、guess）`,
    `Exit codes:
  0  all went well
  1  not done: an option or a setting is wrong, or it was refused; standard error says why
  2  done, but something in the files was not taken, as its findings say (load, guess)`,
  )
