import { randomUUID } from 'node:crypto'
import { valueBytes } from './hash-index.js'
import type { Algorithm } from './hash-index.js'
import { hChains, hEntryIds, hHeads, hRows, hRowsMax, hSlots, hSlotsLog2, hValueBytes, headerBytes } from './kernel/layout.js'
import { aligned, allocate, changingBytes, isBuried, readHeader, sealHeader, tombstonesOf, writeHeader } from './part.js'
import type { Part } from './part.js'
import { hitKey } from './part-reader.js'
import type { PartReader } from './part-reader.js'

/** Slots for each row at least, so that runs of taken slots stay short (linear probing). */
const slotsPerRow = 1.5
/** 2^32 divided by the golden ratio: spreads words that differ in a few bits (Knuth, TAOCP 6.4). */
const spread = 0x9e3779b1

/** The words of a digest; a copy, because a `Buffer` may lie anywhere in a larger one. */
export function digestWords (value: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(value).buffer)
}

/** The shared memory of a table, as the arrays in it. Rows are entries; row numbers in slots and chains count from 1, 0 is none. */
class DigestArrays {
  readonly valueWords: number
  readonly values: Uint32Array
  readonly entryIds: Uint32Array
  /** The next row with the same value. */
  readonly chains: Uint32Array
  readonly slots: Uint32Array
  readonly #shift: number

  constructor ({ memory }: Part) {
    const rowsMax = readHeader(memory, hRowsMax)
    const slotsLog2 = readHeader(memory, hSlotsLog2)
    this.valueWords = readHeader(memory, hValueBytes) / 4
    this.values = new Uint32Array(memory.buffer, readHeader(memory, hHeads), rowsMax * this.valueWords)
    this.entryIds = new Uint32Array(memory.buffer, readHeader(memory, hEntryIds), rowsMax)
    this.chains = new Uint32Array(memory.buffer, readHeader(memory, hChains), rowsMax)
    this.slots = new Uint32Array(memory.buffer, readHeader(memory, hSlots), 2 ** slotsLog2)
    this.#shift = 32 - slotsLog2
  }

  /** The slot that holds the first row of this value, or the empty one where it would go. */
  slotOf (words: Uint32Array): number {
    const mixed = Math.imul((words[0] ?? 0) ^ Math.imul(words[1] ?? 0, spread), spread)
    for (let slot = mixed >>> this.#shift; ; slot = (slot + 1) & (this.slots.length - 1)) {
      const held = Atomics.load(this.slots, slot)
      if (held === 0 || this.#equals(held - 1, words)) return slot
    }
  }

  #equals (row: number, words: Uint32Array): boolean {
    const start = row * this.valueWords
    for (let i = 0; i < this.valueWords; i++) if (this.values[start + i] !== words[i]) return false
    return true
  }
}

/** Finds digests: by equality, so a hash table does. One writer may append while others read. */
export class DigestReader implements PartReader {
  readonly #arrays: DigestArrays
  readonly #tombstones: Uint32Array

  constructor (part: Part) {
    this.#arrays = new DigestArrays(part)
    this.#tombstones = tombstonesOf(part.memory)
  }

  search (query: Uint32Array, _radius: number, _hitsMax: number, stopAtFirst: boolean, keys: number[]): void {
    for (const row of this.#liveRows(query)) {
      keys.push(hitKey(this.#arrays.entryIds[row] ?? 0, 0))
      if (stopAtFirst) return
    }
  }

  locate (query: Uint32Array, entryId: number): number | undefined {
    for (const row of this.#liveRows(query)) if (this.#arrays.entryIds[row] === entryId) return row
    return undefined
  }

  * #liveRows (query: Uint32Array): Generator<number> {
    const { slots, chains } = this.#arrays
    let held = Atomics.load(slots, this.#arrays.slotOf(query))
    for (; held !== 0; held = Atomics.load(chains, held - 1)) {
      if (!isBuried(this.#tombstones, held - 1)) yield held - 1
    }
  }
}

/** A digest table that is being filled, by one thread. */
export class DigestTable {
  readonly part: Part
  readonly #arrays: DigestArrays
  readonly #rows: Uint32Array
  readonly #rowsMax: number

  constructor (algorithm: Algorithm, rowsMax: number) {
    const slotsLog2 = Math.max(4, Math.ceil(Math.log2(rowsMax * slotsPerRow)))
    const values = headerBytes
    const entryIds = values + aligned(rowsMax * valueBytes[algorithm])
    const chains = entryIds + aligned(4 * rowsMax)
    const slots = chains + aligned(4 * rowsMax)
    const imageBytes = slots + aligned(4 * 2 ** slotsLog2)
    const memory = allocate(imageBytes + changingBytes(rowsMax))
    sealHeader(memory, algorithm, imageBytes, rowsMax)
    writeHeader(memory, {
      [hRowsMax]: rowsMax,
      [hHeads]: values,
      [hEntryIds]: entryIds,
      [hChains]: chains,
      [hSlots]: slots,
      [hSlotsLog2]: slotsLog2,
      [hValueBytes]: valueBytes[algorithm]
    })
    this.part = { id: randomUUID(), algorithm, kind: 'digests', memory }
    this.#arrays = new DigestArrays(this.part)
    this.#rows = new Uint32Array(memory.buffer, hRows, 1)
    this.#rowsMax = rowsMax
  }

  get rows (): number { return this.#rows[0] ?? 0 }
  get full (): boolean { return this.rows === this.#rowsMax }

  /** Appends a digest. The slot, or the chain, is stored last, so that no reader meets a half row. Returns the tombstone bit. */
  append (words: Uint32Array, entryId: number): number {
    const { values, entryIds, chains, slots } = this.#arrays
    const row = this.rows
    const slot = this.#arrays.slotOf(words)
    const first = Atomics.load(slots, slot)
    values.set(words, row * words.length)
    entryIds[row] = entryId
    if (first === 0) {
      Atomics.store(slots, slot, row + 1)
    } else {
      Atomics.store(chains, row, Atomics.load(chains, first - 1))
      Atomics.store(chains, first - 1, row + 1)
    }
    Atomics.store(this.#rows, 0, row + 1)
    return row
  }
}
