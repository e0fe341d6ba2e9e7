import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { KeersluisError } from '../errors.js'
import { headBytes, laneOf } from '../media/sniff.js'
import { eachChunk } from '../pipeline/each-chunk.js'
import type { Lane } from '../pipeline/lanes.js'
import type { ReceivedMedia } from '../service/known-material.js'
import { eachFile, isMultipart } from './multipart.js'
import type { Services } from './services.js'

/** What a form may have around its file; the file itself is measured as it arrives. */
const envelopeBytesMax = 2 * 1024 * 1024

/** In this context every body but multipart stays a stream, whatever type it claims. */
export function rawBodies (app: Pick<FastifyInstance, 'removeContentTypeParser' | 'addContentTypeParser'>): void {
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser('*', (_request: FastifyRequest, payload: Readable, done: (error: null, body: Readable) => void) => { done(null, payload) })
}

/** Whether a body claims to be JSON, in a context of `rawBodies`. */
export function claimsJson ({ headers }: FastifyRequest): boolean {
  return /^\s*application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')
}

/** A JSON body that arrived as a stream. @throws KeersluisError `requestTooLarge`, `invalidRequest` */
export async function readJson (request: FastifyRequest, bytesMax: number): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  await eachChunk(bodyOf(request), chunk => {
    bytes += chunk.length
    if (bytes > bytesMax) throw new KeersluisError('requestTooLarge', 'The request body is larger than the limit (requestBytesMax).')
    chunks.push(chunk)
    return undefined
  })
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (error) {
    throw new KeersluisError('invalidRequest', 'The body is not JSON.', { cause: error })
  }
}

/**
 * The one file of a request, raw body or multipart, on the spool. Admission is decided on the headers, and again for
 * the video lane when the first bytes show that it is one.
 */
export async function receiveUpload (request: FastifyRequest, services: Services, limits: { uploadBytesMax: number }): Promise<ReceivedMedia> {
  assertPlain(request.headers)
  const length = Number(request.headers['content-length'] ?? 0)
  if (length > limits.uploadBytesMax + (isMultipart(request.headers) ? envelopeBytesMax : 0)) throw new KeersluisError('uploadTooLarge', `The upload is larger than the limit of ${limits.uploadBytesMax} bytes (uploadBytesMax).`)
  services.lanes.admit('picture')
  return isMultipart(request.headers) ? await receiveMultipart(request, services) : await receiveStream(bodyOf(request), services, assertNoForm)
}

/**
 * Packed bytes, or a file in an envelope, would be checked as they are, and pass: nobody unpacks them here.
 * @throws KeersluisError `unsupportedMediaType`
 */
function assertPlain (headers: IncomingHttpHeaders): void {
  const isPlain = (value: string | undefined, plain: string): boolean => (value ?? '').split(',').every(one => ['', plain].includes(one.trim().toLowerCase()))
  if (!isPlain(headers['content-encoding'], 'identity') || !isPlain(headers['transfer-encoding'], 'chunked')) {
    throw new KeersluisError('unsupportedMediaType', 'The body is packed (Content-Encoding); send its bytes as they are.')
  }
  if (/^\s*multipart\//i.test(headers['content-type'] ?? '') && !isMultipart(headers)) {
    throw new KeersluisError('unsupportedMediaType', 'Of multipart bodies only multipart/form-data is taken.')
  }
}

/** A form that lost its type on the way: its file would be overlooked. */
function assertNoForm (head: Buffer): void {
  if (/^(\r\n)?--[^\r\n]{1,200}\r\ncontent-(disposition|type):/i.test(head.toString('latin1', 0, 512))) {
    throw new KeersluisError('unsupportedMediaType', 'The body is a form; send it as multipart/form-data with its boundary, or the file alone.')
  }
}

/** The body in a context of `rawBodies`. */
export function bodyOf (request: FastifyRequest): Readable {
  return request.body instanceof Readable ? request.body : Readable.from([])
}

async function receiveStream (stream: Readable, services: Services, inspect: (head: Buffer) => void = () => {}): Promise<ReceivedMedia> {
  let lane: Lane = 'picture'
  const upload = await services.spool.receive(stream, headBytes, head => {
    inspect(head)
    lane = laneOf(head)
    // The picture lane has let it in on its headers.
    if (lane === 'video') services.lanes.admit(lane)
  })
  return { upload, lane }
}

async function receiveMultipart (request: FastifyRequest, services: Services): Promise<ReceivedMedia> {
  let received: ReceivedMedia | undefined
  let isFirst = true
  try {
    await eachFile(bodyOf(request), request.headers, async file => {
      if (!isFirst) throw new KeersluisError('severalFiles', 'Send one file in a request.')
      isFirst = false
      received = await receiveStream(file, services)
    })
  } catch (error) {
    await received?.upload.remove()
    if (error instanceof KeersluisError) throw error
    throw new KeersluisError('uploadInterrupted', 'The multipart body is malformed or ended early; send it again.', { cause: error })
  }
  if (received === undefined) throw new KeersluisError('noFile', 'The multipart body has no file; send it as a file part.')
  return received
}
