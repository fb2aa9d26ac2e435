/**
 * Well-known text of coordinate reference systems as a tree, the common shape of WKT1 (OGC, ESRI .prj),
 * WKT2 (ISO 19162) and PROJJSON. Knows brackets and quotes, nothing of their meaning.
 *
 *   PROJCS["name",GEOGCS["n",DATUM[...]],UNIT["Meter",1.0]]
 *   -> { keyword: PROJCS, values: [name], nodes: [{ keyword: GEOGCS ... }, { keyword: UNIT, values: [Meter, 1] }] }
 */
export interface WktNode {
  /** Upper case. */
  keyword: string
  /** Strings, numbers and bare words in order. */
  values: (string | number)[]
  nodes: WktNode[]
}

const MOST_DEPTH = 32
const TOKEN = /\s*(?:"((?:[^"]|"")*)"|([A-Za-z_]\w*)|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|([[\](),]))/y

/** The tree of a text, or null when it is no well-known text. */
export function parseWkt(text: string): WktNode | null {
  const tokens = tokensOf(text)
  if (tokens === null) return null
  let at = 0

  function node(depth: number): WktNode | null {
    const keyword = tokens![at++]
    const open = tokens![at++]
    if (keyword?.kind !== 'word' || open?.kind !== 'mark' || !'[('.includes(open.text) || depth > MOST_DEPTH)
      return null
    const found: WktNode = { keyword: keyword.text.toUpperCase(), values: [], nodes: [] }
    for (;;) {
      const token = tokens![at]
      const next = tokens![at + 1]
      if (token === undefined) return null
      if (token.kind === 'mark') {
        at++
        if (token.text === ',') continue
        return '])'.includes(token.text) ? found : null
      }
      if (token.kind === 'word' && next?.kind === 'mark' && '[('.includes(next.text)) {
        const child = node(depth + 1)
        if (child === null) return null
        found.nodes.push(child)
      } else {
        at++
        found.values.push(token.kind === 'number' ? Number(token.text) : token.text)
      }
    }
  }

  const root = node(0)
  return at === tokens.length ? root : null
}

interface Token {
  kind: 'text' | 'word' | 'number' | 'mark'
  text: string
}

function tokensOf(text: string): Token[] | null {
  const tokens: Token[] = []
  const trimmed = text.trim()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed)
    if (match === null) return null
    const [, quoted, word, number, mark] = match
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replaceAll('""', '"') })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number })
    else tokens.push({ kind: 'mark', text: mark! })
  }
  return tokens
}

/** The first child with one of the keywords. */
export function childOf(node: WktNode | null, ...keywords: string[]): WktNode | null {
  return node?.nodes.find(child => keywords.includes(child.keyword)) ?? null
}

/** The name a node begins with, or an empty string. */
export function nameOf(node: WktNode | null): string {
  const name = node?.values[0]
  return typeof name === 'string' ? name : ''
}

/** The n-th value when it is a number. */
export function numberOf(node: WktNode | null, n: number): number | null {
  const value = node?.values[n]
  return typeof value === 'number' ? value : null
}
