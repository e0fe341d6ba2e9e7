import { KeersluisError } from '../errors.js'
import { growingPart } from './growing-part.js'
import type { GrowingPart } from './growing-part.js'
import { valueBytes } from './hash-index.js'
import type { Algorithm, BulkLoad, IndexEntry, PackedEntries } from './hash-index.js'
import type { Part } from './part.js'
import { assertEntry, assertEntryId } from './search-input.js'
import type { ReaderCache } from './segmented-reader.js'

const blockEntriesMin = 1_024
const blockEntriesMax = 2 ** 20

/** What a load asks of the index. */
export interface BulkTarget {
  publish (parts: Part[], lastEntryId: number, version: number): void
  /** Called once, when the load takes no more. */
  ended (): void
}

/** Fills blocks that no reader knows, and hands them over when they are published. */
export class SegmentedBulk implements BulkLoad {
  readonly #cache: ReaderCache
  readonly #firstBlockEntries: number
  readonly #target: BulkTarget
  #blocks: GrowingPart[] | undefined = []
  readonly #open = new Map<Algorithm, GrowingPart>()
  #entries = 0
  #lastEntryId = 0

  constructor (cache: ReaderCache, publishEntries: number | undefined, target: BulkTarget) {
    this.#cache = cache
    this.#firstBlockEntries = Math.min(blockEntriesMax, publishEntries ?? blockEntriesMin)
    this.#target = target
  }

  get entries (): number { return this.#entries }

  add (entries: readonly IndexEntry[]): void {
    for (const entry of entries) {
      assertEntry(entry)
      this.#append(entry.algorithm, entry.value, entry.entryId)
    }
  }

  addPacked ({ algorithm, entryIds, values }: PackedEntries): void {
    const bytes = valueBytes[algorithm]
    if (values.length !== bytes * entryIds.length) {
      throw new KeersluisError('malformedHash', `${entryIds.length} ${algorithm} values have ${bytes * entryIds.length} bytes, not ${values.length}.`)
    }
    for (let i = 0; i < entryIds.length; i++) {
      const entryId = entryIds[i] ?? 0
      assertEntryId(entryId)
      this.#append(algorithm, values.subarray(i * bytes, (i + 1) * bytes), entryId)
    }
  }

  publish (version: number): void {
    const parts = this.#live().map((block) => block.part)
    this.#blocks = []
    this.#open.clear()
    this.#target.publish(parts, this.#lastEntryId, version)
  }

  commit (version: number): void {
    try { this.publish(version) } finally { this.abort() }
  }

  abort (): void {
    if (this.#blocks === undefined) return
    this.#blocks = undefined
    this.#open.clear()
    this.#target.ended()
  }

  #append (algorithm: Algorithm, value: Uint8Array, entryId: number): void {
    const blocks = this.#live()
    let block = this.#open.get(algorithm)
    if (block === undefined || block.full) {
      block = growingPart(algorithm, Math.min(blockEntriesMax, block === undefined ? this.#firstBlockEntries : 2 * block.rows))
      this.#open.set(algorithm, block)
      blocks.push(block)
    }
    block.append(this.#cache.queryOf(algorithm, value), entryId)
    this.#entries++
    this.#lastEntryId = Math.max(this.#lastEntryId, entryId)
  }

  #live (): GrowingPart[] {
    if (this.#blocks === undefined) throw new KeersluisError('internal', 'A bulk load that has ended takes no more entries.')
    return this.#blocks
  }
}
