/** `wangge district`: districts of an installation. */
import { Argument, type Command, Option } from 'commander'
import { withHouse } from './house.ts'
import { json, say } from './options.ts'
import { word } from './words.ts'

interface ShownDistrict {
  code: string
  name: string
  demo: boolean
  approval: 'none' | 'second-person'
  acceptance: 'none' | 'required'
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
    .addOption(acceptancePolicy().default('none'))
    .addOption(json())
    .action(async (code: string, name: string, options) => {
      await withHouse(async client => {
        const { demo = false, approval, acceptance } = options
        const made = { code, name, demo, approval, acceptance }
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
        for (const { code, name, approval, acceptance, demo } of items) {
          const policy = word(approval === 'none' ? '载入即生效' : '须第二人审核', `approval: ${approval}`)
          const inspected = acceptance === 'none' ? '' : word('  须先验收', '  acceptance: required')
          say(`${code}  ${name}  ${policy}${inspected}${demo ? word('  演示数据', '  demo') : ''}`)
        }
      })
    })
  districts
    .command('approval')
    .description(
      word(
        '设定载入与变更是否须第二人审核；此前已提交的仍按原规定',
        'say whether what is loaded or proposed waits for a second person; what came before keeps its rule',
      ),
    )
    .argument('<code>', word('六位代码（GB/T 2260）', 'six digits, GB/T 2260'))
    .addArgument(new Argument('<policy>', 'none, second-person').choices(['none', 'second-person']))
    .addOption(json())
    .action(async (code: string, approval: string, options) => {
      await withHouse(async client => {
        await client.put(`/api/districts/${code}/approval`, { approval })
        say(options.json ? JSON.stringify({ code, approval }) : `${code} ${approval}`)
      })
    })
  districts
    .command('acceptance')
    .description(
      word(
        '设定部件批次是否须先由监理验收，再审核',
        'say whether deliveries of components are accepted by a supervisor before they are approved',
      ),
    )
    .argument('<code>', word('六位代码（GB/T 2260）', 'six digits, GB/T 2260'))
    .addArgument(new Argument('<policy>', 'none, required').choices(['none', 'required']))
    .addOption(json())
    .action(async (code: string, acceptance: string, options) => {
      await withHouse(async client => {
        await client.put(`/api/districts/${code}/acceptance`, { acceptance })
        say(options.json ? JSON.stringify({ code, acceptance }) : `${code} ${acceptance}`)
      })
    })
}

const acceptancePolicy = () =>
  new Option(
    '--acceptance <policy>',
    word('部件批次是否须先由监理验收', 'whether deliveries of components are accepted by a supervisor first'),
  ).choices(['none', 'required'])
