import { KeersluisError } from '../errors.js'
import { ControlBlock } from './control-block.js'
import { digestAlgorithms, perceptualAlgorithms, valueBytes } from './hash-index.js'
import type { Algorithm, BulkLoad, HashIndex, IndexEntry, IndexHandle, IndexHit, IndexReader, IndexStats, PackedEntries, SearchOptions } from './hash-index.js'
import { assertEntry, assertSearch, hitsMaxOf } from './search-input.js'

const algorithms: readonly Algorithm[] = [...digestAlgorithms, ...perceptualAlgorithms]

/** So many entries of one algorithm, in shared memory that never moves. */
interface Chunk {
  algorithm: Algorithm
  /** [0] counts the entries; then one word per entry: 1 = removed. */
  state: Int32Array
  entryIds: Uint32Array
  /** The values as 32-bit words, one after the other. */
  words: Uint32Array
}

interface LinearParts {
  control: SharedArrayBuffer
  chunks: readonly Chunk[]
}

/** Differing bits of a 32-bit word and another, given their XOR (the usual SWAR sum). */
function onesIn (word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** A copy, because a `Buffer` may lie anywhere in a larger one. */
function wordsOf (value: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(value).buffer)
}

function distanceOf (query: Uint32Array, words: Uint32Array, start: number): number {
  let distance = 0
  for (let i = 0; i < query.length; i++) distance += onesIn((query[i] ?? 0) ^ (words[start + i] ?? 0))
  return distance
}

function newChunk (algorithm: Algorithm, capacity: number): Chunk {
  const words = capacity * valueBytes[algorithm] / 4
  return {
    algorithm,
    state: new Int32Array(new SharedArrayBuffer(4 * (capacity + 1))),
    entryIds: new Uint32Array(new SharedArrayBuffer(4 * capacity)),
    words: new Uint32Array(new SharedArrayBuffer(4 * words))
  }
}

/** Reads a `LinearIndex` by comparing the query with every entry: too slow for large lists, too plain to be wrong. */
export class LinearReader implements IndexReader {
  readonly #control: ControlBlock
  readonly #generation: number
  readonly #chunks: readonly Chunk[]

  constructor (handle: IndexHandle) {
    const parts = handle.parts as LinearParts
    this.#control = new ControlBlock(parts.control)
    this.#generation = handle.generation
    this.#chunks = parts.chunks
  }

