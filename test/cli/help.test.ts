/** Every command, walked from `wangge --help` down: what its help must say, in both languages. */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { variables } from '../../src/config.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const locales = { en: 'en_GB.UTF-8', zh: 'zh_CN.UTF-8' }
type Lang = keyof typeof locales

const run = (words: readonly string[], lang: Lang) => {
  const env = { PATH: process.env.PATH, LANG: locales[lang] }
  return spawnSync(process.execPath, [join(root, 'src/cli.ts'), ...words], { env, encoding: 'utf8' })
}

interface Help {
  words: string[]
  text: string
  commands: string[]
}

/** Names under a heading, each with whether anything is said of it. */
function listed(text: string, heading: RegExp): { name: string; told: boolean }[] {
  const lines = text.split('\n')
  const from = lines.findIndex(line => heading.test(line))
  if (from < 0) return []
  const to = lines.findIndex((line, n) => n > from && line.trim() === '')
  return lines
    .slice(from + 1, to < 0 ? undefined : to)
    .filter(line => /^ {2}\S/.test(line))
    .map(line => ({ name: line.trim().split(/[\s,]/)[0]!, told: / {2,}\S/.test(line.trim()) }))
}

function walk(words: string[], lang: Lang): Help[] {
  const { status, stdout, stderr } = run([...words, '--help'], lang)
  expect({ words, status, stderr }).toEqual({ words, status: 0, stderr: '' })
  const commands = listed(stdout, /^(Commands:|命令：)/)
    .map(({ name }) => name)
    .filter(name => name !== 'help')
  return [{ words, text: stdout, commands }, ...commands.flatMap(name => walk([...words, name], lang))]
}

describe.each(['en', 'zh'] as const)('wangge --help in %s', lang => {
  let all: Help[]
  beforeAll(() => {
    all = walk([], lang)
  }, 300_000)

  it('leads to every command', () => {
    const names = all.map(({ words }) => words.join(' '))
    for (const name of [
      'serve',
      'demo',
      'pilot',
      'load grids',
      'load classes',
      'guess',
      'findings',
      'profile show',
      'account password',
      'where',
    ])
      expect(names).toContain(name)
    expect(names.length).toBeGreaterThan(25)
  })

  it('says what each command, argument and option is for, in the language asked for', () => {
    for (const { words, text } of all) {
      const [usage, , about] = text.split('\n')
      expect(usage).toContain(['wangge', ...words].join(' '))
      expect(about, words.join(' ')).toMatch(lang === 'zh' ? /[\u4e00-\u9fff]/ : /^[A-Za-z]/)
      const parts = [/^(Arguments:|参数：)/, /^(Options:|选项：)/, /^(Commands:|命令：)/].flatMap(heading =>
        listed(text, heading),
      )
      expect(parts.filter(part => !part.told)).toEqual([])
      expect(text).not.toMatch(/undefined|\[object/)
      if (lang === 'en' && words.length > 0) expect(text).not.toMatch(/[\u4e00-\u9fff]/)
      if (lang === 'zh') expect(text).not.toMatch(/^(Usage|Options|Commands|Arguments):/m)
    }
  })

  it('offers --json wherever something is reported', () => {
    const leaves = all.filter(({ commands }) => commands.length === 0)
    const without = leaves.filter(({ text }) => !text.includes('--json')).map(({ words }) => words.join(' '))
    // it reports by its log, one JSON document an event
    expect(without).toEqual(['serve'])
  })

  it('lists all variables with their defaults, and what exit codes mean', () => {
    for (const words of [[], ['serve']]) {
      const { text } = all.find(each => each.words.join() === words.join())!
      for (const name of variables) expect(text).toMatch(new RegExp(`^  ${name} +\\S+ +\\S`, 'm'))
      expect(text).toMatch(/UPLOAD_LIMIT +2 GiB/)
    }
    expect(all[0]!.text).toMatch(/^ {2}0 {2}.*\n {2}1 {2}.*\n {2}2 {2}/m)
  })

  it('complains of wrong words in that language, with exit code 1', () => {
    for (const words of [
      ['frob'],
      ['where', 'a', '1'],
      ['account', 'add', 'x', '--role', 'boss'],
      ['load', 'grids'],
      ['pilot', '/tmp/x', '--components', '3'],
    ]) {
      const { status, stdout, stderr } = run(words, lang)
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
      if (lang === 'zh') expect(stderr).toMatch(/^有误：[^a-z]*[\u4e00-\u9fff]/)
      else expect(stderr).toMatch(/^error: [ -~]+\n/)
      expect(stderr).not.toMatch(/\n {4}at /)
    }
  })

  it('is told by scripts/demo too, before anything is installed', () => {
    const clone = mkdtempSync(join(tmpdir(), 'wangge-clone-'))
    try {
      mkdirSync(join(clone, 'scripts'))
      for (const name of ['demo', 'setup']) cpSync(join(root, 'scripts', name), join(clone, 'scripts', name))
      const env = { PATH: '/usr/bin:/bin', LANG: locales[lang] }
      for (const words of [['--help'], ['--components', '500', '-h']]) {
        const said = execFileSync('sh', [join(clone, 'scripts/demo'), ...words], { env, encoding: 'utf8' })
        const own = all.find(each => each.words.join() === 'demo')!.text
        expect(said).toBe(own.replace('wangge demo', 'sh scripts/demo'))
      }
      expect(readdirSync(clone)).toEqual(['scripts'])
    } finally {
      rmSync(clone, { recursive: true })
    }
  })
})
