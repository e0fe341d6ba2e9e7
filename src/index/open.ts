import type { HashIndex, IndexHandle, IndexReader } from './hash-index.js'
import { SegmentedIndex } from './segmented-index.js'
import type { IndexOptions } from './segmented-index.js'
import { ReaderCache } from './segmented-reader.js'

export type { IndexOptions, ReaderCache }

/** A new, empty index; this thread is its one writer. `close` it. */
export function openHashIndex (options: IndexOptions = {}): HashIndex {
  return new SegmentedIndex(options)
}

/** What a thread keeps between its searches: one for each thread, an explicit value because a hidden one would outlive its user. */
export function createReaderCache (): ReaderCache {
  return new ReaderCache()
}

/** A reader of the generation that `handle` names, in any thread. With the thread's `cache`, opening the same generation again is free. */
export function openReader (handle: IndexHandle, cache: ReaderCache = createReaderCache()): IndexReader {
  return cache.open(handle)
}
