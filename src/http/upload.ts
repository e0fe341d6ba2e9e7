import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { KeersluisError } from '../errors.js'
import { headBytes, laneOf } from '../media/sniff.js'
import { eachChunk } from '../pipeline/each-chunk.js'
import type { SpooledUpload } from '../pipeline/spooled-upload.js'
import { eachFile, isMultipart } from './multipart.js'
import type { Services } from './services.js'

export interface ReceivedUpload {
  upload: SpooledUpload
  lane: 'picture' | 'video'
}

/** In this context every body but multipart stays a stream, whatever type it claims. */
export function rawBodies (app: Pick<FastifyInstance, 'removeContentTypeParser' | 'addContentTypeParser'>): void {
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser('*', (_request: FastifyRequest, payload: Readable, done: (error: null, body: Readable) => void) => { done(null, payload) })
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
export async function receiveUpload (request: FastifyRequest, services: Services, limits: { uploadBytesMax: number }): Promise<ReceivedUpload> {
  const length = Number(request.headers['content-length'] ?? 0)
  if (length > limits.uploadBytesMax) throw new KeersluisError('uploadTooLarge', `The upload is larger than the limit of ${limits.uploadBytesMax} bytes (uploadBytesMax).`)
  services.lanes.admit('picture')
  return isMultipart(request.headers) ? await receiveMultipart(request, services) : await receiveStream(bodyOf(request), services)
}

/** The body in a context of `rawBodies`. */
export function bodyOf (request: FastifyRequest): Readable {
  return request.body instanceof Readable ? request.body : Readable.from([])
}

async function receiveStream (stream: Readable, services: Services): Promise<ReceivedUpload> {
  let lane: 'picture' | 'video' = 'picture'
  const upload = await services.spool.receive(stream, headBytes, head => {
    lane = laneOf(head)
    // The picture lane has let it in on its headers.
    if (lane === 'video') services.lanes.admit(lane)
  })
  return { upload, lane }
}

async function receiveMultipart (request: FastifyRequest, services: Services): Promise<ReceivedUpload> {
  let received: ReceivedUpload | undefined
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
