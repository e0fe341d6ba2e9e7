import { closeSync, openSync, readSync } from 'node:fs'
import { DigestHasher, type Digests } from '../hash/digests.js'
import { readBuffer } from '../read-buffer.js'

const readBytes = 256 * 1024

/** The digests of a file. Blocking calls, because a worker thread has nothing else to do. */
export function fileDigests (path: string): Digests {
  const hasher = new DigestHasher()
  const chunk = readBuffer(readBytes)
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

/** The digests of what lies in memory. */
export function contentDigests (content: readonly Uint8Array[]): Digests {
  const hasher = new DigestHasher()
  for (const block of content) hasher.update(block)
  return hasher.digests()
}
