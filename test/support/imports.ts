/**
 * Reads from a source file, by TypeScript's parser, what the rules of the house are about: imports of
 * every sort, reads of the environment, calls to the network, and whether it only passes others on.
 *
 *   text of .ts or .vue -> syntax tree -> Reading
 */
import ts from 'typescript'

export interface Import {
  /** As written: './store.ts', 'zod', 'node:fs'; null when it is computed. */
  target: string | null
  line: number
}

export interface Reading {
  imports: Import[]
  /** Lines with `process.env`. */
  environment: number[]
  /** Lines that open a connection: fetch, XMLHttpRequest, EventSource, WebSocket, sendBeacon. */
  network: number[]
  /** Nothing in it but `export ... from`, or an `export *`. */
  barrel: boolean
}

const CONNECTIONS = new Set(['XMLHttpRequest', 'EventSource', 'WebSocket', 'WebTransport'])

export function readSource(path: string, text: string): Reading {
  const source = path.endsWith('.vue') ? scriptOf(text) : text
  const tree = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS)
  const reading: Reading = { imports: [], environment: [], network: [], barrel: isBarrel(tree) }
  const lineOf = (node: ts.Node) => tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1

  const visit = (node: ts.Node): void => {
    const target = importedBy(node)
    if (target !== undefined) reading.imports.push({ target, line: lineOf(node) })
    if (readsEnvironment(node)) reading.environment.push(lineOf(node))
    if (connects(node)) reading.network.push(lineOf(node))
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return reading
}

/** The script blocks of a component, on their own lines. */
function scriptOf(component: string): string {
  const blank = (text: string) => text.replace(/[^\n]/g, '')
  let script = ''
  let end = 0
  for (const block of component.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)) {
    const start = block.index + block[0].indexOf('>') + 1
    script += blank(component.slice(end, start)) + block[1]
    end = start + block[1]!.length
  }
  return script
}

/** What a node imports: null when that is computed, undefined when it imports nothing. */
function importedBy(node: ts.Node): string | null | undefined {
  if (ts.isImportDeclaration(node)) return literal(node.moduleSpecifier)
  if (ts.isExportDeclaration(node)) return node.moduleSpecifier && literal(node.moduleSpecifier)
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : null
  if (ts.isExternalModuleReference(node)) return literal(node.expression)
  if (ts.isCallExpression(node)) {
    const called = node.expression
    const isImport = called.kind === ts.SyntaxKind.ImportKeyword || isNamed(called, 'require')
    return isImport ? literal(node.arguments[0]) : undefined
  }
  if (ts.isNewExpression(node) && isNamed(node.expression, 'URL') && node.arguments?.length === 2) {
    // a thread's or a child's entry: new URL('./worker.ts', import.meta.url)
    const file = literal(node.arguments[0])
    return file !== null && /\.(ts|js|vue)$/.test(file) ? file : undefined
  }
  return undefined
}

const literal = (node: ts.Node | undefined): string | null =>
  node && ts.isStringLiteralLike(node) ? node.text : null

const isNamed = (node: ts.Node, name: string): boolean => ts.isIdentifier(node) && node.text === name

function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node))
    return node.name.text === 'env' && isNamed(node.expression, 'process')
  if (ts.isElementAccessExpression(node))
    return isNamed(node.expression, 'process') && literal(node.argumentExpression) === 'env'
  if (ts.isImportDeclaration(node) && /^(node:)?process$/.test(literal(node.moduleSpecifier) ?? '')) {
    const names = node.importClause?.namedBindings
    return (
      !!names &&
      ts.isNamedImports(names) &&
      names.elements.some(e => (e.propertyName ?? e.name).text === 'env')
    )
  }
  return false
}

function connects(node: ts.Node): boolean {
  if (ts.isNewExpression(node))
    return ts.isIdentifier(node.expression) && CONNECTIONS.has(node.expression.text)
  if (!ts.isCallExpression(node)) return false
  const called = node.expression
  if (isNamed(called, 'fetch')) return true
  if (!ts.isPropertyAccessExpression(called)) return false
  const global = ['window', 'globalThis', 'self'].some(name => isNamed(called.expression, name))
  return (global && called.name.text === 'fetch') || called.name.text === 'sendBeacon'
}

function isBarrel(tree: ts.SourceFile): boolean {
  const passedOn = tree.statements.filter(s => ts.isExportDeclaration(s) && s.moduleSpecifier !== undefined)
  const everything = passedOn.some(s => ts.isExportDeclaration(s) && s.exportClause === undefined)
  return everything || (passedOn.length > 0 && passedOn.length === tree.statements.length)
}
