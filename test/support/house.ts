/**
 * Holds files to the plan of the house (plan.ts) and names what breaks it.
 *
 *   path -> text  ->  sentences, one per violation, each opening with file:line
 */
import { posix } from 'node:path'
import { findCircles } from './circles.ts'
import { readSource } from './imports.ts'
import {
  doors,
  type Floor,
  floors,
  folders,
  homes,
  type Kind,
  kinds,
  longFiles,
  MOST_LINES,
  mayImport,
  pilotGuests,
  pureCore,
  purePackages,
  seenByWeb,
  splitOff,
  staircase,
} from './plan.ts'

/** @param files path from the root of the repository -> text */
export function inspectHouse(files: ReadonlyMap<string, string>): string[] {
  const found: string[] = []
  const arrows = new Map<string, string[]>()
  for (const [path, text] of files) {
    found.push(...inspectPath(path), ...inspectText(path, text))
    if (!/\.(ts|vue)$/.test(path)) continue
    const reading = readSource(path, text)
    const targets: string[] = []
    for (const { target, line } of reading.imports) {
      if (target === null) {
        if (floorOf(path) !== 'scripts')
          found.push(`${path}:${line} imports what nobody can read here: name it`)
        continue
      }
      const inside = target.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), target)) : null
      const wrong = inside === null ? wrongPackage(path, target) : wrongArrow(path, inside)
      if (wrong) found.push(`${path}:${line} ${wrong}`)
      if (inside !== null && files.has(inside)) targets.push(inside)
    }
    arrows.set(path, targets)
    if (reading.barrel) found.push(`${path}:1 only passes on what other files export`)
    if (
      ['gis', 'tiles', 'pilot', 'core', 'http', 'domain', 'web', 'entry'].includes(floorOf(path)) &&
      path !== 'src/config.ts'
    )
      for (const line of reading.environment)
        found.push(`${path}:${line} reads process.env: only src/config.ts does`)
    if (floorOf(path) === 'web' && !path.startsWith('src/web/api/'))
      for (const line of reading.network)
        found.push(`${path}:${line} talks to the network: only src/web/api does`)
  }
  for (const circle of findCircles(arrows))
    found.push(`${circle[0]}:1 is in a circle: ${circle.join(' -> ')}`)
  return found
}

function floorOf(path: string): Floor {
  if (!path.includes('/')) return 'tooling'
  const [first, second] = path.split('/') as [string, string]
  const name = first !== 'src' ? first : ['core', 'http', 'domain', 'web'].includes(second) ? second : 'entry'
  return (floors as readonly string[]).includes(name) ? (name as Floor) : 'tooling'
}

const roomOf = (path: string): string | null => /^src\/domain\/([^/]+)\//.exec(path)?.[1] ?? null

/** store.ts, store/batches.ts and store-batches.ts are all of the kind `store`. */
function kindOf(path: string): Kind | null {
  if (splitOff[path]) return splitOff[path]
  const stem = /^src\/domain\/[^/]+\/([a-z]+)(?:-[a-z-]+)?(?:\.ts|\/)/.exec(path)?.[1]
  return kinds.find(kind => kind === stem) ?? null
}

function wrongArrow(from: string, to: string): string | null {
  const [floor, below] = [floorOf(from), floorOf(to)]
  if (floor !== below && !mayImport[floor].includes(below))
    return `imports ${to}: ${floor} may not lean on ${below}`
  if (below === 'pilot' && floor === 'entry' && !pilotGuests.test(from))
    return `imports ${to}: only cli and app call the pilot`
  const kind = kindOf(to)
  if (floor === 'web' && below === 'domain' && !(kind && seenByWeb.includes(kind)))
    return `imports ${to}: of a room the console sees only schema and rules`
  if (floor === 'domain' && ['schema', 'rules'].includes(kindOf(from) ?? '')) {
    const pure = below === 'gis' || pureCore.test(to) || kind === 'schema' || kind === 'rules'
    if (!pure) return `imports ${to}: schema and rules are pure`
  }
  if (floor === 'domain' && below === 'domain') return wrongStep(from, to)
  return null
}

