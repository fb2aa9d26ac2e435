/** The console's one way to the server: what counts as an answer, and what as none. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ApiProblem, call, listenToApi } from '../../../src/web/api/client.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** Asks a server that answers so. @returns the answer or the problem, and what the listeners were told */
async function asked(answer: RequestListener): Promise<{ value: unknown; told: string[] }> {
  const server = createServer(answer)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  const told: string[] = []
  listenToApi({
    answered: () => told.push('answered'),
    unreachable: () => told.push('unreachable'),
    signedOut: () => told.push('signed out'),
  })
  const { port } = server.address() as AddressInfo
  const value = await call(`http://127.0.0.1:${port}/api/things`).catch((problem: unknown) => problem)
  return { value, told }
}

describe('a call', () => {
  it('gives what the server says', async () => {
    const { value, told } = await asked((_, response) => response.end('{"n":1}'))
    expect([value, told]).toEqual([{ n: 1 }, ['answered']])
  })
  it('has no answer where the server goes away before its end', async () => {
    const { value, told } = await asked((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"n":1,')
      setTimeout(() => response.destroy(), 20)
    })
    expect(value).toBeInstanceOf(ApiProblem)
    expect([(value as ApiProblem).code, told]).toEqual(['offline', ['unreachable']])
  })
  it('has no answer where only a gateway speaks', async () => {
    const { value, told } = await asked((_, response) => response.writeHead(502).end('<h1>Bad gateway</h1>'))
    expect([(value as ApiProblem).code, told]).toEqual(['offline', ['unreachable']])
  })
  it('tells a lost session from a refused sign-in', async () => {
    const refuse =
      (code: string): RequestListener =>
      (_, response) =>
        response.writeHead(401).end(JSON.stringify({ code, title: 'no' }))
    expect((await asked(refuse('session.required'))).told).toEqual(['answered', 'signed out'])
    expect((await asked(refuse('session.refused'))).told).toEqual(['answered'])
  })
})
