import type { Readable } from 'node:stream'

/**
 * Calls `take` with each chunk of a stream as it arrives; a promise that it returns is waited for before the next one. The
 * stream is never destroyed: a request would take its connection along, and with that the answer; whoever owns it sees to the
 * rest of it. (An async iterator takes several turns of the event loop for each chunk, and stops and starts the reading of a
 * request's socket every time.)
 * @throws what `take` throws, the stream's own error, an `Error` where it closes early
 */
export async function eachChunk (stream: Readable, take: (chunk: Buffer) => Promise<void> | undefined): Promise<void> {
  if (stream.destroyed) throw new Error('The stream is closed.')
  await new Promise<void>((resolve, reject) => {
    let taking: Promise<void> | undefined
    const leave = (settle: () => void): void => {
      stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose)
      stream.pause()
      // What was given away is done with before anybody cleans up.
      Promise.allSettled([taking]).then(settle, reject)
    }
    const onData = (chunk: Buffer): void => {
      try {
        taking = take(chunk)
      } catch (error) {
        onError(error as Error)
        return
      }
      if (taking === undefined) return
      stream.pause()
      taking.then(() => { stream.resume() }, onError)
    }
    // A stream may end while its last chunk is still being taken, and that may fail.
    const onEnd = (): void => { leave(() => { Promise.resolve(taking).then(resolve, reject) }) }
    const onError = (error: Error): void => { leave(() => { reject(error) }) }
    const onClose = (): void => { onError(new Error('The stream closed before its end.')) }
    stream.on('data', onData).once('end', onEnd).once('error', onError).once('close', onClose)
  })
}
