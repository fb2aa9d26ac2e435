/** A problem as a sentence for the person: the server's own where it gave one. */
import { ApiProblem } from '../api/client.ts'
import { say } from '../i18n/i18n.ts'

export function sentenceOf(error: unknown): string {
  if (error instanceof ApiProblem) {
    if (error.code === 'offline') return say('problem.offline')
    return error.message || say('problem.unexpected', { code: error.code })
  }
  return say('problem.unexpected', { code: error instanceof Error ? error.name : 'unknown' })
}
