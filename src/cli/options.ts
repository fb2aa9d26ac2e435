/** Options and arguments that several subcommands take. */
import { InvalidArgumentError, Option } from 'commander'

export const json = () => new Option('--json', 'print one JSON document')
export const district = () =>
  new Option('--district <code>', 'GB/T 2260 code; needed where there are several')
export const whole = (text: string): number => {
  const n = Number(text)
  if (!Number.isSafeInteger(n) || n < 0) throw new InvalidArgumentError('not a whole number')
  return n
}
export const degrees = (text: string): number => {
  const n = Number(text)
  if (text.trim() === '' || !Number.isFinite(n)) throw new InvalidArgumentError('not a number of degrees')
  return n
}

export const say = (line: string) => process.stdout.write(`${line}\n`)
