import type { HashIndex, IndexHandle, IndexReader, SnapshotLoad, SnapshotSave } from './hash-index.js'
import { LinearIndex, LinearReader } from './linear-index.js'

export interface IndexOptions {
  /** Entries of one algorithm that are kept outside the search tables before a background merge takes them in. */
  deltaEntriesMax?: number
}

/** Until the segments exist, the plain index stands behind the contract; it has no snapshot to keep. */
class PlainIndex extends LinearIndex implements HashIndex {
  async saveSnapshot (): Promise<SnapshotSave> {
    return { coveredVersion: this.version, bytesWritten: 0 }
  }

  async loadSnapshot (): Promise<SnapshotLoad> {
    return { loaded: false, problem: 'missing', message: 'There is no snapshot.' }
  }
}

/** A new, empty index; this thread is its one writer. `close` it. */
export function openHashIndex (options: IndexOptions = {}): HashIndex {
  return new PlainIndex(options.deltaEntriesMax)
}

/**
 * What a thread keeps between its searches, so that opening the same generation again costs nothing. One per thread; an explicit
 * value, because a hidden one would outlive its user.
 */
export interface ReaderCache {
  last: { generation: number, reader: IndexReader } | undefined
}

export function createReaderCache (): ReaderCache {
  return { last: undefined }
}

/** A reader of the generation that `handle` names, in any thread. Give the thread's `cache` where handles come often. */
export function openReader (handle: IndexHandle, cache: ReaderCache = createReaderCache()): IndexReader {
  if (cache.last?.generation !== handle.generation) cache.last = { generation: handle.generation, reader: new LinearReader(handle) }
  return cache.last.reader
}
