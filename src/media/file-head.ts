import { closeSync, openSync, readSync } from 'node:fs'

/**
 * The first bytes of a file, fewer where it is shorter. Synchronous, for processes and threads that have nothing else to
 * do: three trips to the thread pool take longer than the reading.
 */
export function readHead (path: string, bytes: number): Buffer {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(bytes)
    return buffer.subarray(0, readSync(file, buffer, 0, bytes, 0))
  } finally {
    closeSync(file)
  }
}
