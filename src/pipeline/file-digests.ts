import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { DigestHasher, type Digests } from '../hash/digests.js'
import { readBuffer } from '../read-buffer.js'
import type { SpooledFile } from './spooled-upload.js'

const readBytes = 256 * 1024

/**
 * The digests of an upload in one pass; what is not on disk yet is written there by the way. Blocking calls, because a worker
 * thread has nothing else to do.
 */
export function digestsOf ({ path, unwritten }: SpooledFile): Digests {
  return unwritten === undefined ? readDigests(path) : writeDigests(path, unwritten)
}

function readDigests (path: string): Digests {
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

function writeDigests (path: string, blocks: ReadonlyArray<Uint8Array<SharedArrayBuffer>>): Digests {
  const hasher = new DigestHasher()
  const file = openSync(path, 'wx', 0o600)
  try {
    for (const block of blocks) {
      for (let at = 0; at < block.length;) at += writeSync(file, block, at)
      hasher.update(block)
    }
    return hasher.digests()
  } finally {
    closeSync(file)
  }
}
