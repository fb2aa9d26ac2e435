/** Options and arguments that several subcommands take, and how they speak. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { word } from './words.ts'

export const json = () => new Option('--json', word('输出一个 JSON 文档', 'print one JSON document'))
export const district = () =>
  new Option(
    '--district <code>',
    word('行政区代码（GB/T 2260）；有多个行政区时须给出', 'GB/T 2260 code; needed where there are several'),
  )

/** A whole number within bounds. */
export const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const n = Number(text)
    if (/^\d+$/.test(text) && n >= least && n <= most) return n
    const [from, to] = [least, most].map(each => each.toLocaleString('en-US'))
    throw new InvalidArgumentError(
      word(`应为 ${from} 至 ${to} 的整数。`, `It must be a whole number from ${from} to ${to}.`),
    )
  }

export const degrees = (text: string): number => {
  const n = Number(text)
  if (text.trim() !== '' && Number.isFinite(n)) return n
  throw new InvalidArgumentError(word('应为以度计的数值。', 'It must be a number of degrees.'))
}

/** What the generator of pilots takes. */
export const pilotOptions = (command: Command): Command =>
  command
    .option(
      '--components <n>',
      word('部件数，500 至 15,000,000', 'how many components, 500 to 15,000,000'),
      whole(500, 15_000_000),
      231_000,
    )
    .option(
      '--unclaimed <n>',
      word('无主地块数，至多 300', 'pieces of ground that belong to nobody, up to 300'),
      whole(0, 300),
      0,
    )
    .option(
      '--legacy-nets <n>',
      word('另附的部门网格数，至多 99', 'departmental nets beside the one net, up to 99'),
      whole(0, 99),
      0,
    )
    .option(
      '--seed <n>',
      word('另一个虚构的区；种子相同则文件相同', 'another district; the same seed gives the same files'),
      whole(0, Number.MAX_SAFE_INTEGER),
    )

export const say = (line: string) => process.stdout.write(`${line}\n`)

/** For what is said beside an answer that is one JSON document. */
export const sayAside = (line: string) => process.stderr.write(`${line}\n`)
