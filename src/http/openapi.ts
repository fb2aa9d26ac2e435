/**
 * The OpenAPI 3.1 document, made from the endpoints themselves: what the doors check is what it says.
 * Schemas with an id (`.meta({ id: 'Card' })`) stand once under components and are referred to.
 */
import { type ZodType, z } from 'zod'
import { problems } from '../core/problem.ts'
import { entityTag, tagged } from './answer.ts'
import { type Endpoint, endpoint } from './endpoint.ts'

type Json = Record<string, unknown>

export interface OpenApi {
  openapi: '3.1.0'
  info: Json
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Json>; securitySchemes: Json }
}

export interface Operation extends Json {
  summary: string
  tags: string[]
  parameters: Json[]
  /** Our own member: the right the door asks for. */
  'x-right': string
}

/** `/api/x/:id` as OpenAPI writes it: `/api/x/{id}`. */
export const openapiPath = (path: string): string => path.replace(/:(\w+)/g, '{$1}')

export function describeApi(doors: readonly Endpoint[]): OpenApi {
  const schemas: Record<string, Json> = { Problem: problemSchema }
  const paths: OpenApi['paths'] = {}
  for (const door of doors) {
    const path = openapiPath(door.path)
    paths[path] ??= {}
    paths[path][door.method] = describeDoor(door, schemas)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Wangge 网格',
      version: '1',
      description:
        'Errors are application/problem+json with a stable `code`. `?lang=zh|en` or Accept-Language chooses the language of messages.',
    },
    paths,
    components: {
      schemas,
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'wangge', description: 'Set by POST /api/session' },
        bearer: { type: 'http', scheme: 'bearer', description: 'BOOTSTRAP_TOKEN, while it is set' },
      },
    },
  }
}

function describeDoor(door: Endpoint, schemas: Record<string, Json>): Operation {
  const prefix = `${door.method}${door.path.replace(/\W+/g, '_')}`
  const described = (schema: ZodType) => hoist(schema, schemas, prefix)
  const open = door.right === 'open'
  const operation: Operation = {
    operationId: prefix,
    summary: door.summary,
    tags: [door.path.split('/').filter(step => step !== 'api')[1] ?? ''],
    'x-right': door.right,
    security: open ? [] : [{ session: [] }, { bearer: [] }, ...(door.right === 'asked' ? [{}] : [])],
    parameters: (['path', 'query', 'header'] as const).flatMap(place => parameters(place, door, described)),
    responses: {
      ...answerOf(door, described),
      default: {
        description: 'Refused',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
  if (door.body === 'stream') {
    operation.requestBody = {
      required: true,
      content: { [door.streamType ?? 'application/octet-stream']: { schema: {} } },
    }
  } else if (door.body) {
    operation.requestBody = {
      required: true,
      content: { 'application/json': { schema: described(door.body) } },
    }
  }
  return operation
}

function answerOf(door: Endpoint, described: (schema: ZodType) => Json): Json {
  const { answer, status, answerHeaders } = door
  const headers = answerHeaders && {
    headers: Object.fromEntries(
      Object.entries(answerHeaders).map(([name, description]) => [
        name,
        { description, schema: { type: 'string' } },
      ]),
    ),
  }
  if (!answer) return { [status ?? 204]: { description: 'Done', ...headers } }
  const content =
    'bytes' in answer
      ? { [answer.bytes]: { schema: {} } }
      : { 'application/json': { schema: described(answer) } }
  return { [status ?? 200]: { description: 'The answer', ...headers, content } }
}

function parameters(
  place: 'path' | 'query' | 'header',
  door: Endpoint,
  described: (schema: ZodType) => Json,
): Json[] {
  const schema = { path: door.params, query: door.query, header: door.headers }[place]
  const { properties = {}, required = [] } = (schema ? described(schema) : {}) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  const named = { ...properties }
  if (place === 'path')
    for (const [, name] of door.path.matchAll(/:(\w+)/g)) named[name!] ??= { type: 'string' }
  return Object.entries(named).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description ? { description } : {}),
    schema: rest,
  }))
}

/** The JSON schema of what is sent; its named parts move to components. */
function hoist(schema: ZodType, schemas: Record<string, Json>, prefix: string): Json {
  const {
    $defs = {},
    $schema: _,
    ...own
  } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json & {
    $defs?: Record<string, Json>
  }
  // parts zod had to name itself (circles) are this door's own
  const nameOf = (id: string) => (id.startsWith('__') ? `${prefix}${id}` : id)
  const moved = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value), (key, inner) =>
      key === '$ref' && typeof inner === 'string'
        ? inner.replace(/^#\/\$defs\/(.*)$/, (_whole, id) => `#/components/schemas/${nameOf(id)}`)
        : inner,
    )
  for (const [id, part] of Object.entries($defs)) schemas[nameOf(id)] = moved(part)
  return moved(own)
}

const problemSchema: Json = {
  type: 'object',
  description: 'RFC 9457; further members depend on the code',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(problems) },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    issues: {
      type: 'array',
      description: 'With request.invalid: everything that is wrong',
      items: {
        type: 'object',
        required: ['field', 'rule'],
        properties: { field: { type: 'string' }, value: {}, rule: { type: 'string' } },
      },
    },
  },
}

/** Described when somebody first asks: the list may still be growing while the server is put together. */
export function openapiDoor(doors: readonly Endpoint[]): Endpoint {
  let made: { api: OpenApi; tag: string } | null = null
  return endpoint({
    method: 'get',
    path: '/openapi.json',
    right: 'signed-in',
    summary: 'This description, as OpenAPI 3.1',
    answer: { bytes: 'application/json' },
    async run(_input, call) {
      if (!made) {
        const api = describeApi(doors)
        made = { api, tag: entityTag(JSON.stringify(api)) }
      }
      const { api, tag } = made
      return tagged(call, tag, () => api)
    },
  })
}
