/**
 * The plan of the house as tables: its folders, its floors and who may lean on whom, the staircase of the
 * rooms and their doors, and the few exceptions with their reasons. house.ts holds the code to it.
 */

/** Every folder and what belongs in it. Tests mirror the tree below test/. */
export const folders: Record<string, string> = {
  '.ci': 'what runs on every change',
  docs: 'guides, and pictures made by a script',
  'docs/findings': 'one page per finding, made by a script',
  'docs/pictures': 'screenshots the guides show',
  gis: 'pure functions on coordinates',
  tiles: 'columns in, vector tile bytes out',
  pilot: 'the fictional district of the demo, as delivery files',
  'pilot/ground': 'its streets, waters, blocks and grids',
  'pilot/components': 'what stands along them',
  'pilot/profiles': 'mapping profiles of its files',
  migrations: 'numbered SQL',
  scripts: 'thin entries',
  'scripts/bench': 'one measurement against a peer per file',
  'scripts/soak': 'one long run per file',
  src: 'entries and wiring',
  'src/cli': 'one subcommand per file',
  'src/core': 'the machine room',
  'src/http': 'the way requests come in',
  'src/domain/orgs': 'units, persons, accounts',
  'src/domain/evidence': 'photos taken as evidence',
  'src/domain/catalog': 'classes and codes',
  'src/domain/grids': 'the levels of the grid',
  'src/domain/places': 'addresses and names',
  'src/domain/registry': 'components and where they belong',
  'src/domain/atlas': 'the read model in memory',
  'src/domain/survey': 'deliveries',
  'src/domain/survey/readers': 'one file format per file',
  'src/domain/survey/photos': 'pictures of components, and where they lie',
  'src/domain/survey/acceptance': 'what a supervisor finds on the ground, and what is settled',
  'src/domain/survey/own-workbook': 'a workbook sent back as it came, marked',
  'src/domain/survey/checks': 'one check of many rows per file',
  'src/domain/upkeep': 'single components changed by request, plates, new works',
  'src/domain/ownership': 'who answers for a component',
  'src/domain/claims': 'ground nobody covers',
  'src/domain/cases': 'what was reported and what became of it',
  'src/domain/assessment': 'clocks and indicators',
  'src/domain/publish': 'what leaves the house',
  'src/web': 'the console: entry, routes, colours',
  'src/web/api': 'its only way to the server',
  'src/web/map': 'its only way to OpenLayers',
  'src/web/stores': 'flat state',
  'src/web/parts': 'small pieces every screen is made of',
  'src/web/i18n': 'its words',
  'src/web/public': 'files served as they are',
  'src/web/console': 'the screens of the office',
  'src/web/wall': 'the screens read from ten metres',
  'src/web/phone': 'the screens read in the sun',
  test: 'the house test; below it the tree again',
  'test/support': 'what several tests stand on',
  'test/fixtures': 'input files and what they must give',
}

export const floors = [
  'gis',
  'tiles',
  'pilot',
  'core',
  'http',
  'domain',
  'web',
  'entry',
  'scripts',
  'test',
  'tooling',
] as const
export type Floor = (typeof floors)[number]

/** Which floors a floor may lean on, besides itself. */
export const mayImport: Record<Floor, readonly Floor[]> = {
  gis: [],
  tiles: ['gis'],
  pilot: ['gis'],
  core: [],
  http: ['core'],
  domain: ['http', 'core', 'tiles', 'gis'],
  // of the domain only what `seenByWeb` says
  web: ['gis', 'domain'],
  // of the pilot only what `pilotGuests` says
  entry: ['domain', 'http', 'core', 'tiles', 'gis', 'pilot'],
  scripts: ['entry', 'domain', 'http', 'core', 'tiles', 'gis', 'pilot'],
  test: ['scripts', 'entry', 'web', 'domain', 'http', 'core', 'tiles', 'gis', 'pilot'],
  tooling: [],
}

/** Entries that may import the pilot; scripts and tests may too. */
export const pilotGuests = /^src\/(cli|app)\.ts$|^src\/cli\//

/** The staircase: a room imports only rooms before it. */
export const staircase = [
  'orgs',
  'evidence',
  'catalog',
  'grids',
  'places',
  'registry',
  'atlas',
  'survey',
  'upkeep',
  'ownership',
  'claims',
  'cases',
  'assessment',
  'publish',
] as const

/** What a file of a room is, lowest first: it may import only its own kind and those before it. */
export const kinds = ['schema', 'rules', 'store', 'commands', 'routes'] as const
export type Kind = (typeof kinds)[number]

/** Kinds another room may import, and kinds the console may. */
export const doors: readonly Kind[] = ['schema', 'rules', 'store', 'commands']
export const seenByWeb: readonly Kind[] = ['schema', 'rules']

