import { KeersluisError } from '../errors.js'
import { growingPart } from './growing-part.js'
import type { GrowingPart } from './growing-part.js'
import { valueBytes } from './hash-index.js'
import type { Algorithm, BulkLoad, IndexEntry, PackedEntries } from './hash-index.js'
import type { Part } from './part.js'
import { assertEntry } from './search-input.js'
import type { ReaderCache } from './segmented-reader.js'

const blockEntriesMin = 1_024
const blockEntriesMax = 2 ** 20

/** Fills blocks that no reader knows, and hands them over at the commit. */
export class SegmentedBulk implements BulkLoad {
  readonly #cache: ReaderCache
  readonly #take: (parts: Part[], version: number) => void
  #blocks: GrowingPart[] | undefined = []
  readonly #open = new Map<Algorithm, GrowingPart>()
  #entries = 0

  constructor (cache: ReaderCache, take: (parts: Part[], version: number) => void) {
    this.#cache = cache
    this.#take = take
  }

  get entries (): number { return this.#entries }

  add (entries: readonly IndexEntry[]): void {
    for (const entry of entries) {
      assertEntry(entry)
      this.#append(entry)
    }
  }

  addPacked ({ algorithm, entryIds, values }: PackedEntries): void {
    const bytes = valueBytes[algorithm]
    if (values.length !== bytes * entryIds.length) {
      throw new KeersluisError('malformedHash', `${entryIds.length} ${algorithm} values have ${bytes * entryIds.length} bytes, not ${values.length}.`)
    }
    entryIds.forEach((entryId, i) => {
      const entry = { entryId, algorithm, value: values.subarray(i * bytes, (i + 1) * bytes) }
      assertEntry(entry)
      this.#append(entry)
    })
  }

  commit (version: number): void {
    const blocks = this.#live()
    this.abort()
    this.#take(blocks.map((block) => block.part), version)
  }

  abort (): void {
    this.#blocks = undefined
    this.#open.clear()
  }

  #append ({ algorithm, entryId, value }: IndexEntry): void {
    const blocks = this.#live()
    let block = this.#open.get(algorithm)
    if (block === undefined || block.full) {
      block = growingPart(algorithm, Math.min(blockEntriesMax, 2 * (block?.rows ?? blockEntriesMin)))
      this.#open.set(algorithm, block)
      blocks.push(block)
    }
    block.append(this.#cache.queryOf(algorithm, value), entryId)
    this.#entries++
  }

  #live (): GrowingPart[] {
    if (this.#blocks === undefined) throw new KeersluisError('internal', 'A bulk load that has ended takes no more entries.')
    return this.#blocks
  }
}
