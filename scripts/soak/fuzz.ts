/** Damaged files of every format, as many as one likes: each ends in rows or a named finding (fuzz-run.ts). */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fuzz } from '../fuzz-run.ts'
import type { Measurement } from '../measurement.ts'

export const measurement: Measurement = {
  about:
    'good files of every format damaged: each ends in rows or a named finding, in bounded time and memory',
  options: { files: 2000, seed: 1, from: 0 },
  async run({ files = 0, seed = 0, from = 0 }, say) {
    const keepIn = join(tmpdir(), 'wangge-fuzz-faults')
    const started = performance.now()
    const tally = await fuzz({ files, seed, from, keepIn, say })
    const seconds = (performance.now() - started) / 1000
    for (const [format, n] of Object.entries(tally.formats)) say(`  ${format}: ${n}`)
    say(`  findings: ${[...tally.codes].sort().join(', ')}`)
    if (tally.faults.length > 0) say(`files of faults are kept in ${keepIn}`)
    return {
      ended: tally.files - tally.faults.length,
      rows: tally.rows,
      findings: tally.findings,
      faults: tally.faults.length,
      formats: Object.keys(tally.formats).length,
      codes: tally.codes.size,
      slowestMs: tally.slowestMs,
      peakMb: tally.peakRssBytes / 2 ** 20,
      seconds,
    }
  },
}
