import { randomUUID } from 'node:crypto'
import { KeersluisError } from '../errors.js'
import { AlgorithmSet } from './algorithm-set.js'
import { Background } from './background.js'
import { SegmentedBulk } from './bulk-load.js'
import { ControlBlock } from './control-block.js'
import { digestAlgorithms, perceptualAlgorithms } from './hash-index.js'
import type { Algorithm, BulkLoad, HashIndex, IndexEntry, IndexHandle, IndexHit, IndexStats, PackedEntries, SearchOptions, SnapshotCover, SnapshotLoad, SnapshotSave } from './hash-index.js'
import { MergeQueue } from './merge-queue.js'
import { heldBytes } from './part-memory.js'
import type { Part } from './part.js'
import { assertEntry } from './search-input.js'
import { ReaderCache } from './segmented-reader.js'
import { loadSnapshotParts, snapshotCover } from './snapshot-load.js'
import type { HandleParts } from './segmented-reader.js'

export interface IndexOptions {
  /** Entries of one algorithm that wait outside the search tables before a background merge takes them in (default 16,384). */
  deltaEntriesMax?: number
  /** The same while a bulk load lasts (default 262,144). */
  loadingEntriesMax?: number
  /** Rows of one segment at most (default 25 million: below the 4 GiB that WebAssembly can address). */
  segmentRowsMax?: number
  /** Told when background work failed. The index stays exact, and tries again later; searches may be slower until then. */
  onProblem?: (error: unknown) => void
}

/** The fast exact index: segments with search tables, what was added since, and tombstones, all in shared memory. */
export class SegmentedIndex implements HashIndex {
  readonly #id = randomUUID()
  readonly #control = new ControlBlock()
  readonly #cache = new ReaderCache()
  readonly #background = new Background()
  readonly #sets: ReadonlyMap<Algorithm, AlgorithmSet>
  readonly #merges: MergeQueue
  #handle: IndexHandle | undefined
  #lastEntryId = 0
  #saving: Promise<unknown> = Promise.resolve()

  constructor (options: IndexOptions = {}) {
    const partsChanged = (): void => {
      this.#handle = undefined
      this.#control.generation++
      this.#cache.retain(this.#parts())
    }
    this.#sets = new Map([...digestAlgorithms, ...perceptualAlgorithms].map((algorithm) =>
      [algorithm, new AlgorithmSet(algorithm, this.#cache, partsChanged)]))
    this.#merges = new MergeQueue([...this.#sets.values()], this.#background, {
      pendingEntriesMax: options.deltaEntriesMax ?? 16_384,
      loadingEntriesMax: options.loadingEntriesMax ?? 262_144,
      rowsMax: options.segmentRowsMax ?? 25_000_000,
      onProblem: options.onProblem ?? (() => {})
    })
  }

