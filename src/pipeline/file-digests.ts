import { closeSync, openSync, readSync } from 'node:fs'
import { DigestHasher, type Digests } from '../hash/digests.js'

const readBytes = 256 * 1024

/** The digests of a file in one pass; blocking reads, because a worker thread has nothing else to do. */
export function digestsOf (path: string): Digests {
  const hasher = new DigestHasher()
  const chunk = Buffer.allocUnsafe(readBytes)
  const file = openSync(path, 'r')
  try {
    for (;;) {
      const bytes = readSync(file, chunk)
      if (bytes === 0) return hasher.digests()
      hasher.update(chunk.subarray(0, bytes))
    }
  } finally {
    closeSync(file)
  }
}
