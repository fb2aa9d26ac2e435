import { describe, expect, it } from 'vitest'
import { findCircles } from './circles.ts'
import { inspectHouse } from './house.ts'
import { readSource } from './imports.ts'

describe('the inspection of the house', () => {
  const DOC = '/** What it is for. */\n'
  /** Inspects files given as path -> code after the opening comment. */
  const inspect = (files: Record<string, string>) =>
    inspectHouse(
      new Map(Object.entries(files).map(([path, code]) => [path, path.endsWith('.ts') ? DOC + code : code])),
    )

  const refused: [string, string, string, string][] = [
    ['gis leaning on core', 'gis/a.ts', "import '../src/core/db.ts'", 'gis may not lean on core'],
    ['core leaning on gis', 'src/core/a.ts', "import '../../gis/crs.ts'", 'core may not lean on gis'],
    ['core leaning on http', 'src/core/a.ts', "import '../http/server.ts'", 'core may not lean on http'],
    [
      'http leaning on a room',
      'src/http/a.ts',
      "import '../domain/orgs/store.ts'",
      'http may not lean on domain',
    ],
    ['tiles leaning on core', 'tiles/a.ts', "import '../src/core/db.ts'", 'tiles may not lean on core'],
    ['the pilot leaning on tiles', 'pilot/a.ts', "import '../tiles/mvt.ts'", 'pilot may not lean on tiles'],
    [
      'a room leaning on the pilot',
      'src/domain/survey/a.ts',
      "import '../../../pilot/plan.ts'",
      'may not lean on pilot',
    ],
    [
      'the server leaning on the pilot',
      'src/main.ts',
      "import '../pilot/plan.ts'",
      'only cli and app call the pilot',
    ],
    [
      'a room leaning on the wiring',
      'src/domain/grids/a.ts',
      "import '../../config.ts'",
      'domain may not lean on entry',
    ],
    [
      'a type import upward',
      'gis/a.ts',
      "import type { Db } from '../src/core/db.ts'",
      'gis may not lean on core',
    ],
    ['a dynamic import upward', 'gis/a.ts', "await import('../src/core/db.ts')", 'gis may not lean on core'],
    [
      'an import type upward',
      'gis/a.ts',
      "let d: import('../src/core/db.ts').Db",
      'gis may not lean on core',
    ],
    [
      'a re-export upward',
      'gis/a.ts',
      "export { d } from '../src/core/db.ts'\nlet x",
      'gis may not lean on core',
    ],
    [
      'a thread upward',
      'gis/a.ts',
      "new URL('../src/core/db.ts', import.meta.url)",
      'gis may not lean on core',
    ],
    ['an import nobody can read', 'src/core/a.ts', 'await import(name)', 'imports what nobody can read'],
    ['a room up the staircase', 'src/domain/orgs/a.ts', "import '../grids/schema.ts'", 'not up to grids'],
    [
      'a room through a wall',
      'src/domain/survey/a.ts',
      "import '../atlas/near.ts'",
      'only schema, rules, store and commands',
    ],
    [
      'a room by another one’s routes',
      'src/domain/survey/a.ts',
      "import '../grids/routes.ts'",
      'only schema, rules, store',
    ],
    [
      'a store calling a command',
      'src/domain/grids/store.ts',
      "import './commands.ts'",
      'store may not lean on commands',
    ],
    [
      'a command calling a route',
      'src/domain/grids/commands.ts',
      "import './routes.ts'",
      'commands may not lean on routes',
    ],
    [
      'rules that read a store',
      'src/domain/grids/rules.ts',
      "import './store.ts'",
      'schema and rules are pure',
    ],
    [
      'rules that read the database',
      'src/domain/grids/rules.ts',
      "import '../../core/db.ts'",
      'schema and rules are pure',
    ],
    ['rules that read files', 'src/domain/grids/rules.ts', "import 'node:fs'", 'schema and rules are pure'],
    [
      'a schema with a private part',
      'src/domain/grids/schema.ts',
      "import './sorting.ts'",
      'schema and rules are pure',
    ],
    [
      'the console seeing a store',
      'src/web/a.ts',
      "import '../domain/grids/store.ts'",
      'sees only schema and rules',
    ],
    ['the console seeing core', 'src/web/a.ts', "import '../core/problem.ts'", 'web may not lean on core'],
    [
      'a Vue component seeing a store',
      'src/web/A.vue',
      vue("import '../domain/grids/store.ts'"),
      'src/web/A.vue:4 imports',
    ],
    ['a second home for pg', 'src/domain/grids/store.ts', "import pg from 'pg'", 'imports pg: its only home'],
    [
      'a second home for PGlite',
      'src/core/db-pglite.ts',
      "import '@electric-sql/pglite/live'",
      'imports @electric-sql/pglite',
    ],
    [
      'OpenLayers beside the map',
      'src/web/console/a.ts',
      "import Map from 'ol/Map.js'",
      'imports ol: its only home',
    ],
    ['files in gis', 'gis/a.ts', "import { readFile } from 'node:fs/promises'", 'gis runs in browsers too'],
    [
      'the environment in a room',
      'src/domain/grids/a.ts',
      'const a = process.env.HOME',
      'only src/config.ts does',
    ],
    ['the environment by brackets', 'src/core/a.ts', "const a = process['env']", 'only src/config.ts does'],
    [
      'the environment by import',
      'src/core/a.ts',
      "import { env } from 'node:process'",
      'only src/config.ts does',
    ],
    ['a fetch beside the api', 'src/web/map/a.ts', "await fetch('/x')", 'only src/web/api does'],
    ['a fetch of the window', 'src/web/map/a.ts', "window.fetch('/x')", 'only src/web/api does'],
    ['an event source beside the api', 'src/web/map/a.ts', "new EventSource('/x')", 'only src/web/api does'],
    ['a file named utils', 'gis/utils.ts', '', 'name a verb or a noun'],
    ['a file named grid-helpers', 'gis/grid-helpers.ts', '', 'name a verb or a noun'],
    ['a file named types', 'src/core/types.ts', '', 'name a verb or a noun'],
    ['a folder named common', 'test/fixtures/common/a.csv', '', 'name a verb or a noun'],
    ['an index', 'gis/index.ts', 'let x', 'the path is the name'],
    ['a barrel', 'gis/all.ts', "export { a } from './a.ts'", 'only passes on'],
    ['a barrel of everything', 'gis/all.ts', "export * from './a.ts'\nlet x", 'only passes on'],
    ['a folder outside the plan', 'src/services/a.ts', '', 'which the plan does not name'],
    ['a test of a folder outside the plan', 'test/services/a.ts', '', 'which the plan does not name'],
    ['a long file', 'gis/a.ts', 'let x\n'.repeat(300), 'has 301 lines'],
    [
      'a registry in the lock file',
      'package-lock.json',
      `"resolved"${':'} "https://r.example/zod.tgz"`,
      'names a package registry',
    ],
    [
      'a registry in the settings',
      '.npmrc',
      `save-exact=true\nregistry${'='}https://r.example/`,
      '.npmrc:2 names a package registry',
    ],
    ['a registry in a page', 'docs/a.md', `https://registry.${'npmjs'}.org/zod`, 'names a package registry'],
    [
      'SQL without a word',
      'migrations/000009.do.a.sql',
      'CREATE TABLE a ();',
      'does not open with what it is for',
    ],
    ['a script without a word', 'scripts/demo', '#!/bin/sh\nset -eu\n', 'does not open with what it is for'],
    [
      'a component without a word',
      'src/web/A.vue',
      '<template><p /></template>',
      'does not open with what it is for',
    ],
  ]
  it.each(refused)('finds %s', (_, path, code, words) => {
    expect(inspect({ [path]: code })).toEqual([expect.stringContaining(words)])
  })

  it('finds code without a word', () => {
    expect(inspectHouse(new Map([['gis/a.ts', 'let x\n']]))).toEqual([
      'gis/a.ts:1 does not open with what it is for (/**)',
    ])
  })

  it('finds circles, type imports and threads included', () => {
    const circle = inspect({
      'gis/a.ts': "import type { B } from './b.ts'",
      'gis/b.ts': "new URL('./c.ts', import.meta.url)",
      'gis/c.ts': "export { a } from './a.ts'\nlet x",
      'gis/d.ts': "import './a.ts'",
    })
    expect(circle).toEqual(['gis/a.ts:1 is in a circle: gis/a.ts -> gis/b.ts -> gis/c.ts'])
  })

  const allowed: [string, string, string][] = [
    ['tiles leaning on gis', 'tiles/a.ts', "import '../gis/mercator.ts'"],
    ['the pilot leaning on gis', 'pilot/a.ts', "import '../gis/crs.ts'"],
    [
      'a room leaning on every ground floor',
      'src/domain/atlas/a.ts',
      "import '../../core/db.ts'\nimport '../../../tiles/mvt.ts'",
    ],
    ['a room down the staircase by its doors', 'src/domain/survey/a.ts', "import '../registry/commands.ts'"],
    ['readers within the survey', 'src/domain/survey/a.ts', "import './readers/zip.ts'"],
    ['a room’s own private parts', 'src/domain/atlas/store.ts', "import './near.ts'"],
    ['a split-off store by its door', 'src/domain/survey/a.ts', "import '../registry/store-batches.ts'"],
    [
      'routes calling everything inside',
      'src/domain/grids/routes.ts',
      "import './commands.ts'\nimport './store.ts'",
    ],
    [
      'rules with zod, gis and lower rules',
      'src/domain/grids/rules.ts',
      "import 'zod'\nimport '../orgs/rules.ts'\nimport '../../../gis/crs.ts'",
    ],
    ['the console seeing a schema', 'src/web/a.ts', "import type { Grid } from '../domain/grids/schema.ts'"],
    ['the console seeing findings', 'src/web/a.ts', "import '../domain/survey/findings.ts'"],
    ['the command line calling the pilot', 'src/cli.ts', "import '../pilot/plan.ts'"],
    ['pg at home', 'src/core/db-pg.ts', "import pg from 'pg'"],
    ['OpenLayers in the map', 'src/web/map/a.ts', "import Map from 'ol/Map.js'"],
    ['the environment in the configuration', 'src/config.ts', 'const a = process.env.HOME'],
    ['the environment in a script', 'scripts/bench.ts', 'const a = process.env.HOME'],
    ['a fetch in the api', 'src/web/api/a.ts', "await fetch('/x')"],
    ['a method named fetch', 'src/web/map/a.ts', 'store.fetch()'],
    [
      'words about an import',
      'gis/a.ts',
      "// import '../src/core/db.ts'\nconst s = \"import '../src/core/db.ts'\"",
    ],
    ['a script that starts what it lists', 'scripts/bench.ts', 'await import(name)'],
    ['a file named typeset', 'gis/typeset.ts', ''],
    ['a test that mirrors the tree', 'test/domain/survey/readers/a.test.ts', "import pg from 'pg'"],
    ['300 lines', 'gis/a.ts', 'let x\n'.repeat(299)],
    ['a long dictionary', 'src/web/i18n/zh.ts', 'let x\n'.repeat(500)],
  ]
  it.each(allowed)('lets be %s', (_, path, code) => {
    expect(inspect({ [path]: code })).toEqual([])
  })

  it('reads both script blocks of a component, on their lines', () => {
    const component =
      '<!-- c -->\n<script lang="ts">\nimport "a"\n</script>\n<script setup lang="ts">\nimport "b"\n</script>\n<template>import "c"</template>\n'
    expect(readSource('a.vue', component).imports).toEqual([
      { target: 'a', line: 3 },
      { target: 'b', line: 6 },
    ])
  })

  it('sees two circles apart, and none in a diamond', () => {
    const diamond = { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }
    expect(findCircles(new Map(Object.entries(diamond)))).toEqual([])
    const two = { a: ['b'], b: ['a', 'c'], c: ['d'], d: ['c'], e: ['e'] }
    expect(findCircles(new Map(Object.entries(two)))).toEqual([['c', 'd'], ['a', 'b'], ['e']])
  })
})

function vue(code: string): string {
  return `<!-- What it is for. -->\n<template><p /></template>\n<script setup lang="ts">\n${code}\n</script>\n`
}
