import { describe, expect, it } from 'vitest'
import { titleOf } from '../../../src/domain/survey/finding-titles.ts'
import { type Finding, type FindingCode, findings, sentence } from '../../../src/domain/survey/findings.ts'

const codes = Object.keys(findings) as FindingCode[]
const found = (code: FindingCode, detail: Finding['detail']): Finding => ({
  code,
  file: 'a.zip',
  row: 7,
  field: 'X',
  value: 'v',
  detail,
  lonLat: null,
})
const chinese = /[\u4e00-\u9fff]/

describe('the title of a finding', () => {
  it('is short, of one language, without an open place, and no other finding has it', () => {
    for (const lang of ['zh', 'en'] as const) {
      const titles = codes.map(code => titleOf(code, lang))
      for (const title of titles) {
        expect(title).not.toMatch(/[{}：:。]/)
        expect(title.length).toBeLessThan(lang === 'zh' ? 16 : 40)
        expect(chinese.test(title)).toBe(lang === 'zh')
      }
      expect(new Set(titles).size).toBe(titles.length)
    }
  })
})

describe('the reason a reader gives', () => {
  it.each<[FindingCode, string, string, string]>([
    ['geometry.invalid', 'ring-open', '环没有闭合', 'a ring is not closed'],
    ['geometry.invalid', 'Self-intersection', '自相交', 'Self-intersection'],
    ['geometry.invalid', 'Hole lies outside shell', '洞在外环之外', 'Hole lies outside shell'],
    [
      'geometry.invalid',
      'coordinates are not those of a Polygon',
      '坐标的层次与 Polygon 不符',
      'coordinates are not those of a Polygon',
    ],
    [
      'geometry.invalid',
      'part 2: points 4 to 99 of 20',
      '第 2 部分：点号 4 至 99 超出 20 个点',
      'part 2: points 4 to 99 of 20',
    ],
    [
      'file.corrupt',
      'line 7, column 3: a comma is missing',
      '第 7 行第 3 列：缺少逗号',
      'line 7, column 3: a comma is missing',
    ],
    [
      'file.corrupt',
      'feature 2, from line 1, column 9: Unexpected token x',
      '第 2 个要素（自第 1 行第 9 列起）：不合 JSON 语法',
      'feature 2, from line 1, column 9: it is not JSON (Unexpected token x)',
    ],
    ['file.corrupt', 'CRC (a/b.shp)', '校验和不符（a/b.shp）', 'the checksum is wrong (a/b.shp)'],
    ['file.corrupt', 'not .xlsx', '内容不是 .xlsx', 'it is not .xlsx'],
    [
      'file.corrupt',
      'DBF header: columns of 90 B in rows of 80 B',
      'DBF 文件头有误：各列共 90 字节，行只有 80 字节',
      'the DBF header is wrong: columns of 90 B in rows of 80 B',
    ],
    ['file.zip-bomb', '10000 entries', '10000 个条目', '10000 entries'],
  ])('%s, %s, is told in both languages', (code, said, zh, en) => {
    const finding = found(code, { reason: said, limit: said, place: 'row 7' })
    expect(sentence(finding, 'zh')).toContain(zh)
    expect(sentence(finding, 'zh')).not.toContain('row 7')
    expect(sentence(finding, 'en')).toContain(en)
  })

  it('is a size in words where a file is cut short', () => {
    const zh = (expected: string) => sentence(found('file.truncated', { expected, actual: '1363 B' }), 'zh')
    expect(zh('central directory')).toBe('文件不完整：应有压缩包目录，实有 1363 字节')
    expect(zh('2000 B (.shx)')).toBe('文件不完整：应有 2000 字节（按 .shx），实有 1363 字节')
    expect(sentence(found('file.truncated', { expected: '2000 B', actual: '1363 B' }), 'en')).toBe(
      'The file is cut short: 2000 B expected, 1363 B found',
    )
  })

  it('that nobody has words for stays as it is, and values are never translated', () => {
    expect(sentence(found('file.corrupt', { reason: 'zlib: odd 你好' }), 'zh')).toContain('zlib：odd 你好')
    const named = found('profile.column', { columns: 'empty' })
    expect(sentence({ ...named, field: 'row 3' }, 'zh')).toContain('“row 3”')
  })
})