  get version (): number { return this.#control.version }
  get current (): boolean { return true }

  search (algorithm: Algorithm, value: Uint8Array, radius: number, options: SearchOptions = {}): IndexHit[] {
    return this.#cache.open(this.handle()).search(algorithm, value, radius, options)
  }

  add (entries: readonly IndexEntry[], version: number): void {
    for (const entry of entries) assertEntry(entry)
    for (const entry of entries) {
      this.#set(entry.algorithm).add(entry)
      this.#lastEntryId = Math.max(this.#lastEntryId, entry.entryId)
    }
    this.publish(version)
    this.#merges.wake()
  }

  remove (entries: readonly IndexEntry[], version: number): void {
    for (const entry of entries) assertEntry(entry)
    for (const entry of entries) this.#set(entry.algorithm).remove(entry)
    this.publish(version)
    this.#merges.wake()
  }

  publish (version: number): void { this.#control.publish(version) }

  bulk (publishEntries?: number): BulkLoad {
    this.#merges.loads++
    return new SegmentedBulk(this.#cache, publishEntries, {
      publish: (parts, lastEntryId, version) => {
        this.#accept(parts)
        this.#lastEntryId = Math.max(this.#lastEntryId, lastEntryId)
        this.publish(version)
        this.#merges.wake()
      },
      ended: () => {
        this.#merges.loads--
        this.#merges.wake()
      }
    })
  }

  async load (pages: Iterable<readonly PackedEntries[]> | AsyncIterable<readonly PackedEntries[]>, version: number): Promise<void> {
    const bulk = this.bulk()
    try {
      for await (const page of pages) for (const packed of page) bulk.addPacked(packed)
      bulk.commit(version)
    } finally {
      bulk.abort()
    }
  }

  handle (): IndexHandle {
    if (this.#handle === undefined) {
      const parts: HandleParts = { indexId: this.#id, control: this.#control.memory, parts: this.#parts() }
      this.#handle = { generation: this.#control.generation, parts }
    }
    return this.#handle
  }

  stats (): IndexStats {
    const sets = [...this.#sets.values()]
    const sum = (of: (set: AlgorithmSet) => number): number => sets.reduce((total, set) => total + of(set), 0)
    return {
      version: this.version,
      entries: Object.fromEntries(sets.map((set) => [set.algorithm, set.entries])) as Record<Algorithm, number>,
      segments: sum((set) => set.segments),
      deltaEntries: sum((set) => set.deltaEntries),
      tombstones: sum((set) => set.tombstones),
      merges: this.#merges.done,
      memoryBytes: this.#parts().reduce((bytes, part) => bytes + heldBytes(part), 0)
    }
  }

  async settled (): Promise<void> { await this.#merges.settled() }

  async saveSnapshot (folder: string, mark = ''): Promise<SnapshotSave> {
    for (const set of this.#sets.values()) set.freeze()
    const content = { coveredVersion: this.version, lastEntryId: this.#lastEntryId, mark, parts: this.#parts() }
    const save = async (): Promise<SnapshotSave> => {
      const bytesWritten = await this.#background.run<'save'>({ kind: 'save', folder, content })
      return { coveredVersion: content.coveredVersion, bytesWritten }
    }
    const saved = this.#saving.then(save, save)
    this.#saving = saved.catch(() => {})
    return await saved
  }

  async loadSnapshot (folder: string, fits: (cover: SnapshotCover) => Promise<boolean> = async () => true): Promise<SnapshotLoad> {
    if (this.#parts().length > 0) throw new KeersluisError('internal', 'A snapshot is loaded into an empty index only.')
    const cover = await snapshotCover(folder)
    if ('problem' in cover) return { loaded: false, ...cover }
    if (!await fits(cover)) return { loaded: false, problem: 'unfit', message: 'The snapshot belongs to another store.' }
    // In this thread: at a start nothing else waits for it, and a thread of its own would take half as long again.
    const loaded = await loadSnapshotParts(folder, this.#cache.module)
    if ('problem' in loaded) return { loaded: false, ...loaded }
    this.#lastEntryId = loaded.lastEntryId
    this.#accept(loaded.parts)
    this.publish(loaded.coveredVersion)
    this.#merges.wake()
    const entries = [...this.#sets.values()].reduce((sum, set) => sum + set.entries, 0)
    return { loaded: true, ...cover, entries, bytes: loaded.bytes }
  }

  async close (): Promise<void> {
    this.#merges.stop()
    await this.#background.close()
  }

  #set (algorithm: Algorithm): AlgorithmSet {
    const set = this.#sets.get(algorithm)
    if (set === undefined) throw new KeersluisError('internal', 'The index does not know this algorithm.')
    return set
  }

  #parts (): Part[] { return [...this.#sets.values()].flatMap((set) => set.parts) }

  #accept (parts: readonly Part[]): void {
    for (const set of this.#sets.values()) {
      const own = parts.filter((part) => part.algorithm === set.algorithm)
      if (own.length > 0) set.accept(own)
    }
  }
}
