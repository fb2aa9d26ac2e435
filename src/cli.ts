#!/usr/bin/env node
/**
 * The command line. Every subcommand says what it does with --help, prints for people or with --json for
 * programs, and exits 0 only when all went well.
 */
import { Command } from 'commander'
import { Refusal, withHouse } from './cli/house.ts'
import { degrees, district, json, say, whole } from './cli/options.ts'
import { figures } from './cli/report.ts'
import { addSetup } from './cli/setup.ts'
import { addSurvey } from './cli/survey.ts'
import { ConfigError, readConfig, terminalLanguage } from './config.ts'
import { Problem } from './core/problem.ts'

const lang = terminalLanguage()

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
  .argument('<dir>', 'where to write them: empty, not there yet, or a former pilot, which is replaced')
  .option('--components <n>', 'how many components, up to 15,000,000', whole, 231_000)
  .option('--unclaimed <n>', 'pieces of ground that belong to nobody', whole, 0)
  .option('--legacy-nets <n>', 'departmental nets', whole, 0)
  .option('--seed <n>', 'another district', whole)
  .option('--no-defects', 'a clean delivery')
  .addOption(json())
  .action(async (dir: string, options) => {
    const [{ clearPilotFolder }, { generatePilot }] = await Promise.all([
      import('./cli/pilot-folder.ts'),
      import('../pilot/generate.ts'),
    ])
    await clearPilotFolder(dir)
    const manifest = await generatePilot(dir, options)
    say(options.json ? JSON.stringify(manifest) : `wrote ${figures(options.components)} components to ${dir}`)
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

addSurvey(program)
addSetup(program)

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
