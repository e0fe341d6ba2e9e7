/**
 * The contract of the searchable set of known hashes: what the floors above may use of this room.
 * The index knows entries and versions; it knows nothing of lists, items or policy.
 */
export const digestAlgorithms = ['md5', 'sha1', 'sha256'] as const
export const perceptualAlgorithms = ['pdq', 'blockhash'] as const
export type DigestAlgorithm = typeof digestAlgorithms[number]
export type PerceptualAlgorithm = typeof perceptualAlgorithms[number]
export type Algorithm = DigestAlgorithm | PerceptualAlgorithm

/** Bytes of a value: 16, 20 and 32 for the digests, 32 for PDQ and blockhash-256. */
export const valueBytes: Record<Algorithm, number> = { md5: 16, sha1: 20, sha256: 32, pdq: 32, blockhash: 32 }

/** The widest radius a perceptual search may ask for, in bits. */
export const radiusMax = 64

/** Hits of one search when the caller names no limit. */
export const hitsDefault = 1_000

/** The most hits that one search returns, whatever the caller asks for. */
export const hitsLimit = 16_384

export interface IndexEntry {
  /** 1 to 2^32 - 1, never used twice for another entry. */
  entryId: number
  algorithm: Algorithm
  /** `valueBytes[algorithm]` bytes, in the order of the hex text. */
  value: Uint8Array
}

export interface IndexHit {
  entryId: number
  /** Differing bits; 0 for digests. */
  distance: number
}

export interface SearchOptions {
  /** Return at most so many hits, the closest first (default `hitsDefault`, at most `hitsLimit`). */
  hitsMax?: number
  /** A yes/no question: return as soon as any one hit is known; its order is then not specified. */
  stopAtFirst?: boolean
}

/** Reads the published generation. Usable in any thread; a search never blocks and never awaits. */
export interface IndexReader {
  /** The list version that is published now. */
  readonly version: number
  /**
   * False once this reader's generation was replaced (by a merge): what was added since may be missing.
   * Whoever holds it asks for a new handle and searches again. Read `version` first, then search, then ask `current`:
   * when it is true, the answer holds every entry of that version.
   */
  readonly current: boolean
  /**
   * Every entry within `radius` bits (0 to `radiusMax`), by (distance, entryId). Exact. Digests take radius 0 only.
   * @throws KeersluisError `malformedHash` for a value of the wrong length, `invalidRequest` for an impossible radius.
   */
  search (algorithm: Algorithm, value: Uint8Array, radius: number, options?: SearchOptions): IndexHit[]
}

/** Structured-clonable, shares memory: send it to a worker thread and call `openReader` there. Opaque to every other room. */
export interface IndexHandle {
  readonly generation: number
  readonly parts: unknown
}

export interface IndexStats {
  version: number
  /** Live entries per algorithm. */
  entries: Record<Algorithm, number>
  segments: number
  deltaEntries: number
  tombstones: number
  merges: number
  /** Bytes of shared memory held. */
  memoryBytes: number
}

/** Many entries of one algorithm without an object for each: entry i has `entryIds[i]` and the i-th `valueBytes[algorithm]` bytes of `values`. */
export interface PackedEntries {
  algorithm: Algorithm
  entryIds: Uint32Array
  values: Uint8Array
}

/**
 * A load of up to a hundred million entries past the delta. The entries must be new to the index: they are not compared with it.
 * While it lasts, background merges build what it published into segments of their own; at its end these are merged into few.
 */
export interface BulkLoad {
  /** Entries taken so far. */
  readonly entries: number
  add (entries: readonly IndexEntry[]): void
  addPacked (entries: PackedEntries): void
  /**
   * Makes all that was taken since the last time findable at once, nothing of it before, and publishes `version`. Right after,
   * searches answer by linear scan; the search tables are built in the background and swapped in (`settled` waits for that).
   */
  publish (version: number): void
  /** Publishes, and ends the load. */
  commit (version: number): void
  /** Ends the load without what was not published. */
  abort (): void
}

export type SnapshotProblem = 'missing' | 'truncated' | 'corrupt' | 'otherFormat' | 'unfit'

/** What a snapshot says of itself. */
export interface SnapshotCover {
  coveredVersion: number
  /** No entry in it has a higher id; every entry that was added later has one. */
  lastEntryId: number
  /** What the saver gave, to know the store again that it belongs to. */
  mark: string
}

export type SnapshotLoad =
  /**
   * The index holds and publishes `coveredVersion`. What changed after it is replayed from the store, before anything is served:
   * `remove` the entries taken away since, then `load` those above `lastEntryId` that are still there.
   */
  | SnapshotCover & { loaded: true, entries: number, bytes: number }
  /** The index is as empty as before: load every entry from the store with `load`. */
  | { loaded: false, problem: SnapshotProblem, message: string }

export interface SnapshotSave {
  coveredVersion: number
  /** Bytes written now; segments that an earlier save wrote are not written again. */
  bytesWritten: number
}

/** The one writer, in the main thread. It reads, too. */
export interface HashIndex extends IndexReader {
  /** Makes the entries findable by every reader, then publishes `version`. Both are done when it returns. An entry that is there already is left alone. */
  add (entries: readonly IndexEntry[], version: number): void
  /** Makes the entries unfindable for every reader, then publishes `version`. Unknown entries are ignored. */
  remove (entries: readonly IndexEntry[], version: number): void
  /** Publishes a version that changed no entry (a policy, a list). Versions only grow. */
  publish (version: number): void
  /** Starts a bulk load, which publishes about so many entries at a time; `add` and `remove` of other entries go on beside it. */
  bulk (publishEntries?: number): BulkLoad
  /** A bulk load of all pages of entries, committed as `version`. Rejects, with nothing changed, when `pages` throws. */
  load (pages: Iterable<readonly PackedEntries[]> | AsyncIterable<readonly PackedEntries[]>, version: number): Promise<void>
  /** What a worker thread needs to read the present generation. Cheap: take it anew for every task. */
  handle (): IndexHandle
  stats (): IndexStats
  /** Resolves when no background work is left; rejects when it failed. Searches need not wait for it. */
  settled (): Promise<void>
  /**
   * Writes the set as it is at the call to `folder` so that a start can read it; atomic, beside searches and writes. What is removed
   * meanwhile may be missing from it already.
   */
  saveSnapshot (folder: string, mark?: string): Promise<SnapshotSave>
  /**
   * Reads what `saveSnapshot` wrote into this index, which must be empty. A snapshot that is not sound, or that `fits` does not want
   * (`unfit`), is reported, never half used.
   */
  loadSnapshot (folder: string, fits?: (cover: SnapshotCover) => Promise<boolean>): Promise<SnapshotLoad>
  /** Ends the background work. Idempotent. */
  close (): Promise<void>
}
