/**
 * The many names of encodings (code pages in a .cpg, language ids in a DBF header, what a person
 * types) to the names of the Encoding Standard.
 */

const pages: Record<number, string> = {
  936: 'gb18030',
  54936: 'gb18030',
  950: 'big5',
  932: 'shift_jis',
  949: 'euc-kr',
  51949: 'euc-kr',
  51932: 'euc-jp',
  874: 'windows-874',
  866: 'ibm866',
  20866: 'koi8-r',
  65001: 'utf-8',
  1200: 'utf-16le',
  1201: 'utf-16be',
  88591: 'windows-1252',
}

/**
 * The standard's name of an encoding, or undefined when there is none. GBK and GB2312 are GB18030
 * here: it decodes them alike and knows more. `ANSI 936`, `cp936`, `GBK`, `54936` are all `gb18030`.
 */
export function encodingName(label: string): string | undefined {
  const name = label
    .trim()
    .toLowerCase()
    .replace(/^ansi[ _-]?(?=\d)/, '')
  const page = Number(/^(?:cp|ms|windows-|x-|codepage )?(\d{3,5})$/.exec(name)?.[1])
  if (pages[page]) return pages[page]
  if (page >= 1250 && page <= 1258) return `windows-${page}`
  if (page >= 28591 && page <= 28606) return standardName(`iso-8859-${page - 28590}`)
  return standardName(name) ?? standardName(name.replace(/[^a-z0-9]/g, ''))
}

function standardName(label: string): string | undefined {
  try {
    const { encoding } = new TextDecoder(label)
    return encoding === 'gbk' ? 'gb18030' : encoding
  } catch {
    return undefined
  }
}

/**
 * What byte 29 of a DBF header says. Big5 is missing on purpose: the byte is often copied from a
 * template, and GB18030 text is nearly always valid Big5 too; Big5 must be named in a .cpg or given.
 */
export function encodingOfLanguageId(id: number): string | undefined {
  return languageIds[id]
}

const languageIds: Record<number, string> = {
  3: 'windows-1252',
  87: 'windows-1252',
  88: 'windows-1252',
  89: 'windows-1252',
  77: 'gb18030',
  122: 'gb18030',
  19: 'shift_jis',
  123: 'shift_jis',
  78: 'euc-kr',
  121: 'euc-kr',
  80: 'windows-874',
  124: 'windows-874',
  38: 'ibm866',
  101: 'ibm866',
  200: 'windows-1250',
  201: 'windows-1251',
  202: 'windows-1254',
  203: 'windows-1253',
}
