import { describe, expect, it } from 'vitest'
import { codeProfile } from '../../../src/domain/catalog/codes.ts'
import { openCodes } from '../../../src/domain/survey/component-code.ts'
import { openRow } from '../../../src/domain/survey/component-row.ts'
import { type Finding, severityOf } from '../../../src/domain/survey/findings.ts'
import type { SourceField, SourceRow, SourceValue } from '../../../src/domain/survey/readers/source.ts'

/** Reads codes as a column holds them. @returns the codes as read, and the findings with their rows */
function read(values: SourceValue[], { id = 'cjt16', district = '320599', stored = 'text' } = {}) {
  const found: Finding[] = []
  const field: SourceField = { name: '标识码', stored: stored as SourceField['stored'] }
  const layer = { file: 'a.csv', fields: [field] }
  const row = openRow({ found: each => found.push(each), takenAs: severityOf }, layer, {
    columns: { code: 0 },
    constants: {},
  })
  const codes = openCodes(codeProfile(id), district, 0, field)
  const rows: SourceRow[] = values.map((value, i) => ({ row: i + 1, values: [value], geometry: null }))
  codes.look(rows)
  const delivered = rows.map(each => {
    row.begin(each)
    const { code } = codes.read(row)
    row.end()
    return code
  })
  return {
    delivered,
    found: found.map(({ row, code, detail }) => [row, code, detail.what ?? detail.zeros ?? null]),
  }
}
const good = '3205990101000007'

describe('a code', () => {
  it('as it should be is read as it stands', () => {
    expect(read([good])).toEqual({ delivered: [good], found: [] })
  })

  it.each([
    ['full-width digits', '３２０５９９０１０１０００００７', 'full-width characters'],
    ['blanks around it', ` ${good}\u3000`, 'blanks'],
    ['blanks inside', '320599 0101 000007', 'blanks'],
    ['a mark nobody sees', `\ufeff${good}\u200b`, 'blanks'],
  ])('with %s is read without them, which is said', (_name, value, what) => {
    expect(read([value])).toEqual({ delivered: [good], found: [[1, 'code.characters', what]] })
  })

  it('that lost its leading zeros has them back where only one code can be meant', () => {
    const ours = { id: 'state:2 county:3 serial:4', district: '015' }
    expect(read(['60150007'], ours).found).toEqual([[1, 'code.characters', 'lost zeros']])
    expect(read(['60150007'], ours).delivered).toEqual(['060150007'])
    expect(read([60150007], ours).delivered).toEqual(['060150007'])
    // another county's: nobody knows what is missing
    expect(read(['60990007'], ours).found).toEqual([[1, 'code.format', null]])
  })

  it('stored as a number, or written as one, is refused', () => {
    for (const value of [3205990101000007, '3.20599E+15', '3.20599e15'])
      expect(read([value]).found).toEqual([[1, 'code.numeric', null]])
    expect(read([good], { stored: 'number' }).found).toEqual([[1, 'code.numeric', null]])
  })
})

describe('codes that end in zero', () => {
  const codes = (step: number, n: number) =>
    Array.from({ length: n }, (_, i) => `3205990101${String((i + 1) * step).padStart(6, '0')}`)

  it('are told where many of a column do, and read as they stand', () => {
    const { delivered, found } = read([...codes(10, 12), good])
    expect(found).toEqual(Array.from({ length: 12 }, (_, i) => [i + 1, 'code.rounded', i === 9 ? 2 : 1]))
    expect(delivered).toEqual([...codes(10, 12), good])
  })

  it('are nothing to tell where a tenth does, as it must be, or where they are few', () => {
    expect(read(codes(1, 300)).found).toEqual([])
    expect(read(codes(10, 9)).found).toEqual([])
  })
})
