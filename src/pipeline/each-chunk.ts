import type { Readable } from 'node:stream'

/**
 * Calls `take` with each chunk of a stream as it arrives; a promise that it returns is waited for before the next one. The
 * stream is left as it is, whatever the end: whoever owns it sees to the rest of it. (An async iterator takes several turns of
 * the event loop for each chunk, and stops and starts the reading of a request's socket every time.)
 * @throws what `take` throws, the stream's own error, an `Error` where it closes early
 */
export async function eachChunk (stream: Readable, take: (chunk: Buffer) => Promise<void> | undefined): Promise<void> {
  if (stream.destroyed) throw new Error('The stream is closed.')
  let taking: Promise<void> | undefined
  let onData: (chunk: Buffer) => void = () => {}
  let onEnd: () => void = () => {}
  let onClose: () => void = () => {}
  let onError: (error: unknown) => void = () => {}
  try {
    await new Promise<void>((resolve, reject) => {
      onEnd = resolve
      onError = reject
      onClose = () => { reject(new Error('The stream closed before its end.')) }
      onData = chunk => {
        try {
          taking = take(chunk)
        } catch (error) {
          onError(error)
          return
        }
        if (taking === undefined) return
        stream.pause()
        taking.then(() => { stream.resume() }, reject)
      }
      stream.on('data', onData).once('end', onEnd).once('error', onError).once('close', onClose)
    })
  } finally {
    stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose)
    stream.pause()
    // What was given away is done with before anybody cleans up.
    await taking?.catch(() => {})
  }
}
