/** Files of a delivery written to a folder of the test, opened through the one door. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Opened, openSources } from '../../../../src/domain/survey/readers/open.ts'
import type { ReadOptions, SourceLayer } from '../../../../src/domain/survey/readers/source.ts'

export interface Desk {
  /** Writes and opens files by their names in the delivery. */
  open(files: Record<string, string | Buffer>, options?: ReadOptions): Promise<Opened>
  /** Opens one file, which must give one layer. */
  layer(name: string, content: string | Buffer, options?: ReadOptions): Promise<SourceLayer>
  clear(): Promise<void>
}

export async function desk(): Promise<Desk> {
  const home = await mkdtemp(join(tmpdir(), 'delivery-'))
  let count = 0
  const open: Desk['open'] = async (files, options = {}) => {
    const folder = join(home, String(++count))
    const written = []
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content)
      written.push({ path, name })
    }
    return openSources(written, options)
  }
  return {
    open,
    async layer(name, content, options) {
      const { layers, findings } = await open({ [name]: content }, options)
      if (layers.length !== 1) throw new Error(`${layers.length} layers, ${JSON.stringify(findings)}`)
      return layers[0]!
    },
    clear: () => rm(home, { recursive: true }),
  }
}
