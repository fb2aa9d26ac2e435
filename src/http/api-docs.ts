/** GET /api-docs: the API as a page to read, without a script: made from the same description as /openapi.json. */
import { type Endpoint, endpoint, raw } from './endpoint.ts'
import { describeApi, type OpenApi, type Operation } from './openapi.ts'
import { escapeHtml, page } from './page.ts'

type Json = Record<string, unknown>

export const apiDocsDoor = (doors: readonly Endpoint[]): Endpoint =>
  endpoint({
    method: 'get',
    path: '/api-docs',
    right: 'signed-in',
    summary: 'This description, as a page',
    answer: { bytes: 'text/html' },
    run: async (_input, call) =>
      raw({
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: apiPage(describeApi(doors), call.lang),
      }),
  })

const words = {
  zh: {
    title: '接口说明',
    right: '权限',
    open: '无需登录',
    signed: '登录即可',
    parameter: '参数',
    body: '请求内容',
    answer: '回答',
    shared: '公用结构',
    lead: '机器可读的同一说明：',
  },
  en: {
    title: 'The API',
    right: 'right',
    open: 'open to all',
    signed: 'any session',
    parameter: 'parameter',
    body: 'request',
    answer: 'answer',
    shared: 'Shared shapes',
    lead: 'The same for machines: ',
  },
}
type Words = (typeof words)['zh']

export function apiPage(api: OpenApi, lang: 'zh' | 'en'): string {
  const w = words[lang]
  const groups = new Map<string, string[]>()
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const group = operation.tags[0]!
      groups.set(group, [...(groups.get(group) ?? []), doorHtml(method, path, operation, w)])
    }
  }
  const names = [...groups.keys()].sort()
  const index = names.map(name => `<a href="#${escapeHtml(name)}">${escapeHtml(name)}</a>`).join(' ')
  const sections = names.map(
    name =>
      `<section id="${escapeHtml(name)}"><h2>${escapeHtml(name)}</h2>${groups.get(name)!.join('')}</section>`,
  )
  const shared = Object.entries(api.components.schemas)
    .map(
      ([name, schema]) => `<h3 id="schema-${escapeHtml(name)}">${escapeHtml(name)}</h3>${schemaHtml(schema)}`,
    )
    .join('')
  return page({
    lang,
    title: `${w.title} · 网格 Wangge`,
    body: `<h1>${w.title}</h1><p>${w.lead}<a href="/openapi.json">/openapi.json</a></p><nav>${index}</nav>
${sections.join('\n')}<section><h2>${w.shared}</h2>${shared}</section>`,
  })
}

function doorHtml(method: string, path: string, operation: Operation, w: Words): string {
  const right = operation['x-right']
  const rightText = right === 'open' ? w.open : right === 'signed-in' ? w.signed : `${w.right}: ${right}`
  const rows = operation.parameters.map(
    parameter => `<tr><th>${escapeHtml(String(parameter.name))}${parameter.required ? ' *' : ''}</th>
<td>${escapeHtml(String(parameter.in))}</td><td>${typeHtml(parameter.schema as Json)}</td><td>${escapeHtml(String(parameter.description ?? ''))}</td></tr>`,
  )
  const body = contentSchema(operation.requestBody)
  const answer = contentSchema((operation.responses as Json)['200'] ?? (operation.responses as Json)['201'])
  return `<article><h3><b>${method.toUpperCase()}</b> <code>${escapeHtml(path)}</code></h3>
<p>${escapeHtml(operation.summary)} <small>${escapeHtml(rightText)}</small></p>
${rows.length ? `<table><caption>${w.parameter}</caption>${rows.join('')}</table>` : ''}
${body ? `<details><summary>${w.body}</summary>${schemaHtml(body)}</details>` : ''}
${answer ? `<details><summary>${w.answer}</summary>${schemaHtml(answer)}</details>` : ''}</article>`
}

function contentSchema(holder: unknown): Json | null {
  const content = (holder as { content?: Record<string, { schema: Json }> } | undefined)?.content
  return content ? (Object.values(content)[0]?.schema ?? null) : null
}

/** A type in few words: `string (uuid)`, `Card[]`, `"a" | "b"`. */
function typeHtml(schema: Json | boolean): string {
  // JSON Schema may say "anything" and "nothing" by a boolean
  if (typeof schema === 'boolean') return schema ? 'any' : 'never'
  if (typeof schema.$ref === 'string') {
    const name = escapeHtml(schema.$ref.split('/').at(-1)!)
    return `<a href="#schema-${name}">${name}</a>`
  }
  if (Array.isArray(schema.enum))
    return schema.enum.map(value => escapeHtml(JSON.stringify(value))).join(' | ')
  if ('const' in schema) return escapeHtml(JSON.stringify(schema.const))
  const choices = (schema.anyOf ?? schema.oneOf) as (Json | boolean)[] | undefined
  if (choices) return choices.map(typeHtml).join(' | ')
  if (Array.isArray(schema.prefixItems))
    return `[${(schema.prefixItems as (Json | boolean)[]).map(typeHtml).join(', ')}]`
  if (schema.type === 'array') return `${typeHtml((schema.items ?? {}) as Json | boolean)}[]`
  const bounds = ['format', 'pattern', 'minimum', 'maximum', 'minLength', 'maxLength', 'default']
    .filter(key => schema[key] !== undefined && Math.abs(Number(schema[key])) !== Number.MAX_SAFE_INTEGER)
    .map(key => (key === 'format' ? String(schema[key]) : `${key} ${JSON.stringify(schema[key])}`))
  return `${escapeHtml(String(schema.type ?? 'any'))}${bounds.length ? ` <small>(${escapeHtml(bounds.join(', '))})</small>` : ''}`
}

/** What a list holds, and anything else as it is. */
const membersOf = (schema: Json): Json =>
  schema.type === 'array' && typeof schema.items === 'object' ? (schema.items as Json) : schema

/** Members of an object as a list, nested as they nest. */
function schemaHtml(schema: Json): string {
  const inner = membersOf(schema)
  const properties = inner.properties as Record<string, Json> | undefined
  if (!properties) return `<p>${typeHtml(schema)}</p>`
  const required = new Set((inner.required ?? []) as string[])
  const items = Object.entries(properties).map(([name, member]) => {
    const nested = membersOf(member)
    return `<li><code>${escapeHtml(name)}${required.has(name) ? '' : '?'}</code> ${typeHtml(member)} ${escapeHtml(String(member.description ?? ''))}${
      nested.properties ? schemaHtml(nested) : ''
    }</li>`
  })
  return `<ul>${items.join('')}</ul>`
}
