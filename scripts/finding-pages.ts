/**
 * Writes one page per finding into docs/findings, Chinese first, from the registry of findings, and an index
 * of them. Pages of findings that are no more are removed.
 *
 *   findings.ts + finding-titles.ts + finding-guide.ts -> findingPages() -> docs/findings/CODE.md, README.md
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defaults } from '../src/domain/survey/check-rules.ts'
import { choicesOf, exampleOf, meaningOf } from '../src/domain/survey/finding-guide.ts'
import { titleOf } from '../src/domain/survey/finding-titles.ts'
import {
  type FindingCode,
  findings,
  remedy,
  sentence,
  toldSeverityOf,
} from '../src/domain/survey/findings.ts'

const folder = new URL('../docs/findings/', import.meta.url)
const codes = Object.keys(findings) as FindingCode[]

const words = {
  zh: {
    error: '错误：该行不收（未指明行的，涉及整个文件）',
    warning: '警告：收下，请人核对',
    info: '告知：只在核对列时说明，不计入问题',
    off: '不提出',
    severity: '程度',
    tunable: (choices: string) => `本区可在检查规则中改为：${choices}`,
    fixed: '各区相同，不能调整',
    remedy: '处理办法',
    example: '例',
    file: '文件',
    row: '行',
    field: '字段',
    value: '值',
    short: { error: '错误', warning: '警告', info: '告知', off: '不提出' },
  },
  en: {
    error: 'Error: the row is refused (where no row is named, it is about the whole file)',
    warning: 'Warning: taken; somebody should look',
    info: 'Information: told where columns are checked, not counted',
    off: 'Not told',
    severity: 'Severity',
    tunable: (choices: string) => `A district may make it, in its check rules: ${choices}`,
    fixed: 'The same everywhere; it cannot be changed',
    remedy: 'What to do',
    example: 'Example',
    file: 'File',
    row: 'Row',
    field: 'Field',
    value: 'Value',
    short: { error: 'error', warning: 'warning', info: 'information', off: 'not told' },
  },
} as const
type Lang = keyof typeof words

/** Every page by its name in docs/findings. */
export function findingPages(): Map<string, string> {
  const pages = new Map(codes.map(code => [`${code}.md`, page(code)]))
  return pages.set('README.md', index())
}

function page(code: FindingCode): string {
  return [
    `# ${titleOf(code, 'zh')} · ${titleOf(code, 'en')}`,
    `\`${code}\``,
    section(code, 'zh'),
    '---',
    section(code, 'en'),
    '[全部问题 · All findings](README.md)',
    '',
  ].join('\n\n')
}

function section(code: FindingCode, lang: Lang): string {
  const w = words[lang]
  const usual = defaults.severity[code] ?? toldSeverityOf(code)
  const choices = choicesOf(code)
  const told = choices.length === 0 ? w.fixed : w.tunable(choices.map(each => w.short[each]).join(' / '))
  const example = exampleOf(code)
  const where = (['file', 'row', 'field', 'value'] as const)
    .filter(key => example[key] !== null && example[key] !== '')
    .map(key => `| ${w[key]} | \`${example[key]}\` |`)
  const stop = lang === 'zh' ? '。' : '.'
  return [
    meaningOf(code, lang),
    `**${w.severity}** ${w[usual]}${stop} ${told}${stop}`,
    `**${w.remedy}** ${remedy(example, lang)}${stop}`,
    `**${w.example}** ${sentence(example, lang)}`,
    ['| | |', '|---|---|', ...where].join('\n'),
  ].join('\n\n')
}

function index(): string {
  const groups = Map.groupBy(codes, code => code.split('.')[0]!)
  const line = (code: FindingCode) => {
    const usual = defaults.severity[code] ?? toldSeverityOf(code)
    const tuned = choicesOf(code).length > 0 ? '可调 · may be changed' : ''
    return `| [\`${code}\`](${code}.md) | ${titleOf(code, 'zh')} | ${titleOf(code, 'en')} | ${words.zh.short[usual]} · ${words.en.short[usual]} | ${tuned} |`
  }
  const tables = [...groups].map(([group, members]) =>
    [`## ${group}`, '', '| | | | | |', '|---|---|---|---|---|', ...members.map(line)].join('\n'),
  )
  return [
    '# 问题说明 · Findings',
    '交付检查所报的每一种问题。错误：该行不收；警告：收下，请人核对。“可调”的由本区的检查规则决定（`wangge rules show`，或控制台“普查 > 检查规则”）。',
    'Everything a delivery can be told. An error refuses the row; a warning asks somebody to look. What may be changed is up to the district’s check rules (`wangge rules show`, or Survey > Check rules in the console).',
    ...tables,
    '',
  ].join('\n\n')
}

if (import.meta.main) {
  const pages = findingPages()
  mkdirSync(folder, { recursive: true })
  for (const old of readdirSync(folder)) if (!pages.has(old)) rmSync(fileURLToPath(new URL(old, folder)))
  for (const [name, text] of pages) writeFileSync(fileURLToPath(new URL(name, folder)), text)
  console.log(`${pages.size} pages in docs/findings`)
}
