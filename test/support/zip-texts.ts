/** The parts of a zip that is a document, as texts by name. */
import { text } from 'node:stream/consumers'
import { fromBuffer, type ZipFile } from 'yauzl'

export async function zipTexts(bytes: Buffer): Promise<Map<string, string>> {
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    fromBuffer(bytes, { lazyEntries: true }, (error, opened) => (error ? reject(error) : resolve(opened))),
  )
  const parts = new Map<string, string>()
  return new Promise((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', () => resolve(parts))
    zip.on('entry', entry =>
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error)
        text(stream).then(content => {
          parts.set(entry.fileName, content)
          zip.readEntry()
        }, reject)
      }),
    )
    zip.readEntry()
  })
}
