import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { readBuffer } from '../read-buffer.js'

/** Memory grows by steps of this, so that files of about one size share it. */
const growthBytes = 1024 * 1024

/** One small file after the other in the same memory: new memory for each would cost as much as the reading. */
export class FileBuffer {
  readonly #fileBytesMax: number
  #memory = Buffer.alloc(0)

  /** @param fileBytesMax how long a file may be; so much memory is kept at most. */
  constructor (fileBytesMax: number) {
    this.#fileBytesMax = fileBytesMax
  }

  /** @returns the bytes of a file, to be used until the next call; undefined where it is longer than allowed. */
  read (path: string): Buffer | undefined {
    const file = openSync(path, 'r')
    try {
      const { size } = fstatSync(file)
      if (size > this.#fileBytesMax) return undefined
      const memory = this.#room(size)
      return memory.subarray(0, readAll(file, memory))
    } finally {
      closeSync(file)
    }
  }

  /** Waits for the next `bytes` bytes of a stream. @returns them, to be used until the next call; undefined where they are too many, or the stream ends first. */
  readNext (stream: number, bytes: number): Buffer | undefined {
    if (bytes > this.#fileBytesMax) return undefined
    const memory = this.#room(bytes)
    return readAll(stream, memory) === bytes ? memory : undefined
  }

  #room (bytes: number): Buffer {
    if (bytes > this.#memory.length) this.#memory = readBuffer(Math.min(this.#fileBytesMax, Math.ceil(bytes / growthBytes) * growthBytes))
    return this.#memory.subarray(0, bytes)
  }
}

/** One call may give less than was asked for. @returns how many bytes came */
function readAll (file: number, target: Buffer): number {
  let filled = 0
  while (filled < target.length) {
    const count = readSync(file, target, filled, target.length - filled, null)
    if (count === 0) break
    filled += count
  }
  return filled
}
