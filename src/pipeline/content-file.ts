import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'

/** Puts what lies in memory on the disk, for nobody but the gate's own user. Throws where there is something, or the disk does not take it. */
export function writeContentFile (path: string, content: readonly Uint8Array[]): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    for (const block of content) {
      for (let at = 0; at < block.length;) at += writeSync(file, block, at)
    }
  } finally {
    closeSync(file)
  }
}

/** Where the disk did not take it, there is nothing to remove. */
export function removeContentFile (path: string): void {
  try {
    unlinkSync(path)
  } catch {}
}
