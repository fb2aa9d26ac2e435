import { describe, expect, test } from 'vitest'
import { dateOfSerial, meaningOfCode } from '../../../../src/domain/survey/readers/cell-format.ts'

describe('a number format', () => {
  test.each([
    'yyyy-mm-dd',
    'm/d/yy',
    'yyyy"年"m"月"d"日";@',
    '[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy',
    '[DBNum1][$-804]yyyy"年"m"月"',
    'mmm',
    'd-mmm-yy h:mm AM/PM',
    'e"年"m"月"d"日"',
    '[红色]yyyy/m/d',
  ])('%s is a date', code => expect(meaningOfCode(code)).toBe('date'))

  test.each(['h:mm', 'hh:mm:ss', 'mm:ss.0', '上午/下午h"时"mm"分"', 'h:mm AM/PM'])('%s is a time', code =>
    expect(meaningOfCode(code)).toBe('time'),
  )

  test.each([
    'General',
    'G/通用格式',
    '0.00E+00',
    '#,##0.00_);[Red](#,##0.00)',
    '0"ydm"',
    '\\d0\\y',
    '@',
    '[h]:mm:ss',
    '0.00%',
    '_-* #,##0 _d_-',
    '[$¥-804]#,##0',
  ])('%s is a plain number', code => expect(meaningOfCode(code)).toBe(null))
})

test('every day of the calendar is itself, in both systems', () => {
  const days = (iso: string, epoch: string) => (Date.parse(iso) - Date.parse(epoch)) / 86_400_000
  for (let at = Date.parse('1900-03-01'); at < Date.parse('2199-12-31'); at += 86_400_000 * 13) {
    const iso = new Date(at).toISOString().slice(0, 10)
    expect(dateOfSerial(days(iso, '1899-12-30'), 'date', false)).toBe(iso)
    if (iso > '1904') expect(dateOfSerial(days(iso, '1904-01-01'), 'date', true)).toBe(iso)
  }
})
