import type { Socket } from 'node:net'
import { KeersluisError } from '../errors.js'
import type { Meters } from './metrics.js'
import { problemText } from './problem.js'

/**
 * Answers what never became a request, because it is no HTTP or did not arrive in time, as problem+json, too, and closes the connection.
 * Connections that were opened ahead of a request and stayed silent are closed without a word.
 */
export function brokenRequestHandler (meters: Pick<Meters, 'rejected'>) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (socket.writable && socket.bytesRead > 0 && error.code !== 'ECONNRESET') {
      const known = translate(error)
      meters.rejected(known.code)
      socket.write(problemText(known))
    }
    socket.destroy(error)
  }
}

function translate (error: NodeJS.ErrnoException): KeersluisError {
  switch (error.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT': return new KeersluisError('uploadInterrupted', 'The request did not arrive in time (uploadMsMax); send it again.', { cause: error })
    case 'HPE_HEADER_OVERFLOW': return new KeersluisError('invalidRequest', 'The headers are too long; send them shorter.', { cause: error })
    default: return new KeersluisError('invalidRequest', 'This is not HTTP as the gate reads it; look at how the request is written.', { cause: error })
  }
}
