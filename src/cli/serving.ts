/** `wangge serve` and `wangge demo`. */
import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { environmentHelp } from './environment.ts'
import { json, pilotOptions, say, sayAside } from './options.ts'
import { word } from './words.ts'

export function addServing(program: Command): void {
  program
    .command('serve')
    .description(
      word('提供控制台、接口与瓦片服务，直到停止', 'serve the console, the API and the tiles until stopped'),
    )
    .addHelpText('after', () => `\n${environmentHelp()}`)
    .action(async () => {
      const { serve } = await import('../main.ts')
      await serve(readConfig(), address => void say(served(address)))
    })

  const demo = program
    .command('demo')
    .description(
      word(
        '生成虚构的试点区，载入并提供服务；再次启动沿用已有的数据',
        'make a fictional pilot district, load it, and serve it; a second start reuses what is there',
      ),
    )
  pilotOptions(demo)
    .option('--prepare-only', word('生成并载入后停止', 'make and load, then stop'))
    .addOption(json())
    .addHelpText('after', () => `\n${environmentHelp('PORT', 'HOST', 'DATABASE_URL', 'DATA_DIR')}`)
    .action(({ prepareOnly, json: asJson, ...options }) =>
      runDemo(options, prepareOnly ?? false, asJson ?? false),
    )
}

type Wish = Omit<Parameters<typeof import('./demo.ts').prepareDemo>[1], 'dataDir'>

async function runDemo(options: Wish, prepareOnly: boolean, asJson: boolean): Promise<void> {
  const config = readConfig()
  const { prepareDemo } = await import('./demo.ts')
  const wish = { dataDir: config.dataDir, ...options }
  const tell = asJson ? sayAside : say
  const [{ openHouse, serve }, { openLog }] = await Promise.all([
    import('../main.ts'),
    import('../core/log.ts'),
  ])
  if (prepareOnly) {
    const app = await openHouse(config, openLog('warn', 'stderr'))
    const made = await prepareDemo(app, wish, tell).finally(() => app.stop())
    if (asJson) say(JSON.stringify(made))
    return
  }
  const quiet = { ...config, logLevel: config.logLevel === 'info' ? 'warn' : config.logLevel } as const
  await serve(quiet, async (address, app) => {
    const made = await prepareDemo(app, wish, tell)
    if (asJson) say(JSON.stringify({ address, ...made }))
    else say(`${served(address)}  (演示数据, ${word('按 Ctrl-C 停止', 'stop with Ctrl-C')})`)
  })
}

const served = (address: string): string => word(`网格服务地址 Wangge at ${address}`, `Wangge at ${address}`)
