import { createRequire } from 'node:module'

/** The part of `koffi` that is used here: it calls functions of C. An optional package. */
interface Koffi {
  load (library: null): { func (prototype: string): Madvise }
}

type Madvise = (address: Uint8Array, bytes: number, advice: number) => number

/** madvise(2) in linux/mman.h. */
const madvHugePage = 14
/** A smaller memory has little to gain, and pages of 2 MiB leave up to one of them unused. */
const hugeBytesMin = 8 * 2 ** 20

/**
 * Asks the system to back a memory with pages of 2 MiB, before anything is written to it: a search looks at thousands of places
 * far apart, and most of its time at ten million rows is spent on finding their pages. The system may refuse; then the pages are
 * as small as ever. Node has no call for it.
 * @returns whether the system was asked
 */
export function askForHugePages (memory: WebAssembly.Memory): boolean {
  const bytes = new Uint8Array(memory.buffer)
  if (process.platform !== 'linux' || bytes.length < hugeBytesMin) return false
  return madvise()?.(bytes, bytes.length, madvHugePage) === 0
}

function madvise (): Madvise | undefined {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi
    return koffi.load(null).func('int madvise(void *address, size_t bytes, int advice)')
  } catch {
    // Not installed, or not for this platform.
    return undefined
  }
}
