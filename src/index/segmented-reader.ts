import { BitPermutation } from './bit-permutation.js'
import { BlockReader } from './block-reader.js'
import { ControlBlock } from './control-block.js'
import { DigestReader, digestWords } from './digest-table.js'
import type { Algorithm, IndexHandle, IndexHit, IndexReader, SearchOptions } from './hash-index.js'
import { compileKernel } from './kernel-instance.js'
import { hitsOf } from './part-reader.js'
import type { PartReader } from './part-reader.js'
import type { Part } from './part.js'
import { PerceptualReader } from './perceptual-reader.js'
import { assertSearch, hitsMaxOf, isDigest } from './search-input.js'

/** What a handle carries. */
export interface HandleParts {
  /** Tells the handles of one index from those of another. */
  indexId: string
  control: SharedArrayBuffer
  parts: readonly Part[]
}

/**
 * What a thread keeps between its searches: the compiled kernel, and a reader for each part of the generation that it saw last.
 * One for each thread. The readers of parts that a newer generation no longer has are dropped, and their memory with them.
 */
export class ReaderCache {
  readonly module = compileKernel()
  readonly #permutation = new BitPermutation(this.module)
  readonly #readers = new Map<string, PartReader>()
  #last: { indexId: string, generation: number, reader: SegmentedReader } | undefined

  /** The form in which the parts of `algorithm` take a value; it holds until the next call. */
  queryOf (algorithm: Algorithm, value: Uint8Array): Uint32Array {
    return isDigest(algorithm) ? digestWords(value) : this.#permutation.apply(value)
  }

  open (handle: IndexHandle): SegmentedReader {
    const { generation } = handle
    const { indexId, control, parts } = handle.parts as HandleParts
    if (this.#last?.indexId === indexId && this.#last.generation === generation) return this.#last.reader
    this.retain(parts)
    const reader = new SegmentedReader(generation, new ControlBlock(control), parts, this)
    this.#last = { indexId, generation, reader }
    return reader
  }

  /** Drops what belongs to other parts. */
  retain (parts: readonly Part[]): void {
    const kept = new Set(parts.map((part) => part.id))
    for (const id of this.#readers.keys()) if (!kept.has(id)) this.#readers.delete(id)
    this.#last = undefined
  }

  partReader (part: Part): PartReader {
    const known = this.#readers.get(part.id)
    if (known !== undefined) return known
    const reader = this.#readerFor(part)
    this.#readers.set(part.id, reader)
    return reader
  }

  #readerFor (part: Part): PartReader {
    switch (part.kind) {
      case 'digests': return new DigestReader(part)
      case 'rows': return new BlockReader(part, this.module)
      case 'tables': return new PerceptualReader(part, this.module)
    }
  }
}

/** Reads one generation: asks each part of the algorithm, and puts the answers in order. */
export class SegmentedReader implements IndexReader {
  readonly #generation: number
  readonly #control: ControlBlock
  readonly #cache: ReaderCache
  readonly #readers = new Map<Algorithm, PartReader[]>()

  constructor (generation: number, control: ControlBlock, parts: readonly Part[], cache: ReaderCache) {
    this.#generation = generation
    this.#control = control
    this.#cache = cache
    for (const part of parts) this.#readers.set(part.algorithm, [...this.#readers.get(part.algorithm) ?? [], cache.partReader(part)])
  }

  get version (): number { return this.#control.version }
  get current (): boolean { return this.#control.generation === this.#generation }

  search (algorithm: Algorithm, value: Uint8Array, radius: number, options: SearchOptions = {}): IndexHit[] {
    assertSearch(algorithm, value, radius)
    const readers = this.#readers.get(algorithm)
    if (readers === undefined) return []
    const query = this.#cache.queryOf(algorithm, value)
    const hitsMax = hitsMaxOf(options)
    const stopAtFirst = options.stopAtFirst === true
    const keys: number[] = []
    for (const reader of readers) {
      reader.search(query, radius, hitsMax, stopAtFirst, keys)
      if (stopAtFirst && keys.length > 0) break
    }
    return hitsOf(keys, hitsMax)
  }
}
