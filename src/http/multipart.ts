import { Busboy } from '@fastify/busboy'
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

/** A second file is let through as far as its head, so that whoever takes the files can refuse it. */
const limits = { files: 2, fields: 10, fieldSize: 10_000, parts: 12, headerPairs: 100 }

/** More than one chunk of a request: with the 16 KiB of a stream each chunk fills it, and stops the request until the next turn. */
const highWaterMark = 256 * 1024

const contentTypePattern = /^multipart\/form-data\b/i

export function isMultipart (headers: IncomingHttpHeaders): boolean {
  return contentTypePattern.test(headers['content-type'] ?? '')
}

/**
 * Calls `take` with each file of a multipart body (RFC 7578), of any length, as it arrives; fields are passed over. The body is
 * never destroyed: what a refused one still brings is for its owner to read away.
 * @throws what `take` throws, an `Error` where the body is malformed, has too many parts or ends early. A file that was being
 *   taken is destroyed then, and `take` is done with it when this rejects.
 */
export async function eachFile (body: Readable, headers: IncomingHttpHeaders, take: (file: Readable) => Promise<void>): Promise<void> {
  if (body.destroyed) throw new Error('The body is closed.')
  const parser = new Busboy({ headers: { ...headers, 'content-type': headers['content-type'] ?? '' }, limits, highWaterMark })
  const files: Readable[] = []
  const taking: Array<Promise<void>> = []
  let onClose = (): void => {}
  try {
    await new Promise<void>((resolve, reject) => {
      onClose = () => { if (!body.readableEnded) reject(new Error('The body closed before its end.')) }
      parser.on('file', (_field, file) => {
        files.push(file)
        const taken = take(file)
        taking.push(taken)
        taken.catch(reject)
      })
      for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) parser.once(limit, () => { reject(new Error('The body has too many parts.')) })
      parser.once('finish', resolve).on('error', reject)
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
