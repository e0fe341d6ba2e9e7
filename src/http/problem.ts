import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { asKeersluisError, KeersluisError } from '../errors.js'
import type { Meters } from './metrics.js'
import { drainRefused } from './refused-body.js'

/** Every error as RFC 9457 problem+json with a documented code, counted; what is not ours says nothing of itself. */
export function problemSender (meters: Pick<Meters, 'rejected'>) {
  return async (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const known = translate(error)
    meters.rejected(known.code)
    if (known.status === 500 || known.code === 'notReady') request.log.error({ err: known.cause ?? known }, known.message)
    drainRefused(request.raw)
    if (known.retryAfterS !== undefined) reply.header('retry-after', String(known.retryAfterS))
    if (known.status === 401) reply.header('www-authenticate', 'Bearer')
    await reply.code(known.status).type('application/problem+json').send(problemOf(known))
  }
}

/** A whole answer, for connections on which there is no request to reply to. */
export function problemText (error: KeersluisError): string {
  const body = JSON.stringify(problemOf(error))
  const headers = ['content-type: application/problem+json', `content-length: ${Buffer.byteLength(body)}`, 'connection: close']
  if (error.retryAfterS !== undefined) headers.push(`retry-after: ${error.retryAfterS}`)
  return [`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}`, ...headers, '', body].join('\r\n')
}

function problemOf ({ title, status, message, code }: KeersluisError): object {
  return { type: 'about:blank', title, status, detail: message, code }
}

function translate (error: FastifyError | Error): KeersluisError {
  if (error instanceof KeersluisError) return error
  if ('validation' in error && error.validation !== undefined) return new KeersluisError('invalidRequest', error.message, { cause: error })
  const status = 'statusCode' in error ? error.statusCode : undefined
  if (status === 413) return new KeersluisError('requestTooLarge', 'The request body is larger than the limit (requestBytesMax).', { cause: error })
  if (status === 415) return new KeersluisError('unsupportedMediaType', 'This call takes another content type.', { cause: error })
  if (status !== undefined && status >= 400 && status < 500) return new KeersluisError('invalidRequest', error.message, { cause: error })
  return asKeersluisError(error)
}
