/**
 * XML as a stream: bytes to text in the encoding they are in, text to names, attributes and character data.
 * Prefixes of names are dropped, document types are refused, what is not well-formed ends in a FileFault.
 */
import { SaxesParser } from 'saxes'
import { encodingName } from './encoding-name.ts'
import { corrupt } from './file-bytes.ts'

/** Hears names without their prefix; attributes keep theirs. */
export interface XmlListener {
  open(name: string, attributes: Record<string, string>): void
  close(name: string): void
  text?(text: string): void
}

export interface XmlParser {
  write(text: string): void
  /** Throws where the document is not at its end. */
  end(): void
}

/** No text or tag is longer: Excel keeps 32,767 characters in a cell. */
const longest = 16 << 20

/** The parser's methods throw FileFault `file.corrupt`; `part` is named in it. */
export function xmlParser(listener: XmlListener, file: string, part: string): XmlParser {
  const parser = new SaxesParser({ position: false })
  let quiet = 0
  const fail = (error: Error) => {
    throw corrupt(file, `${part}: ${error.message}`)
  }
  parser.on('error', fail)
  parser.on('doctype', () => fail(new Error('document type')))
  parser.on('opentag', ({ name, attributes }) => {
    quiet = 0
    listener.open(local(name), attributes as Record<string, string>)
  })
  parser.on('closetag', ({ name }) => {
    quiet = 0
    listener.close(local(name))
  })
  if (listener.text) {
    const hear = (text: string) => listener.text!(text)
    parser.on('text', hear)
    parser.on('cdata', hear)
  }
  return {
    write(text) {
      quiet += text.length
      if (quiet > longest) fail(new Error('text too long'))
      parser.write(text)
    },
    end: () => void parser.close(),
  }
}

const local = (name: string): string => {
  const at = name.indexOf(':')
  return at < 0 ? name : name.slice(at + 1)
}

/** An attribute by its name without prefix. */
export function attribute(attributes: Record<string, string>, wanted: string): string | undefined {
  if (attributes[wanted] !== undefined) return attributes[wanted]
  const name = Object.keys(attributes).find(each => local(each) === wanted)
  return name === undefined ? undefined : attributes[name]
}

/** Reads a whole part for a listener. */
export async function readXml(
  bytes: AsyncIterable<Buffer>,
  listener: XmlListener,
  file: string,
  part: string,
): Promise<void> {
  const parser = xmlParser(listener, file, part)
  for await (const text of xmlText(bytes, file, part)) parser.write(text)
  parser.end()
}

/** UTF-8 and UTF-16 by their first bytes, others by what the document says of itself. */
export async function* xmlText(
  bytes: AsyncIterable<Buffer>,
  file: string,
  part: string,
): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined
  let head: Buffer = Buffer.alloc(0)
  const decode = (chunk?: Buffer) => {
    try {
      return chunk ? decoder!.decode(chunk, { stream: true }) : decoder!.decode()
    } catch {
      throw corrupt(file, `${part}: not ${decoder!.encoding}`)
    }
  }
  for await (const chunk of bytes) {
    if (decoder) {
      const text = decode(chunk)
      if (text !== '') yield text
      continue
    }
    head = head.length > 0 ? Buffer.concat([head, chunk]) : chunk
    if (head.length < 200) continue
    decoder = new TextDecoder(encodingOf(head), { fatal: true })
    yield decode(head)
  }
  if (!decoder) {
    decoder = new TextDecoder(encodingOf(head), { fatal: true })
    yield decode(head)
  }
  const rest = decode()
  if (rest !== '') yield rest
}

function encodingOf(head: Buffer): string {
  const [a, b] = head
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return 'utf-16le'
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return 'utf-16be'
  const said = /^[^>]{0,150}\sencoding\s*=\s*["']([\w.-]+)["']/.exec(head.toString('latin1', 0, 200))?.[1]
  const name = said === undefined ? undefined : encodingName(said)
  return name === undefined || name.startsWith('utf-16') ? 'utf-8' : name
}