function wrongStep(from: string, to: string): string | null {
  const [room, other] = [roomOf(from), roomOf(to)]
  const [kind, reached] = [kindOf(from), kindOf(to)]
  const height = (name: string | null) => (staircase as readonly (string | null)[]).indexOf(name)
  if (room !== other) {
    if (height(room) < height(other))
      return `imports ${to}: the staircase leads from ${room} downward, not up to ${other}`
    if (!reached || !doors.includes(reached))
      return `imports ${to}: of another room only schema, rules, store and commands`
    return null
  }
  if (kind && reached && kinds.indexOf(kind) < kinds.indexOf(reached))
    return `imports ${to}: ${kind} may not lean on ${reached}`
  return null
}

function wrongPackage(from: string, target: string): string | null {
  const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : target.split('/')[0]!
  const floor = floorOf(from)
  if (floor === 'test' || floor === 'tooling') return null
  const home = homes.find(home => home.package.test(name))
  if (home && !home.home.test(from))
    return `imports ${name}: its only home is ${home.home.source.replaceAll(/[\\^$]/g, '')}`
  if (['gis', 'tiles', 'web'].includes(floor) && name.startsWith('node:'))
    return `imports ${name}: ${floor} runs in browsers too`
  if (['schema', 'rules'].includes(kindOf(from) ?? '') && !purePackages.test(name))
    return `imports ${name}: schema and rules are pure`
  return null
}

function inspectPath(path: string): string[] {
  const found: string[] = []
  const parts = path.split('/')
  const stem = parts.at(-1)!.split('.')[0]!
  for (const name of [...parts.slice(0, -1), stem])
    if (/^(.*-)?(utils?|helpers?|common|types|misc)$/.test(name))
      found.push(`${path}:1 is named "${name}": name a verb or a noun`)
  if (/^index\.(ts|js|mjs|vue)$/.test(parts.at(-1)!))
    found.push(`${path}:1 is an index: the path is the name`)
  const folder = parts.slice(0, -1).join('/')
  if (folder !== '' && !isPlanned(folder))
    found.push(`${path}:1 is in ${folder}, which the plan does not name`)
  return found
}

/** Below test/ the tree is there again; fixtures have whatever shape they need. */
function isPlanned(folder: string): boolean {
  if (folders[folder]) return true
  if (folder.startsWith('test/fixtures/')) return true
  const mirrored = /^test\/(.*)$/.exec(folder)?.[1]
  if (mirrored === undefined) return false
  return Object.keys(folders).some(known =>
    [mirrored, `src/${mirrored}`].some(m => known === m || known.startsWith(`${m}/`)),
  )
}

const OPENINGS: readonly { file: RegExp; opening: RegExp; say: string }[] = [
  { file: /\.ts$/, opening: /^(#!.*\n)?\/\*\*/, say: '/**' },
  { file: /\.vue$/, opening: /^\s*<!--|^\s*<script[^>]*>\s*\/\*\*/, say: '<!-- or /**' },
  { file: /\.css$/, opening: /^\/\*/, say: '/*' },
  { file: /\.sql$/, opening: /^--/, say: '--' },
  { file: /^(scripts|\.ci)\/[^.]+$/, opening: /^#!.*\n# /, say: '#' },
]

function inspectText(path: string, text: string): string[] {
  const found: string[] = []
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  const isCode = OPENINGS.some(o => o.file.test(path))
  if (isCode && lines > MOST_LINES && !longFiles.some(long => long.file.test(path)))
    found.push(`${path}:${MOST_LINES + 1} has ${lines} lines: split it along verbs or nouns`)
  const opening = OPENINGS.find(o => o.file.test(path))
  // the names of the tests say what a test file is for
  if (opening && !/\.test\.ts$/.test(path) && !opening.opening.test(text))
    found.push(`${path}:1 does not open with what it is for (${opening.say})`)
  const registry =
    /registry\.(npmjs|yarnpkg|npmmirror)\.|npm\.taobao\.|"resolved": "https?:|^\s*registry\s*=/m.exec(text)
  if (registry)
    found.push(`${path}:${text.slice(0, registry.index).split('\n').length} names a package registry`)
  return found
}
