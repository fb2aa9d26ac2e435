import { describe, expect, test } from 'vitest'
import { encodingName } from '../../../../src/domain/survey/readers/encoding-name.ts'

describe('names of encodings', () => {
  test.each([
    ['ANSI 936', 'gb18030'],
    ['cp936', 'gb18030'],
    ['54936', 'gb18030'],
    ['GBK', 'gb18030'],
    ['gb2312', 'gb18030'],
    ['GB18030', 'gb18030'],
    ['UTF-8', 'utf-8'],
    ['utf8', 'utf-8'],
    ['65001', 'utf-8'],
    ['Big5', 'big5'],
    ['950', 'big5'],
    ['Big-5', 'big5'],
    ['GB_18030', 'gb18030'],
    ['ISO-8859-1', 'windows-1252'],
    ['88591', 'windows-1252'],
    ['ANSI 1252', 'windows-1252'],
    ['28592', 'iso-8859-2'],
    ['utf-16le', 'utf-16le'],
  ])('%s is %s', (label, name) => expect(encodingName(label)).toBe(name))

  test.each(['OEM', 'ANSI', '', 'hz-gb-2312', 'replacement', '99999', '936936', '<html>'])(
    '%j is none',
    label => {
      expect(encodingName(label)).toBeUndefined()
    },
  )
})