/** Files that outgrew schema, rules, store or commands and were split off: they keep the kind they came from. */
export const splitOff: Record<string, Kind> = {
  'src/domain/catalog/codes.ts': 'rules',
  'src/domain/atlas/answers.ts': 'schema',
  'src/domain/atlas/tile-routes.ts': 'routes',
  'src/domain/catalog/cjt214.ts': 'rules',
  'src/domain/catalog/search-words.ts': 'rules',
  'src/domain/grids/checks.ts': 'commands',
  'src/domain/grids/comparing.ts': 'commands',
  'src/domain/orgs/attempts.ts': 'rules',
  'src/domain/orgs/units.ts': 'rules',
  'src/domain/orgs/districts.ts': 'store',
  'src/domain/orgs/load-units.ts': 'commands',
  'src/domain/orgs/firm-schema.ts': 'schema',
  'src/domain/orgs/firms.ts': 'store',
  'src/domain/orgs/firm-changes.ts': 'commands',
  'src/domain/orgs/firm-routes.ts': 'routes',
  'src/domain/places/kinds.ts': 'schema',
  'src/domain/places/text-index.ts': 'rules',
  'src/domain/registry/closing.ts': 'commands',
  'src/domain/registry/comparing.ts': 'store',
  'src/domain/registry/lineage.ts': 'store',
  'src/domain/registry/parts.ts': 'store',
  'src/domain/registry/placements.ts': 'store',
  'src/domain/registry/placing.ts': 'commands',
  'src/domain/registry/placing-anew.ts': 'commands',
  'src/domain/registry/ranges.ts': 'store',
  'src/domain/registry/removals.ts': 'commands',
  'src/domain/registry/retired.ts': 'store',
  'src/domain/registry/small-batch.ts': 'commands',
  'src/domain/registry/restoring.ts': 'commands',
  'src/domain/survey/acceptance/answers.ts': 'schema',
  'src/domain/survey/acceptance/deviation.ts': 'rules',
  'src/domain/survey/acceptance/rules.ts': 'rules',
  'src/domain/survey/acceptance/sampling.ts': 'rules',
  'src/domain/survey/acceptance/schema.ts': 'schema',
  'src/domain/survey/acceptance/settlement.ts': 'rules',
  'src/domain/survey/acceptance/store.ts': 'store',
  'src/domain/survey/answers.ts': 'schema',
  'src/domain/upkeep/handover-schema.ts': 'schema',
  'src/domain/upkeep/handover-store.ts': 'store',
  'src/domain/upkeep/plate-schema.ts': 'schema',
  'src/domain/survey/changes.ts': 'store',
  'src/domain/survey/check-rules.ts': 'schema',
  'src/domain/survey/checks/near.ts': 'commands',
  'src/domain/survey/checks/stated-grid.ts': 'commands',
  'src/domain/survey/component.ts': 'commands',
  'src/domain/survey/component-context.ts': 'commands',
  'src/domain/survey/rule-versions.ts': 'commands',
  'src/domain/survey/seen-keys.ts': 'commands',
  'src/domain/survey/deciding.ts': 'commands',
  'src/domain/registry/serials.ts': 'store',
  'src/domain/registry/version-changes.ts': 'store',
  'src/domain/survey/allotments.ts': 'store',
  'src/domain/survey/allotting.ts': 'commands',
  'src/domain/survey/announcing.ts': 'commands',
  'src/domain/survey/code-ranges.ts': 'rules',
  'src/domain/survey/code-routes.ts': 'routes',
  'src/domain/survey/code-schema.ts': 'schema',
  'src/domain/survey/commission.ts': 'rules',
  'src/domain/survey/commissioning.ts': 'commands',
  'src/domain/survey/crs-masking.ts': 'rules',
  'src/domain/survey/crs-routes.ts': 'routes',
  'src/domain/survey/package-routes.ts': 'routes',
  'src/domain/survey/package-schema.ts': 'schema',
  'src/domain/survey/package-state.ts': 'rules',
  'src/domain/survey/packages.ts': 'store',
  'src/domain/survey/profile-routes.ts': 'routes',
  'src/domain/survey/report-routes.ts': 'routes',
  'src/domain/survey/template-columns.ts': 'rules',
  'src/domain/survey/template-routes.ts': 'routes',
  'src/domain/survey/upload-routes.ts': 'routes',
  'src/domain/survey/requirable.ts': 'schema',
  'src/domain/survey/rule-routes.ts': 'routes',
  'src/domain/survey/version-routes.ts': 'routes',
  'src/domain/survey/finding-answers.ts': 'schema',
  'src/domain/survey/finding-guide.ts': 'schema',
  'src/domain/survey/finding-routes.ts': 'routes',
  'src/domain/survey/finding-titles.ts': 'schema',
  'src/domain/survey/finding-words.ts': 'schema',
  'src/domain/survey/findings.ts': 'schema',
}

/** What schema and rules may stand on beside themselves and gis. */
export const pureCore = /^src\/core\/(problem|clock)\.ts$/
export const purePackages = /^(zod|geojson)$/

/** Packages with one place each. */
export const homes: readonly { package: RegExp; home: RegExp }[] = [
  { package: /^pg$|^pg-copy-streams$/, home: /^src\/core\/db-pg\.ts$/ },
  { package: /^@electric-sql\//, home: /^src\/core\/db-pglite-worker\.ts$/ },
  { package: /^ol$/, home: /^src\/web\/map\// },
]

export const MOST_LINES = 300
/** Longer files, each with its reason. Code is split along verbs or nouns instead. */
export const longFiles: readonly { file: RegExp; reason: string }[] = [
  { file: /^test\/.*\.(db|http|browser)\.test\.ts$/, reason: 'one suite over one costly opening' },
  { file: /^src\/core\/problem\.ts$/, reason: 'the registry of problems' },
  { file: /^src\/web\/i18n\/(zh|en)\.ts$/, reason: 'a dictionary of the console' },
  { file: /^src\/domain\/catalog\/cjt214\.ts$/, reason: 'the dictionary of classes' },
]
