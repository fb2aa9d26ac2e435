/** `wangge district`: districts of an installation. */
import { type Command, Option } from 'commander'
import { withHouse } from './house.ts'
import { json, say } from './options.ts'
import { word } from './words.ts'

interface ShownDistrict {
  code: string
  name: string
  demo: boolean
  approval: 'none' | 'second-person'
}

export function addDistricts(program: Command): void {
  const districts = program
    .command('district')
    .description(word('本系统的行政区', 'districts of this installation'))
  districts
    .command('add')
    .description(word('新增行政区', 'add a district'))
    .argument('<code>', word('六位代码（GB/T 2260）', 'six digits, GB/T 2260'))
    .argument('<name>', word('名称', 'its name'))
    .option('--demo', word('标为演示数据', 'mark it as demo data'))
    .addOption(
      new Option(
        '--approval <policy>',
        word(
          '载入后即生效，或须第二人审核',
          'whether what is loaded counts at once, or waits for a second person',
        ),
      )
        .choices(['none', 'second-person'])
        .default('none'),
    )
    .addOption(json())
    .action(async (code: string, name: string, options) => {
      await withHouse(async client => {
        const made = { code, name, demo: options.demo ?? false, approval: options.approval }
        await client.post('/api/districts', made)
        say(options.json ? JSON.stringify(made) : `${code} ${name}`)
      })
    })
  districts
    .command('list')
    .description(word('列出行政区', 'list districts'))
    .addOption(json())
    .action(async options => {
      await withHouse(async client => {
        const { items } = await client.get<{ items: ShownDistrict[] }>('/api/districts')
        if (options.json) return say(JSON.stringify(items))
        for (const { code, name, approval, demo } of items) {
          const policy = word(approval === 'none' ? '载入即生效' : '须第二人审核', `approval: ${approval}`)
          say(`${code}  ${name}  ${policy}${demo ? word('  演示数据', '  demo') : ''}`)
        }
      })
    })
}
