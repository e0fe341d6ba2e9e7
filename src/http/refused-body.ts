import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { freeChunk } from '../free-chunk.js'

const lookEveryMs = 1_000
/** As long as nginx lingers by default. */
const drainMsMax = 30_000
const drainBytesMax = 64 * 1024 * 1024

/**
 * Reads away what is still to come of a request that is being answered with an error. A connection that was closed with
 * bytes unread would be reset, and the answer lost with it; one that is read to the end can be used again. Whoever goes on
 * sending for too long is cut off all the same: the answer has been there for him long since.
 */
export function drainRefused (request: IncomingMessage): void {
  // A request that was destroyed has none, whatever its type says.
  const socket: Socket | null = request.socket
  if (request.complete || socket === null || socket.destroyed) return
  const startedAt = performance.now()
  const bytesBefore = socket.bytesRead
  const timer = setInterval(() => {
    if (performance.now() - startedAt > drainMsMax || socket.bytesRead - bytesBefore > drainBytesMax) request.destroy()
  }, lookEveryMs)
  timer.unref()
  for (const event of ['end', 'close']) request.once(event, () => { clearInterval(timer) })
  request.unpipe()
  request.on('data', freeChunk)
  request.resume()
}
