#!/usr/bin/env node
/**
 * The command line. Every subcommand says what it does with --help, prints for people or with --json for
 * programs, and exits 0 only when all went well.
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { Refusal, withHouse } from './cli/house.ts'
import { loadDelivery, type ShownDelivery, sendDelivery, wentWell } from './cli/load.ts'
import { deliveryLines, figures, type ShownFinding } from './cli/report.ts'
import { ConfigError, readConfig, terminalLanguage } from './config.ts'
import { Problem } from './core/problem.ts'

const lang = terminalLanguage()
const say = (line: string) => process.stdout.write(`${line}\n`)

const program = new Command('wangge')
  .description('Wangge (网格): whose is this piece of the city, with proof, at once.')
  .version('0.1.0')
  .showHelpAfterError()
  .addHelpText(
    'after',
    `
Environment:
  PORT (8080), HOST (127.0.0.1)   where the console is served
  DATABASE_URL                    postgres://... ; absent = the embedded engine under DATA_DIR
  DATA_DIR (./data)               files, the embedded database, the socket of the command line
  TLS_CERT, TLS_KEY               PEM files; phones need TLS
  BOOTSTRAP_TOKEN                 a bearer token (32 characters or more) for scripted set-up
Commands work beside a running server (through its socket) and without one.`,
  )

const json = () => new Option('--json', 'print one JSON document')
const district = () => new Option('--district <code>', 'GB/T 2260 code; needed where there are several')
const whole = (text: string): number => {
  const n = Number(text)
  if (!Number.isSafeInteger(n) || n < 0) throw new InvalidArgumentError('not a whole number')
  return n
}
const degrees = (text: string): number => {
  const n = Number(text)
  if (text.trim() === '' || !Number.isFinite(n)) throw new InvalidArgumentError('not a number of degrees')
  return n
}

program
  .command('serve')
  .description('serve the console, the API and the tiles until stopped')
  .action(async () => {
    const { serve } = await import('./main.ts')
    await serve(readConfig(), address => void say(`Wangge at ${address}`))
  })

program
  .command('demo')
  .description('make a fictional pilot district, load it, and serve it; a second start reuses what is there')
  .option('--components <n>', 'how many components, up to 15,000,000', whole, 231_000)
  .option('--unclaimed <n>', 'pieces of ground that belong to nobody', whole, 0)
  .option('--legacy-nets <n>', 'departmental nets beside the one net', whole, 0)
  .option('--seed <n>', 'another district; the same seed gives the same files', whole)
  .option('--prepare-only', 'make and load, then stop')
  .action(async options => {
    const config = readConfig()
    const { prepareDemo } = await import('./cli/demo.ts')
    const wish = { dataDir: config.dataDir, ...options }
    if (options.prepareOnly) {
      const [{ openApp }, { openLog }] = await Promise.all([import('./app.ts'), import('./core/log.ts')])
      const app = await openApp(config, openLog('warn'))
      await prepareDemo(app, wish, say).finally(() => app.stop())
      return
    }
    const { serve } = await import('./main.ts')
    await serve(
      { ...config, logLevel: config.logLevel === 'info' ? 'warn' : config.logLevel },
      async (address, app) => {
        await prepareDemo(app, wish, say)
        say(`Wangge at ${address}  (演示数据, stop with Ctrl-C)`)
      },
    )
  })

program
  .command('pilot')
  .description('generate the fictional pilot district as delivery files')
  .argument('<dir>', 'where to write them')
  .option('--components <n>', 'how many components, up to 15,000,000', whole, 231_000)
  .option('--unclaimed <n>', 'pieces of ground that belong to nobody', whole, 0)
  .option('--legacy-nets <n>', 'departmental nets', whole, 0)
  .option('--seed <n>', 'another district', whole)
  .option('--no-defects', 'a clean delivery')
  .addOption(json())
  .action(async (dir: string, options) => {
    const { generatePilot } = await import('../pilot/generate.ts')
    const manifest = await generatePilot(dir, options)
    say(options.json ? JSON.stringify(manifest) : `wrote ${figures(options.components)} components to ${dir}`)
  })

const load = program
  .command('load')
  .description('load a delivery: shapefile (zip or loose), GeoJSON, GeoJSONSeq, CSV; grids also TopoJSON')
const kinds = {
  grids: 'the district polygon (level 0) and the three levels of grids',
  components: 'components: points, lines and polygons',
  addresses: 'addresses',
  places: 'streets, waters, blocks and points of interest',
  units: 'the unit directory (CSV)',
  classes: 'classes that extend the district’s dictionary (CSV)',
} as const
for (const [kind, about] of Object.entries(kinds)) {
  const command = load
    .command(kind)
    .description(`load ${about}`)
    .argument('<files...>', 'files; a .shp brings the files beside it')
    .addOption(district())
    .option('--profile <file>', 'mapping profile (YAML or JSON); guessed where absent, see: wangge guess')
    .option('--name <text>', 'name of the delivery')
    .option('--contractor <text>', 'who surveyed')
    .addOption(json())
  if (kind === 'grids') {
    command
      .option('--district-name <text>', 'make the district under this name when it is not there')
      .option('--demo', 'mark the new district as demo data')
      .option('--fix', 'repair invalid polygons, and say so')
      .option('--partial', 'take what is right although some is refused')
      .option('--replace', 'grids of the delivered levels that are not in the files end')
  }
  command.action(async (files: string[], options) => {
    await withHouse(async client => {
      if (options.districtName && options.district) {
        await client.post('/api/districts', {
          code: options.district,
          name: options.districtName,
          demo: options.demo ?? false,
          ifMissing: true,
        })
      }
      const { fix, partial, replace } = options
      const { delivery, samples } = await loadDelivery(client, {
        ...options,
        kind: kind as keyof typeof kinds,
        files,
        options: {
          ...(fix ? { fix } : {}),
          ...(partial ? { partial } : {}),
          ...(replace ? { replace } : {}),
        },
      })
      if (options.json) say(JSON.stringify(delivery))
      else for (const line of deliveryLines(delivery, samples)) say(line)
      if (!wentWell(delivery)) process.exitCode = 2
    })
  })
}

program
  .command('guess')
  .description('look into files and print the mapping profile one would write; nothing is loaded')
  .argument('<kind>', Object.keys(kinds).join(', '))
  .argument('<files...>', 'files')
  .addOption(district())
  .option('--profile <file>', 'look with this profile instead of guessing')
  .addOption(json())
  .action(async (kind: keyof typeof kinds, files: string[], options) => {
    await withHouse(async client => {
      const sent = await sendDelivery(client, { ...options, kind, files, options: {} })
      const seen = await client.post<
        Record<string, unknown> & {
          profile: unknown
          layers: {
            file: string
            rowCount: number | null
            encoding: { name: string; decidedBy: string }
            crs: unknown
            fields: { name: string }[]
          }[]
          findings: ShownFinding[]
        }
      >(`/api/deliveries/${sent.id}/guess`)
      await client.post(`/api/deliveries/${sent.id}/cancel`)
      if (options.json) return say(JSON.stringify(seen))
      const { stringify } = await import('yaml')
      for (const layer of seen.layers) {
        say(
          `# ${layer.file}: ${layer.rowCount ?? '?'} rows, ${layer.encoding.name} (${layer.encoding.decidedBy}), ${layer.fields.map(field => field.name).join(', ')}`,
        )
      }
      for (const finding of seen.findings) say(`# ${finding.code}: ${finding.message}`)
      say(stringify(seen.profile).trimEnd())
      if (seen.findings.some(finding => finding.severity === 'error')) process.exitCode = 2
    })
  })

program
  .command('where')
  .description('area, village and town of a position, or gap, overlap, outside')
  .argument('<lon>', 'longitude in degrees', degrees)
  .argument('<lat>', 'latitude in degrees', degrees)
  .addOption(district())
  .addOption(json())
  .addHelpText('after', '\nA negative longitude goes behind --, e.g. wangge where -- -71.1 42.37')
  .action(async (lon: number, lat: number, options) => {
    await withHouse(async client => {
      const query = new URLSearchParams({
        lon: String(lon),
        lat: String(lat),
        ...(options.district ? { district: options.district } : {}),
      })
      const answer = await client.get<{
        areas: { level: number; code: string; name: string }[]
        verdict: string
      }>(`/api/where?${query}`)
      if (options.json) return say(JSON.stringify(answer))
      say(answer.verdict)
      for (const area of answer.areas) say(`  ${area.level}  ${area.code}  ${area.name}`)
    })
  })

program
  .command('deliveries')
  .description('list deliveries, newest first')
  .addOption(district())
  .addOption(json())
  .action(async options => {
    await withHouse(async client => {
      const { items } = await client.get<{ items: ShownDelivery[] }>(
        `/api/deliveries${options.district ? `?district=${options.district}` : ''}`,
      )
      if (options.json) return say(JSON.stringify(items))
      for (const each of items) {
        say(
          `#${each.no}  ${each.state.padEnd(9)}  ${each.kind.padEnd(10)}  ${figures(each.counts.accepted)} of ${figures(each.counts.read)}  ${each.name}  ${each.id}`,
        )
      }
    })
  })

program
  .command('findings')
  .description('print every finding of a delivery')
  .argument('<delivery>', 'its id')
  .option('--code <code>', 'only findings of this code')
  .addOption(json())
  .action(async (id: string, options) => {
    await withHouse(async client => {
      const all: ShownFinding[] = []
      for (let after: number | null = 0; after !== null; ) {
        const query: URLSearchParams = new URLSearchParams({
          after: String(after),
          limit: '1000',
          ...(options.code ? { code: options.code } : {}),
        })
        const page: { items: ShownFinding[]; next: number | null } = await client.get(
          `/api/deliveries/${id}/findings?${query}`,
        )
        all.push(...page.items)
        after = page.next
      }
      if (options.json) return say(JSON.stringify(all))
      for (const each of all) {
        say(
          [
            each.severity,
            each.code,
            each.file,
            each.row ?? '',
            each.field ?? '',
            each.value ?? '',
            each.message,
            each.remedy,
          ].join('\t'),
        )
      }
    })
  })

const decide = (name: 'approve' | 'reject', about: string) => {
  const command = program.command(name).description(about).argument('<delivery>', 'its id').addOption(json())
  if (name === 'reject') command.requiredOption('--reason <text>', 'why it goes back')
  command.action(async (id: string, options) => {
    await withHouse(async client => {
      const delivery = await client.post<ShownDelivery>(
        `/api/deliveries/${id}/${name}`,
        options.reason ? { reason: options.reason } : {},
      )
      say(options.json ? JSON.stringify(delivery) : `#${delivery.no} ${delivery.state}`)
    })
  })
}
decide('approve', 'make a checked delivery count; not by who sent it')
decide('reject', 'send a checked delivery back')

const districts = program.command('district').description('districts of this installation')
districts
  .command('add')
  .description('add a district')
  .argument('<code>', 'six digits, GB/T 2260')
  .argument('<name>', 'its name')
  .option('--demo', 'mark it as demo data')
  .addOption(
    new Option('--approval <policy>', 'whether loads count at once')
      .choices(['none', 'second-person'])
      .default('none'),
  )
  .action(async (code: string, name: string, options) => {
    await withHouse(async client => {
      await client.post('/api/districts', {
        code,
        name,
        demo: options.demo ?? false,
        approval: options.approval,
      })
      say(`${code} ${name}`)
    })
  })
districts
  .command('list')
  .description('list districts')
  .addOption(json())
  .action(async options => {
    await withHouse(async client => {
      const { items } = await client.get<{
        items: { code: string; name: string; demo: boolean; approval: string }[]
      }>('/api/districts')
      if (options.json) return say(JSON.stringify(items))
      for (const each of items)
        say(`${each.code}  ${each.name}  approval: ${each.approval}${each.demo ? '  demo' : ''}`)
    })
  })

const accounts = program.command('account').description('accounts of this installation')
accounts
  .command('add')
  .description('add an account; its first password is made and shown once')
  .argument('<name>', 'sign-in name')
  .requiredOption('--role <role>', 'administrator, contractor, supervisor, dispatcher, leader')
  .action(async (name: string, options) => {
    await withHouse(async client => {
      const made = await client.post<{ password: string }>('/api/accounts', { name, role: options.role })
      say(`${name}  ${made.password}`)
    })
  })

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof ConfigError) process.stderr.write(`wangge: ${error.message}\n`)
  else if (error instanceof Problem) process.stderr.write(`wangge: ${error.inLanguage(lang)}\n`)
  else if (error instanceof Refusal) {
    process.stderr.write(`wangge: ${error.message}\n`)
    const { issues } = error.body as { issues?: { field: string; rule: string }[] }
    for (const each of issues ?? []) process.stderr.write(`  ${each.field}: ${each.rule}\n`)
  } else process.stderr.write(`wangge: ${(error as Error).stack ?? error}\n`)
  process.exitCode = 1
}
