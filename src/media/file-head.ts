import { closeSync, openSync, readSync } from 'node:fs'

/**
 * The first bytes of a file, or those from somewhere on, fewer where it is shorter. Synchronous, for processes and threads that have nothing else to
 * do: three trips to the thread pool take longer than the reading.
 */
export function readHead (path: string, bytes: number, start = 0): Buffer {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(bytes)
    return buffer.subarray(0, readSync(file, buffer, 0, bytes, start))
  } finally {
    closeSync(file)
  }
}

/** The first bytes of an upload: of the file at `path`, or of `content` where it lies in memory, in pieces whose first is longer than any head. */
export function headOf (path: string, content: readonly Uint8Array[] | undefined, bytes: number): Uint8Array {
  return content === undefined ? readHead(path, bytes) : content[0]?.subarray(0, bytes) ?? new Uint8Array()
}
