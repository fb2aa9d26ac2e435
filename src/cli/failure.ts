/** What a command that failed says on standard error; all that an operator can put right in words, a fault of ours with its trace. */
import { Problem } from '../core/problem.ts'
import { Refusal } from './house.ts'
import { lang } from './words.ts'

export function tellFailure(error: unknown): void {
  for (const line of linesOf(error)) process.stderr.write(`${line}\n`)
}

function linesOf(error: unknown): string[] {
  if (error instanceof Problem) return [`wangge: ${error.inLanguage(lang)}`]
  if (!(error instanceof Refusal)) return [`wangge: ${(error as Error).stack ?? error}`]
  const { title, issues } = error.body as { title?: string; issues?: { field: string; rule: string }[] }
  if (!issues) return [`wangge: ${error.message}`]
  return [`wangge: ${title}`, ...issues.map(each => `  ${each.field}: ${each.rule}`)]
}

/** Whoever reads our output may stop reading (`| head`): what is left to say is then said to nobody, and the work goes on to its end. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
}
