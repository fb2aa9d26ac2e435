/** What commands of the intake answer, each in a process of its own beside one server. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { SQUARE, squareComponents, squareGrids, squareProfile } from '../../scripts/square.ts'
import { clientOf } from '../../src/cli/house.ts'
import type { ShownDelivery } from '../../src/cli/load.ts'
import { socketPath } from '../../src/core/data-dir.ts'
import { type Desk, openDesk } from '../support/command.ts'
import { onEachEngine } from '../support/engines.ts'

vi.setConfig({ testTimeout: 300_000 })
const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

onEachEngine(engine => {
  let desk: Desk
  const write = (name: string, text: string) => {
    writeFileSync(join(desk.dir, name), text)
    return join(desk.dir, name)
  }
  beforeAll(async () => {
    desk = await openDesk(engine)
    await desk.start(['serve']).said(/Wangge at http/)
    const grids = write('grids.geojson', squareGrids())
    const words = ['load', 'grids', grids, '--district', SQUARE, '--district-name', '方区', '--demo']
    expect(await desk.run(...words)).toMatchObject({ code: 0 })
  })
  afterAll(() => desk?.close())

  describe('wangge contractor, package and codes', () => {
    it('make a firm with crews and accounts, ask it for a package and give it codes', async () => {
      await desk.run('account', 'add', 'zhou.ce', '--role', 'contractor')
      const added = await desk.run(
        'contractor',
        'add',
        '吴地测绘院',
        '--crew',
        '一组',
        '--crew',
        '二组',
        '--account',
        'zhou.ce',
      )
      expect(added).toMatchObject({
        code: 0,
        err: '',
        out: '吴地测绘院  crews: 一组, 二组  accounts: zhou.ce\n',
      })
      expect(await desk.run('contractor', 'add', '吴地测绘院', '--crew', '三组')).toMatchObject({ code: 0 })
      const [firm] = JSON.parse((await desk.run('contractor', 'list', '--json')).out)
      expect(firm.crews.map((crew: { name: string }) => crew.name).sort()).toEqual(['一组', '三组', '二组'])
      const asked = await desk.run(
        'package',
        'add',
        '吴地测绘院',
        '南片路灯',
        '--class',
        '0118',
        '--due',
        '2020-06-30',
      )
      expect(asked).toMatchObject({ code: 0, err: '' })
      expect((await desk.run('package', 'list')).out).toBe(
        '#1  open  吴地测绘院  南片路灯  due 2020-06-30 overdue  0118\n',
      )
      const doors = ['package', 'add', '吴地测绘院', '南片门牌', '--kind']
      expect(await desk.run(...doors, 'addresses')).toMatchObject({
        code: 0,
        out: '#2  open  吴地测绘院  南片门牌  addresses\n',
      })
      const never = await desk.run(...doors, 'units')
      expect(never).toMatchObject({ code: 1, out: '' })
      expect(never.err).toContain('components, unit-grids, addresses')
      const codes = await desk.run(
        'codes',
        'allot',
        '吴地测绘院',
        '一组',
        '--class',
        '0118',
        '--from',
        '800',
        '--to',
        '899',
        '--json',
      )
      expect(JSON.parse(codes.out)).toMatchObject({ firstCode: `${SQUARE}0118000800`, count: 100 })
      expect((await desk.run('codes', 'list')).out).toBe(
        `0118 路灯  ${SQUARE}0118000800-${SQUARE}0118000899  100 codes  吴地测绘院 一组\n`,
      )
    })

    it('change who approves in a district that is there, and say so in the list', async () => {
      for (const [policy, told] of [
        ['second-person', 'approval: second-person'],
        ['none', 'approval: none'],
      ] as const) {
        const set = await desk.run('district', 'approval', SQUARE, policy)
        expect(set).toMatchObject({ code: 0, out: `${SQUARE} ${policy}\n`, err: '' })
        expect((await desk.run('district', 'list')).out).toContain(told)
      }
      expect(await desk.run('district', 'approval', '999999', 'none')).toMatchObject({ code: 1 })
      expect(await desk.run('district', 'approval', SQUARE, 'third')).toMatchObject({ code: 1 })
    })

    it('say what is not there or meets another', async () => {
      expect(await desk.run('package', 'add', '无名院', 'x')).toMatchObject({
        code: 1,
        err: 'wangge: There is no contractor firm 无名院\n',
      })
      expect(
        await desk.run('codes', 'allot', '吴地测绘院', '九组', '--class', '0118', '--count', '5'),
      ).toMatchObject({ code: 1 })
      const meets = await desk.run(
        'codes',
        'allot',
        '吴地测绘院',
        '二组',
        '--class',
        '0118',
        '--from',
        '850',
        '--to',
        '950',
      )
      expect([meets.code, meets.err]).toEqual([1, expect.stringContaining('meet those of the crew 一组')])
    })
  })

  describe('wangge rules', () => {
    it('shows the check rules, sets those of a file, goes back to the defaults, and lists what was', async () => {
      expect(await desk.run('rules', 'show')).toMatchObject({
        code: 0,
        out: expect.stringContaining('version 0'),
      })
      const file = write('rules.yaml', 'severity:\n  unit.unknown: error\nduplicates:\n  "0104": 0.25\n')
      const set = await desk.run('rules', 'set', file, '--json')
      const rules = { severity: { 'unit.unknown': 'error' }, duplicates: { '0104': 0.25 } }
      expect(JSON.parse(set.out)).toMatchObject({ no: 1, rules, effective: rules })
      // what is shown can be set again, and is no other version then
      const shown = write('shown.yaml', (await desk.run('rules', 'show')).out)
      expect(JSON.parse((await desk.run('rules', 'set', shown, '--json')).out)).toMatchObject({ no: 1 })
      const wrong = await desk.run('rules', 'set', write('no.yaml', 'severity:\n  code.duplicate: off\n'))
      expect(wrong).toMatchObject({
        code: 1,
        err: expect.stringContaining('severity: has no member code.duplicate'),
      })
      expect(await desk.run('rules', 'reset')).toMatchObject({ code: 0 })
      const history = JSON.parse((await desk.run('rules', 'history', '--json')).out)
      expect(history).toMatchObject([
        { no: 2, rules: {} },
        { no: 1, rules },
      ])
    })
  })

  describe('wangge profile', () => {
    it('saves, lists, shows, uses and removes a mapping profile by its name', async () => {
      const file = write('普查.yaml', JSON.stringify(squareProfile))
      expect(await desk.run('profile', 'save', '年度 普查', file)).toMatchObject({
        code: 0,
        out: '年度 普查  components\n',
      })
      expect(await desk.run('profile', 'list')).toMatchObject({ code: 0, out: '年度 普查  components\n' })
      const shown = await desk.run('profile', 'show', '年度 普查', '--json')
      expect(JSON.parse(shown.out)).toMatchObject(squareProfile)
      const rows = write('named.csv', squareComponents(1, 40))
      const loaded = await desk.run('load', 'components', rows, '--profile', '年度 普查', '--json')
      expect(loaded).toMatchObject({ code: 0, err: '' })
      expect(JSON.parse(loaded.out)).toMatchObject({ state: 'published', counts: { added: 40 } })
      expect(await desk.run('profile', 'remove', '年度 普查')).toMatchObject({ code: 0 })
      expect(await desk.run('profile', 'list')).toMatchObject({ code: 0, out: '' })
    })

    it('of another kind, of no such name, or wrong is refused before anything is sent', async () => {
      await desk.run('profile', 'save', 'lamps', write('lamps.yaml', JSON.stringify(squareProfile)))
      const before = JSON.parse((await desk.run('deliveries', '--json')).out)
      const load = (profile: string, env: Record<string, string> = {}) =>
        desk.start(['load', 'addresses', write('a.csv', 'a,b\n1,2\n'), '--profile', profile], env).ended
      expect(await load('lamps')).toMatchObject({
        code: 1,
        err: 'wangge: The mapping profile is for components, not for addresses\n',
      })
      expect((await load('lamps', { LANG: 'zh_CN.UTF-8' })).err).toBe(
        'wangge: 映射方案用于部件，不能用于地址\n',
      )
      expect((await load('nobody')).err).toMatch(/no file nobody and no saved mapping profile.*lamps/)
      const wrong = write(
        'wrong.yaml',
        'kind: adresses\nfields:\n  kode: X\nlayers:\n  a: { level: 9 }\nposition: { x: lon }\n',
      )
      const { code, err } = await load(wrong)
      expect(code).toBe(1)
      expect(err).toContain(
        'kind: must be one of grids, unit-grids, components, addresses, places, units, classes\n',
      )
      expect(err).toMatch(/fields: has no member kode; there are code, name, /)
      expect(err).toContain('layers.a.level: must be at most 3\n')
      expect(err).toContain('position: must be {x, y} / {wkt}\n')
      const chinese = (await load(wrong, { LANG: 'zh_CN.UTF-8' })).err
      expect(chinese).toContain('kind: 应为以下之一：grids, unit-grids, components')
      expect(chinese).not.toMatch(/Invalid|expected|option/)
      expect((await load(write('broken.yaml', 'kind: [components\nfields: {'))).err).toMatch(
        /line \d+, column \d+ is neither YAML nor JSON/,
      )
      expect(JSON.parse((await desk.run('deliveries', '--json')).out)).toEqual(before)
    })
  })

  describe('a layer in several files', () => {
    it('is sent whole when one of them is named, and nothing else with it', async () => {
      for (const name of ['Lamps.TAB', 'lamps.dat', 'lamps.map', 'lamps.id', 'lamps.txt', 'other.dat'])
        write(name, 'x')
      const loaded = await desk.run('load', 'components', join(desk.dir, 'Lamps.TAB'), '--json')
      const { no } = JSON.parse(loaded.out) as { no: number }
      expect(loaded.code).toBe(2)
      const found = JSON.parse((await desk.run('findings', String(no), '--json')).out) as { file: string }[]
      expect(found.map(each => each.file).some(file => /txt|other/.test(file))).toBe(false)
      const shp = write('alone.dbf', 'x')
      write('alone.shp', 'x')
      const second = JSON.parse((await desk.run('load', 'components', shp, '--json')).out)
      expect(second.findings.byCode).toEqual(
        expect.arrayContaining([expect.objectContaining({ code: 'file.part-missing' })]),
      )
    })
  })

  describe('versions', () => {
    it('are listed, told by what changed, ended by decision, and brought back', async () => {
      const load = (name: string, from: number, to: number, ...words: string[]) =>
        desk.run(
          'load', 'components', write(name, squareComponents(from, to)),
          '--profile', write('square.json', JSON.stringify(squareProfile)), ...words,
        ) // biome-ignore format: a line of words
      const before = JSON.parse((await desk.run('versions', '--json')).out) as { no: number }[]
      const base = before[0]?.no ?? 0
      await load('v1.csv', 2000, 2030)
      const full = await load('v2.csv', 2000, 2020, '--full', 'district', '--json')
      const delivery = JSON.parse(full.out) as { no: number; state: string; counts: { missing: number } }
      expect(delivery.state).toBe('checked')
      expect(delivery.counts.missing).toBeGreaterThanOrEqual(10)
      const changes = JSON.parse((await desk.run('changes', String(delivery.no), '--json')).out)
      expect(Object.keys(changes)).toEqual(['added', 'changed', 'missing'])
      expect(changes.missing).toHaveLength(delivery.counts.missing)
      const [one, two] = changes.missing as { id: string }[]
      expect(await desk.run('removals', String(delivery.no), 'end', one!.id, two!.id)).toMatchObject({
        code: 0,
        out: '2\n',
      })
      const lines = (await desk.run('changes', `#${delivery.no}`, '--kind', 'missing')).out.trim().split('\n')
      expect(lines.filter(line => line.endsWith('\tend'))).toHaveLength(2)
      expect(await desk.run('approve', String(delivery.no))).toMatchObject({ code: 0 })
      const listed = (await desk.run('versions')).out.trim().split('\n')
      expect(listed[0]).toMatch(new RegExp(`^${base + 2} .*0 added  0 changed  2 ended`))
      const back = await desk.run('restore', String(base + 1), '--json')
      expect(JSON.parse(back.out)).toMatchObject({
        state: 'published',
        version: base + 3,
        counts: { added: 2 },
      })
      expect((await desk.run('versions')).out).toMatch(
        new RegExp(`^${base + 3} .*back to version ${base + 1}`),
      )
      const [newest, ...older] = JSON.parse((await desk.run('versions', '--json')).out) as { no: number }[]
      expect(newest!.no).toBe(base + 3)
      expect(older.map(each => each.no)).toEqual(Array.from({ length: base + 2 }, (_, n) => base + 2 - n))
      expect(await desk.run('versions', '--limit', '1', '--json')).toMatchObject({
        out: `${JSON.stringify([newest])}\n`,
        err: 'the first 1 only; there are more\n',
      })
      expect((await desk.run('versions', '--limit', String(base + 3))).err).toBe('')
      expect(await desk.run('restore', '99')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/no version 99/),
      })
    })
  })

  describe('wangge load', () => {
    it('compares grids instead of loading them, and refuses a folder of photos that nobody offers', async () => {
      const grids = write('same.geojson', squareGrids())
      const told = await desk.run('load', 'grids', grids, '--compare')
      expect(told.out).toMatch(/compared with the grids that hold, nothing changed/)
      expect(told.out).toMatch(/\(the same: [1-9]/)
      expect(told.out).not.toMatch(/published|unchanged/)
      const same = await desk.run('load', 'grids', grids, '--compare', '--json')
      expect(JSON.parse(same.out)).toMatchObject({
        state: 'published',
        counts: { added: 0, changed: 0, unchanged: 84 },
        findings: { errors: 0, warnings: 0 },
      })
      const moved = write('moved.geojson', squareGrids(0.001))
      const differs = JSON.parse((await desk.run('load', 'grids', moved, '--compare', '--json')).out)
      expect(differs).toMatchObject({ counts: { added: 0, changed: 0 } })
      expect(differs.findings.byCode).toMatchObject([
        { code: 'grid.outline', severity: 'warning', count: 81 },
      ])
      const again = await desk.run('load', 'grids', grids, '--compare', '--json')
      expect(JSON.parse(again.out).findings.byCode).toEqual([])
      const rows = write('photos.csv', squareComponents(9000, 2))
      expect(await desk.run('load', 'components', rows, '--photos', desk.dir)).toMatchObject({
        code: 1,
        err: expect.stringContaining('no folder below those that photos may be taken from'),
      })
    })
  })

  describe('wangge report', () => {
    it('writes the marked workbook or all findings, by the ending of the file, whole or not at all', async () => {
      const rows = `${squareComponents(3000, 3003)}\nx,y\n`
      await desk.run(
        'load',
        'components',
        write('bad.csv', rows),
        '--profile',
        write('p.json', JSON.stringify(squareProfile)),
      )
      const [{ no }] = JSON.parse((await desk.run('deliveries', '--json')).out) as [{ no: number }]
      for (const [ending, begins] of [
        ['xlsx', 'PK'],
        ['csv', '\ufeff'],
        ['json', '['],
        ['geojson', '{"type"'],
      ]) {
        const file = join(desk.dir, `out.${ending}`)
        expect(await desk.run('report', String(no), file)).toMatchObject({ code: 0, out: `${file}\n` })
        expect(readFileSync(file, 'utf8').startsWith(begins!)).toBe(true)
      }
      const mine = join(desk.dir, 'mine.csv')
      for (const more of [['--marked'], ['--of', 'bad.csv']]) {
        expect(await desk.run('report', String(no), mine, ...more)).toMatchObject({ code: 0 })
        const lines = readFileSync(mine, 'utf8').trimEnd().split('\r\n')
        // one that was blank is left out
        expect(lines).toHaveLength(rows.split('\n').filter(Boolean).length)
        expect(lines[0]).toMatch(/^\ufeffOBJCODE,OBJNAME,NOTE,WKT,(原行号|Row).*(〔网格〕|\[Wangge\])$/)
        expect(lines.at(-1)!.split(',').slice(0, 2)).toEqual(['x', 'y'])
      }
      const zip = join(desk.dir, 'mine.zip')
      expect(await desk.run('report', String(no), zip)).toMatchObject({ code: 0 })
      expect(readFileSync(zip, 'latin1').startsWith('PK')).toBe(true)
      expect(await desk.run('report', String(no), mine, '--of', 'other.csv')).toMatchObject({
        code: 1,
        err: expect.stringContaining('other.csv'),
      })
      expect(await desk.run('report', String(no), 'out.pdf')).toMatchObject({ code: 1 })
      const lost = join(desk.dir, 'nowhere', 'out.csv')
      expect(await desk.run('report', String(no), lost)).toMatchObject({
        code: 1,
        err: expect.stringMatching(/nowhere/),
      })
      expect(await desk.run('report', '99', join(desk.dir, 'none.csv'))).toMatchObject({ code: 1 })
      expect(readdirSync(desk.dir).filter(name => /none|part/.test(name))).toEqual([])
    })
  })

  describe('findings and decisions', () => {
    let delivery: { id: string; no: number }
    beforeAll(async () => {
      const many = Array.from({ length: 3000 }, (_, n) => `X${n},路灯,120.64,31.34`)
      const rows = write('bad.csv', `${squareComponents(1, 0).split('\n')[0]}\n${many.join('\n')}\n`)
      const profile = write('p.json', JSON.stringify(squareProfile))
      const ended = await desk.run('load', 'components', rows, '--profile', profile, '--json')
      expect(ended.code).toBe(2)
      delivery = JSON.parse(ended.out)
    })

    it('take the number that is shown as well as the id', async () => {
      const [byId, byNo, byMark] = await Promise.all(
        [delivery.id, String(delivery.no), `#${delivery.no}`].map(said =>
          desk.run('findings', said, '--json'),
        ),
      )
      expect(JSON.parse(byId!.out).length).toBeGreaterThan(2999)
      expect(byNo).toEqual(byId)
      expect(byMark).toEqual(byId)
      expect(await desk.run('findings', '99')).toMatchObject({
        code: 1,
        err: 'wangge: There is no delivery #99\n',
      })
      expect(await desk.run('findings', 'six')).toMatchObject({
        code: 1,
        err: 'wangge: There is no delivery six\n',
      })
      const decided = await desk.run('reject', String(delivery.no), '--reason', 'no')
      expect(decided).toMatchObject({
        code: 1,
        err: 'wangge: The delivery is failed; it cannot be rejected\n',
      })
    })

    it('end silently when whoever reads them has read enough', async () => {
      const child = spawn(
        'sh',
        ['-c', `"$0" "$1" findings ${delivery.no} | head -n 1`, process.execPath, cli],
        {
          env: { PATH: process.env.PATH, ...desk.env },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      )
      const said = { out: '', err: '' }
      child.stdout.setEncoding('utf8').on('data', text => (said.out += text))
      child.stderr.setEncoding('utf8').on('data', text => (said.err += text))
      await once(child, 'close')
      expect(said.out.split('\n')).toHaveLength(2)
      expect(said.err).toBe('')
    })
  })

  describe('wangge guess', () => {
    it('says what is open with the key to write, and leaves nothing in the list', async () => {
      const before = JSON.parse((await desk.run('deliveries', '--json')).out)
      const file = write('区.csv', '网格编码,备注,lon,lat\n3205990010,a,120.64,31.34\n')
      const { code, out } = await desk.run('guess', 'grids', file)
      expect(code).toBe(2)
      expect(out).toMatch(/^# 区\.csv: rows not counted, /)
      expect(out).toContain('#     columns that become no field: 备注\n')
      expect(out).toMatch(/# profile\.level: .*\n# {5}Write layers\.区\.level or defaults\.level/)
      expect(out).toMatch(/# grid\.code: .*3205990010 does not fit 6 \/ 9 = .*\n.*codeProfile/)
      expect(out).toMatch(/^crs: EPSG:4490$/m)
      expect(JSON.parse((await desk.run('deliveries', '--json')).out)).toEqual(before)
      const all = JSON.parse((await desk.run('deliveries', '--all', '--json')).out)
      expect(all[0]).toMatchObject({ name: '区.csv', state: 'cancelled' })
    })

    it('takes numbers in a profile where a text is meant, and codes with their zeros', async () => {
      const profile = write(
        'numbers.yaml',
        'kind: components\ncrs: 4490\nposition: { wkt: WKT }\nfields: { code: OBJCODE }\ndefaults: { note: 2017 }\nlayers:\n  lamps: { class: 0118 }\n',
      )
      const rows = write('lamps.csv', squareComponents(7000, 20).replaceAll(/,路灯,/g, ',,'))
      const { out } = await desk.run('guess', 'components', rows, '--profile', profile, '--json')
      expect(JSON.parse(out).profile).toMatchObject({
        crs: '4490',
        defaults: { note: '2017' },
        layers: { lamps: { class: '0118' } },
      })
    })
  })

  describe('giving up', () => {
    const loading = async () => {
      const client = clientOf(socketPath(desk.env.DATA_DIR!))
      const { items } = await client.get<{ items: ShownDelivery[] }>('/api/deliveries?limit=1&all=true')
      return items[0]!
    }

    it.each(['SIGTERM', 'SIGHUP'] as const)(
      'by %s while a load runs cancels it, and nothing of it stays',
      async signal => {
        const rows = write(`${signal}.csv`, squareComponents(50_000, 40_000))
        const profile = write('p.json', JSON.stringify(squareProfile))
        const { child, ended } = desk.start(['load', 'components', rows, '--profile', profile])
        while (true) {
          const delivery = await loading()
          if (delivery.name === `${signal}.csv` && delivery.state === 'loading') break
          expect(child.exitCode).toBeNull()
          await sleep(20)
        }
        child.kill(signal)
        const { code, out } = await ended
        expect(code).toBe(2)
        expect(out).toMatch(/cancelled/)
        expect(await loading()).toMatchObject({ name: `${signal}.csv`, state: 'cancelled', version: null })
      },
    )

    it('wangge cancel ends a delivery that was sent, and refuses one that has its end', async () => {
      const client = clientOf(socketPath(desk.env.DATA_DIR!))
      const sent = await client.post<ShownDelivery>('/api/deliveries', {
        kind: 'components',
        name: 'left.csv',
      })
      expect(await desk.run('cancel', String(sent.no))).toMatchObject({
        code: 0,
        out: `#${sent.no} cancelled\n`,
        err: '',
      })
      expect(await loading()).toMatchObject({ no: sent.no, state: 'cancelled' })
      expect(await desk.run('cancel', String(sent.no))).toMatchObject({
        code: 1,
        err: expect.stringMatching(/The delivery is cancelled/),
      })
      expect(await desk.run('cancel', '9999')).toMatchObject({ code: 1 })
    })
  })

  describe('what leaves the registry empty', () => {
    it('is asked for twice: version 0 comes back only where it is said that nothing may be left', async () => {
      const [newest] = JSON.parse((await desk.run('versions', '--json')).out) as {
        no: number
        components: number
      }[]
      const refused = await desk.run('restore', '0')
      expect(refused).toMatchObject({ code: 1, out: '' })
      expect(refused.err).toContain(`ends all ${newest!.components} that are there`)
      expect(refused.err).toContain('--empty')
      const [still] = JSON.parse((await desk.run('versions', '--json')).out) as unknown[]
      expect(still).toEqual(newest)
      const emptied = await desk.run('restore', '0', '--empty', '--json')
      expect(JSON.parse(emptied.out)).toMatchObject({ state: 'published', version: newest!.no + 1 })
      expect((await desk.run('versions')).out).toMatch(/^\d+ .* 0 in all {2}.*back to version 0/)
      // an empty registry loses nothing by staying so, and what fills it again needs no such word
      expect(await desk.run('restore', '0')).toMatchObject({ code: 0 })
      const back = await desk.run('restore', String(newest!.no), '--json')
      expect(JSON.parse(back.out)).toMatchObject({
        state: 'published',
        counts: { added: newest!.components },
      })
    })
  })

  describe('a list longer than a page', () => {
    it('is walked to its end, or as far as was asked, which is said', async () => {
      const client = clientOf(socketPath(desk.env.DATA_DIR!))
      for (let n = 0; n < 203; n++)
        await client.post('/api/deliveries', { kind: 'components', name: `row of many ${n}` })
      const listed = async (...words: string[]) => desk.run('deliveries', ...words)
      const all = JSON.parse((await listed('--all', '--json')).out) as { id: string; no: number }[]
      expect(all.length).toBeGreaterThan(203)
      expect(all.map(each => each.no)).toEqual(all.map((_, n) => all.length - n))
      const lines = (await listed('--all')).out.trim().split('\n')
      expect(lines).toHaveLength(all.length)
      const some = await listed('--limit', '201', '--json')
      expect(JSON.parse(some.out)).toEqual(all.slice(0, 201))
      expect(some.err).toBe('the first 201 only; there are more\n')
      expect(await listed('--limit', '0')).toMatchObject({ code: 1, out: '' })
      for (const { id } of all.slice(0, 203)) await client.post(`/api/deliveries/${id}/cancel`)
      expect((await listed('--json')).out).not.toMatch(/row of many/)
    })
  })

  it('a refusal of the server names field and rule in words', async () => {
    const { code, err } = await desk.start(['district', 'add', '32', ' '], { LANG: 'zh_CN.UTF-8' }).ended
    expect(code).toBe(1)
    expect(err).toContain('body.code: 应为 6 位数字\n')
    expect(err).toContain('body.name: 不能为空\n')
  })
})
