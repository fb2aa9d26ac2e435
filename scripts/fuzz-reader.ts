/**
 * The child that reads damaged deliveries, one after the other, so that what hangs or eats memory is seen and ended
 * from outside: unpacks, opens, reads every row, and tells how it ended.
 *
 *   { paths, dir } -> { end: 'rows' | 'findings' | 'fault', ... }
 */
import { FileFault, type Finding, findings as registry } from '../src/domain/survey/findings.ts'
import { openSources } from '../src/domain/survey/readers/open.ts'
import { unpack } from '../src/domain/survey/readers/unpack.ts'

export interface Asked {
  paths: string[]
  /** Private and empty: where archives are unpacked. */
  dir: string
}
export interface Told {
  end: 'rows' | 'findings' | 'fault'
  rows: number
  /** Of the findings, without repetition. */
  codes: string[]
  /** Of a fault: what was thrown. */
  fault: string
  rssBytes: number
}

const MOST_ROWS = 5_000_000

process.on('message', async (asked: Asked) => {
  process.send!(await read(asked))
})

async function read({ paths, dir }: Asked): Promise<Told> {
  const found: Finding[] = []
  let rows = 0
  try {
    const unpacked = await unpack(paths, dir)
    const opened = await openSources(unpacked.files, {})
    found.push(...unpacked.findings, ...opened.findings)
    for (const layer of opened.layers) {
      try {
        for await (const batch of layer.rows()) {
          for (const row of batch) {
            if (row.values.length !== layer.fields.length)
              throw new Error(`row ${row.row}: ${row.values.length} values`)
            found.push(...(row.findings ?? []).slice(0, 10))
          }
          rows += batch.length
          if (rows > MOST_ROWS) throw new Error(`more than ${MOST_ROWS} rows of a small file`)
        }
      } catch (error) {
        if (!(error instanceof FileFault)) throw error
        found.push(error.finding)
      }
    }
    const codes = [...new Set(found.map(each => each.code))]
    const unnamed = codes.find(code => !(code in registry))
    if (unnamed) throw new Error(`${unnamed} is no finding`)
    if (rows === 0 && codes.length === 0) throw new Error('neither rows nor a finding')
    return told(rows > 0 ? 'rows' : 'findings', rows, codes)
  } catch (error) {
    return told('fault', rows, [], error instanceof Error ? String(error.stack) : String(error))
  }
}

const told = (end: Told['end'], rows: number, codes: string[], fault = ''): Told => ({
  end,
  rows,
  codes,
  fault,
  rssBytes: process.memoryUsage.rss(),
})
