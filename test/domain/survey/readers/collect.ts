/** What a reader gives, gathered: all rows of a layer, or the finding it ends in. */
import { FileFault, type Finding } from '../../../../src/domain/survey/findings.ts'
import type { SourceLayer, SourceRow } from '../../../../src/domain/survey/readers/source.ts'

export async function allRows(layer: SourceLayer): Promise<SourceRow[]> {
  const rows: SourceRow[] = []
  for await (const batch of layer.rows()) rows.push(...batch)
  return rows
}

/** The finding of the FileFault that this must end in. */
export async function faultOf(work: Promise<unknown>): Promise<Finding> {
  try {
    await work
  } catch (error) {
    if (error instanceof FileFault) return error.finding
    throw error
  }
  throw new Error('no fault')
}
