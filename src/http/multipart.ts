import { Dicer } from '@fastify/busboy'
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { KeersluisError } from '../errors.js'

const partsMax = 100
/** Of all fields that are no file together. */
const fieldBytesMax = 1024 * 1024
const partLimits = { maxHeaderPairs: 100, maxHeaderSize: 16 * 1024 }

/** More than one chunk of a request: with the 16 KiB of a stream each chunk fills it, and stops the request until the next turn. */
const highWaterMark = 256 * 1024

const contentTypePattern = /^\s*multipart\/form-data\b/i

export function isMultipart (headers: IncomingHttpHeaders): boolean {
  return contentTypePattern.test(headers['content-type'] ?? '')
}

/**
 * Calls `take` with each file of a multipart body (RFC 7578), of any length, as it arrives; fields are passed over. The body is
 * never destroyed: what a refused one still brings is for its owner to read away.
 * No part is passed over that a site could take for a file.
 * @throws what `take` throws; KeersluisError `invalidRequest`, `unsupportedMediaType` for parts that are too many or not what a form
 *   sends; an `Error` where the body is malformed or ends early. A file that was being taken is destroyed then, and `take` is done
 *   with it when this rejects.
 */
export async function eachFile (body: Readable, headers: IncomingHttpHeaders, take: (file: Readable) => Promise<void>): Promise<void> {
  if (body.destroyed) throw new Error('The body is closed.')
  // `partHwm`, of the files, is missing in its types.
  const options = { boundary: boundaryOf(headers), ...partLimits, partHwm: highWaterMark, highWaterMark }
  const parser = new Dicer(options)
  const files: Readable[] = []
  const taking: Array<Promise<void>> = []
  let onClose = (): void => {}
  try {
    await new Promise<void>((resolve, reject) => {
      onClose = () => { if (!body.readableEnded) reject(new Error('The body closed before its end.')) }
      let parts = 0
      let read = 0
      const fields = new FieldBytes()
      parser.on('part', (part: Readable & NodeJS.EventEmitter) => {
        part.on('error', reject)
        if (++parts > partsMax) {
          reject(new KeersluisError('invalidRequest', `The multipart body has more than ${partsMax} parts.`))
          return
        }
        part.once('header', (header: PartHeader) => {
          read++
          try {
            if (isFile(header)) {
              files.push(part)
              const taken = take(part)
              taking.push(taken)
              taken.catch(reject)
            } else fields.passOver(part, reject)
          } catch (error) {
            reject(error instanceof Error ? error : new Error('A part cannot be read.'))
          }
        })
      })
      parser.once('finish', () => { if (read === parts) resolve(); else reject(new Error('A part has no head.')) }).on('error', reject)
      body.once('close', onClose).on('error', reject)
      body.pipe(parser)
    })
    await Promise.all(taking)
  } finally {
    body.off('close', onClose).unpipe(parser)
    for (const file of files) file.destroy()
    await Promise.allSettled(taking)
  }
}

/** Values of each name, which is in lower case. */
type PartHeader = Partial<Record<string, readonly string[]>>

const plainEncodings = new Set(['7bit', '8bit', 'binary', 'identity'])
/** What browsers and libraries give a field that is no file. */
const fieldTypePattern = /^(text\/|application\/json\b|application\/x-www-form-urlencoded\b)/i

/** @throws KeersluisError where it is neither a file nor a field, or is sent in an encoding that nobody undoes here */
function isFile (header: PartHeader): boolean {
  const [disposition, ...others] = header['content-disposition'] ?? []
  if (disposition === undefined || others.length > 0 || !/^\s*form-data\s*(;|$)/i.test(disposition)) {
    throw new KeersluisError('invalidRequest', 'A part of the multipart body is no form-data (Content-Disposition); send the file as a file part.')
  }
  for (const name of ['content-transfer-encoding', 'content-encoding']) {
    for (const encoding of header[name] ?? []) {
      if (!plainEncodings.has(encoding.trim().toLowerCase())) throw new KeersluisError('unsupportedMediaType', 'A part of the multipart body is encoded; send its bytes as they are.')
    }
  }
  const types = (header['content-type'] ?? []).map(type => type.trim())
  if (types.some(type => /^multipart\//i.test(type))) throw new KeersluisError('unsupportedMediaType', 'A part of the multipart body has parts of its own; send one file.')
  return /;\s*filename\*?\s*=/i.test(disposition) || types.some(type => !fieldTypePattern.test(type))
}

/** Reads fields away, as far as they may go. */
class FieldBytes {
  #bytes = 0

  passOver (part: Readable, reject: (error: Error) => void): void {
    part.on('data', ({ length }: Buffer) => {
      this.#bytes += length
      if (this.#bytes > fieldBytesMax) reject(new KeersluisError('invalidRequest', `The form fields beside the file have more than ${fieldBytesMax} bytes.`))
    })
  }
}

/** @throws Error where the type names none */
function boundaryOf (headers: IncomingHttpHeaders): string {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(headers['content-type'] ?? '') ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined) throw new Error('The content type names no boundary.')
  return boundary
}
