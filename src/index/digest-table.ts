import { randomUUID } from 'node:crypto'
import { EqualRows } from './equal-rows.js'
import { valueBytes } from './hash-index.js'
import type { Algorithm } from './hash-index.js'
import { hEntryIds, hHeads, hRows, hRowsMax, hValueBytes, headerBytes } from './kernel/layout.js'
import { aligned, allocate, changingBytes, readHeader, sealHeader, writeHeader } from './part.js'
import type { Part } from './part.js'
import type { PartReader } from './part-reader.js'
import { ValueSlots, placeSlots, slotsBytes } from './value-slots.js'

/** The words of a digest; a copy, because a `Buffer` may lie anywhere in a larger one. */
export function digestWords (value: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(value).buffer)
}

/** The shared memory of a table, as the arrays in it. Rows are entries. */
class DigestArrays {
  readonly values: Uint32Array
  readonly entryIds: Uint32Array
  readonly slots: ValueSlots
  readonly #valueWords: number

  constructor ({ memory }: Part) {
    const rowsMax = readHeader(memory, hRowsMax)
    this.#valueWords = readHeader(memory, hValueBytes) / 4
    this.values = new Uint32Array(memory.buffer, readHeader(memory, hHeads), rowsMax * this.#valueWords)
    this.entryIds = new Uint32Array(memory.buffer, readHeader(memory, hEntryIds), rowsMax)
    this.slots = new ValueSlots(memory, (row, words) => this.#equals(row, words))
  }

  #equals (row: number, words: Uint32Array): boolean {
    const start = row * this.#valueWords
    for (let i = 0; i < this.#valueWords; i++) if (this.values[start + i] !== words[i]) return false
    return true
  }
}

/** Finds digests: by equality, so a hash table does. One writer may append while others read. */
export class DigestReader implements PartReader {
  readonly #equal: EqualRows

  constructor (part: Part) {
    this.#equal = new EqualRows(part.memory, new DigestArrays(part))
  }

  search (query: Uint32Array, _radius: number, _hitsMax: number, stopAtFirst: boolean, keys: number[]): void {
    this.#equal.search(query, stopAtFirst, keys)
  }

  locate (query: Uint32Array, entryId: number): number | undefined {
    return this.#equal.locate(query, entryId)
  }
}

/** A digest table that is being filled, by one thread. */
export class DigestTable {
  readonly part: Part
  readonly #arrays: DigestArrays
  readonly #rows: Uint32Array
  readonly #rowsMax: number

  constructor (algorithm: Algorithm, rowsMax: number) {
    const values = headerBytes
    const entryIds = values + aligned(rowsMax * valueBytes[algorithm])
    const chains = entryIds + aligned(4 * rowsMax)
    const imageBytes = chains + slotsBytes(rowsMax)
    const memory = allocate(imageBytes + changingBytes(rowsMax))
    sealHeader(memory, algorithm, imageBytes, rowsMax)
    writeHeader(memory, { [hHeads]: values, [hEntryIds]: entryIds, [hValueBytes]: valueBytes[algorithm] })
    placeSlots(memory, chains, rowsMax)
    this.part = { id: randomUUID(), algorithm, kind: 'digests', memory }
    this.#arrays = new DigestArrays(this.part)
    this.#rows = new Uint32Array(memory.buffer, hRows, 1)
    this.#rowsMax = rowsMax
  }

  get rows (): number { return this.#rows[0] ?? 0 }
  get full (): boolean { return this.rows === this.#rowsMax }

  /** Appends a digest. Returns the tombstone bit. */
  append (words: Uint32Array, entryId: number): number {
    const row = this.rows
    this.#arrays.values.set(words, row * words.length)
    this.#arrays.entryIds[row] = entryId
    this.#arrays.slots.append(words, row)
    Atomics.store(this.#rows, 0, row + 1)
    return row
  }
}
