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
  /** Return at most so many hits, the closest first (default 1,000). */
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
   * Whoever holds it asks for a new handle and searches again.
   */
  readonly current: boolean
  /** Every entry within `radius` bits, by (distance, entryId). Exact. Digests take radius 0 only. */
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

/** The one writer, in the main thread. It reads, too. */
export interface HashIndex extends IndexReader {
  /** Makes the entries findable by every reader, then publishes `version`. Both are done when it returns. An entry that is there already is left alone. */
  add (entries: readonly IndexEntry[], version: number): void
  /** Makes the entries unfindable for every reader, then publishes `version`. Unknown entries are ignored. */
  remove (entries: readonly IndexEntry[], version: number): void
  /** Publishes a version that changed no entry (a policy, a list). Versions only grow. */
  publish (version: number): void
  /** What a worker thread needs to read the present generation. Cheap: take it anew for every task. */
  handle (): IndexHandle
  stats (): IndexStats
  close (): Promise<void>
}
