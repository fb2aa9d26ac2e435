/** Is it alive, can it answer: two open doors for whoever watches over the process. */
import { z } from 'zod'
import { json } from './answer.ts'
import { type Endpoint, endpoint } from './endpoint.ts'

export interface Readiness {
  ready: boolean
  /** What is not there, or behind what is committed: `database`, `atlas`. No names: the door is open to all. */
  warming: readonly ('database' | 'atlas')[]
}

export const healthDoors = (ready: () => Readiness | Promise<Readiness>): Endpoint[] => [
  endpoint({
    method: 'get',
    path: '/healthz',
    right: 'open',
    summary: 'Whether the process is alive',
    answer: z.object({ alive: z.literal(true) }),
    run: async () => ({ alive: true }),
  }),
  endpoint({
    method: 'get',
    path: '/readyz',
    right: 'open',
    summary: 'Whether it can answer: 200, or 503 with what is not there yet',
    answer: z.object({ ready: z.boolean(), warming: z.array(z.enum(['database', 'atlas'])) }),
    async run() {
      const state = await ready()
      return json(state, state.ready ? {} : { status: 503, headers: { 'retry-after': '1' } })
    },
  }),
]
