/** `wangge pilot`: the fictional pilot district as delivery files. */
import type { Command } from 'commander'
import { json, pilotOptions, say } from './options.ts'
import { figures } from './report.ts'
import { word } from './words.ts'

export function addPilot(program: Command): void {
  const command = program
    .command('pilot')
    .description(
      word('把虚构的试点区生成为交付文件', 'generate the fictional pilot district as delivery files'),
    )
    .argument(
      '<dir>',
      word(
        '写到哪里：空的、尚不存在的，或以前生成的试点（将被替换）',
        'where to write them: empty, not there yet, or a former pilot, which is replaced',
      ),
    )
  pilotOptions(command)
    .option('--no-defects', word('不含差错的交付', 'a clean delivery'))
    .addOption(json())
    .action(async (dir: string, { json: asJson, ...options }) => {
      const [{ clearPilotFolder }, { generatePilot }] = await Promise.all([
        import('./pilot-folder.ts'),
        import('../../pilot/generate.ts'),
      ])
      await clearPilotFolder(dir)
      const manifest = await generatePilot(dir, options)
      const n = figures(options.components)
      say(
        asJson
          ? JSON.stringify(manifest)
          : word(`已把 ${n} 个部件写到 ${dir}`, `wrote ${n} components to ${dir}`),
      )
    })
}