  get version (): number { return this.#control.version }
  get current (): boolean { return this.#control.generation === this.#generation }

  search (algorithm: Algorithm, value: Uint8Array, radius: number, options: SearchOptions = {}): IndexHit[] {
    assertSearch(algorithm, value, radius)
    const query = wordsOf(value)
    const hits: IndexHit[] = []
    for (const chunk of this.#chunks) {
      if (chunk.algorithm !== algorithm) continue
      const count = Atomics.load(chunk.state, 0)
      for (let row = 0; row < count; row++) {
        const distance = distanceOf(query, chunk.words, row * query.length)
        if (distance > radius || Atomics.load(chunk.state, row + 1) !== 0) continue
        hits.push({ entryId: chunk.entryIds[row] ?? 0, distance })
        if (options.stopAtFirst === true) return hits
      }
    }
    hits.sort((a, b) => a.distance - b.distance || a.entryId - b.entryId)
    return hits.slice(0, hitsMaxOf(options))
  }
}

class LinearBulk implements BulkLoad {
  readonly #target: LinearIndex
  #held: IndexEntry[] | undefined = []

  constructor (target: LinearIndex) { this.#target = target }

  get entries (): number { return this.#held?.length ?? 0 }

  add (entries: readonly IndexEntry[]): void {
    for (const entry of entries) this.#open().push(entry)
  }

  addPacked (packed: PackedEntries): void {
    const bytes = valueBytes[packed.algorithm]
    packed.entryIds.forEach((entryId, i) => {
      this.#open().push({ entryId, algorithm: packed.algorithm, value: packed.values.slice(i * bytes, (i + 1) * bytes) })
    })
  }

  publish (version: number): void {
    const entries = this.#open()
    this.#held = []
    this.#target.add(entries, version)
  }

  commit (version: number): void {
    this.publish(version)
    this.abort()
  }

  abort (): void { this.#held = undefined }

  #open (): IndexEntry[] {
    if (this.#held === undefined) throw new KeersluisError('internal', 'A bulk load that has ended takes no more entries.')
    return this.#held
  }
}

/**
 * The plain exact index: every search compares the query with every entry. It keeps no tables and no snapshot, and is what the
 * fast index is tested against.
 */
export class LinearIndex implements Omit<HashIndex, 'saveSnapshot' | 'loadSnapshot'> {
  readonly #control = new ControlBlock()
  readonly #chunkEntries: number
  readonly #rows = new Map<number, { chunk: Chunk, row: number }>()
  #chunks: readonly Chunk[] = []
  #reader: LinearReader
  #tombstones = 0

  constructor (chunkEntries = 65_536) {
    this.#chunkEntries = chunkEntries
    this.#reader = new LinearReader(this.handle())
  }

  get version (): number { return this.#control.version }
  get current (): boolean { return this.#reader.current }

  search (algorithm: Algorithm, value: Uint8Array, radius: number, options: SearchOptions = {}): IndexHit[] {
    return this.#reader.search(algorithm, value, radius, options)
  }

  add (entries: readonly IndexEntry[], version: number): void {
    for (const entry of entries) assertEntry(entry)
    for (const entry of entries) if (!this.#rows.has(entry.entryId)) this.#append(entry)
    this.publish(version)
  }

  remove (entries: readonly IndexEntry[], version: number): void {
    for (const { entryId } of entries) {
      const place = this.#rows.get(entryId)
      if (place === undefined) continue
      Atomics.store(place.chunk.state, place.row + 1, 1)
      this.#rows.delete(entryId)
      this.#tombstones++
    }
    this.publish(version)
  }

  publish (version: number): void { this.#control.publish(version) }

  bulk (): BulkLoad { return new LinearBulk(this) }

  async load (pages: Iterable<readonly PackedEntries[]> | AsyncIterable<readonly PackedEntries[]>, version: number): Promise<void> {
    const bulk = this.bulk()
    for await (const page of pages) for (const packed of page) bulk.addPacked(packed)
    bulk.commit(version)
  }

  handle (): IndexHandle {
    const parts: LinearParts = { control: this.#control.memory, chunks: this.#chunks }
    return { generation: this.#control.generation, parts }
  }

  stats (): IndexStats {
    const live = (algorithm: Algorithm): number =>
      [...this.#rows.values()].filter(({ chunk }) => chunk.algorithm === algorithm).length
    return {
      version: this.version,
      entries: Object.fromEntries(algorithms.map((algorithm) => [algorithm, live(algorithm)])) as Record<Algorithm, number>,
      segments: 0,
      deltaEntries: this.#rows.size,
      tombstones: this.#tombstones,
      merges: 0,
      memoryBytes: this.#chunks.reduce((bytes, chunk) => bytes + chunk.state.byteLength + chunk.entryIds.byteLength + chunk.words.byteLength, 0)
    }
  }

  async settled (): Promise<void> {}
  async close (): Promise<void> {}

  /** Writes the value before the count, so that no reader meets a half entry. */
  #append (entry: IndexEntry): void {
    let chunk = this.#chunks.findLast((candidate) => candidate.algorithm === entry.algorithm)
    if (chunk === undefined || Atomics.load(chunk.state, 0) === this.#chunkEntries) {
      chunk = newChunk(entry.algorithm, this.#chunkEntries)
      this.#chunks = [...this.#chunks, chunk]
      this.#control.generation++
      this.#reader = new LinearReader(this.handle())
    }
    const row = Atomics.load(chunk.state, 0)
    chunk.words.set(wordsOf(entry.value), row * valueBytes[entry.algorithm] / 4)
    chunk.entryIds[row] = entry.entryId
    Atomics.store(chunk.state, 0, row + 1)
    this.#rows.set(entry.entryId, { chunk, row })
  }
}
