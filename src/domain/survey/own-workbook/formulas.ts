/**
 * Which formulas go back to who sent them. One that reckons with cells does no harm; one that calls a program, asks
 * another file or the net, or opens an address does, on the desk of whoever opens the workbook. What is not known to be
 * harmless leaves its value behind.
 *
 *   =A3&"-"&TEXT(B3,"0000")  stays        =HYPERLINK(...)  =cmd|'/c calc'!A0  =[b.xlsx]Sheet1!A1  =WEBSERVICE(...)  go
 */
import { attributeOf, plainText, type Rewriter } from './pieces.ts'

const harmless = new Set(
  `ABS AND AVERAGE AVERAGEIF AVERAGEIFS CEILING CHAR CHOOSE CLEAN CODE COLUMN COLUMNS CONCAT CONCATENATE COS COUNT COUNTA
  COUNTBLANK COUNTIF COUNTIFS DATE DATEDIF DATEVALUE DAY DAYS DEC2HEX DEGREES EDATE EOMONTH EVEN EXACT EXP FALSE FIND FINDB
  FIXED FLOOR HEX2DEC HLOOKUP HOUR IF IFERROR IFNA IFS INDEX INT ISBLANK ISERR ISERROR ISEVEN ISNA ISNUMBER ISODD ISTEXT LARGE
  LEFT LEFTB LEN LENB LN LOG LOG10 LOOKUP LOWER MATCH MAX MAXIFS MEDIAN MID MIDB MIN MINIFS MINUTE MOD MONTH MROUND N NA
  NOT NOW NUMBERVALUE ODD OFFSET OR PI POWER PRODUCT PROPER QUOTIENT RADIANS RANK REPLACE REPLACEB REPT RIGHT RIGHTB ROUND
  ROUNDDOWN ROUNDUP ROW ROWS SEARCH SEARCHB SECOND SIGN SIN SMALL SORT SQRT SUBSTITUTE SUBTOTAL SUM SUMIF SUMIFS SUMPRODUCT
  SWITCH T TAN TEXT TEXTJOIN TIME TIMEVALUE TODAY TRIM TRUE TRUNC UNICHAR UNICODE UNIQUE UPPER VALUE VLOOKUP WEEKDAY XLOOKUP
  XOR YEAR`.split(/\s+/),
)

/** @param formula as it stands in a cell or a defined name, without `=` */
export function isHarmless(formula: string): boolean {
  const unquoted = formula.replace(/"(?:[^"]|"")*"/g, ' ')
  const sheets = unquoted.match(/'(?:[^']|'')*'/g) ?? []
  const bare = unquoted
    .replace(/'(?:[^']|'')*'/g, ' ')
    // a column of a table: 表1[名称]
    .replace(/[\p{L}\p{N}_]\[(?:[^[\]]|\[[^[\]]*\])*\]/gu, ' ')
  // another file, or a program
  if ([bare, ...sheets].some(text => /[[\]|]/.test(text))) return false
  const calls = bare.matchAll(/([\p{L}_\\][\p{L}\p{N}_.\\]*)\s*\(/gu)
  return calls.every(([, name]) => harmless.has(name!.toUpperCase().replace(/^_XLFN\.(?:_XLWS\.)?/, '')))
}

/** The formulas of a sheet's cells: told of what stands in a cell, gives it back without those that could do harm. */
export function formulaRewriter(): { rewrite: Rewriter; dropped(): boolean } {
  // cells share a formula that is written in the first of them
  const kept = new Set<string>()
  let open: string | null = null
  let text = ''
  let gone = false
  const close = (end: string): string => {
    const whole = open + text + end
    const kind = attributeOf(open!, 't') ?? 'normal'
    const shared = kind === 'shared' ? (attributeOf(open!, 'si') ?? '') : null
    open = null
    const child = shared !== null && text.trim() === ''
    const stays = child ? kept.has(shared) : kind !== 'dataTable' && isHarmless(plainText(text))
    if (stays && shared !== null) kept.add(shared)
    gone ||= !stays
    return stays ? whole : ''
  }
  return {
    rewrite(raw, tag) {
      if (open === null) {
        if (tag?.name !== 'f' || !tag.opens) return raw
        open = raw
        text = ''
        return tag.closes ? close('') : ''
      }
      if (tag?.name === 'f') return close(raw)
      text += raw
      return ''
    },
    /** Whether one went since it was last asked. */
    dropped() {
      const was = gone
      gone = false
      return was
    },
  }
}
