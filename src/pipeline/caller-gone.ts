import { KeersluisError } from '../errors.js'

export function callerGone (): KeersluisError {
  return new KeersluisError('callerGone', 'The caller hung up before the check was done; send the upload again.')
}

/**
 * Waits for work that is not the caller's own, and goes on without it.
 * @throws KeersluisError `callerGone` as soon as the signal aborts
 */
export async function unlessGone<T> (work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work
  return await new Promise<T>((resolve, reject) => {
    const leave = (): void => { reject(callerGone()) }
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
    work.then(resolve, reject).finally(() => { signal.removeEventListener('abort', leave) })
  })
}
