import { randomUUID } from 'node:crypto'
import type { Algorithm } from './hash-index.js'
import { hEntryIds, hHeads, hRows, hRowsMax, hTails, headerBytes } from './kernel/layout.js'
import { aligned, allocate, changingBytes, readHeader, sealHeader, writeHeader } from './part.js'
import type { Part } from './part.js'
import { ValueSlots, placeSlots, slotsBytes } from './value-slots.js'

/** The rows of a block and where equal ones are. */
export class BlockArrays {
  readonly heads: Uint32Array
  readonly tails: Uint32Array
  readonly entryIds: Uint32Array
  readonly slots: ValueSlots

  constructor (memory: WebAssembly.Memory) {
    const rowsMax = readHeader(memory, hRowsMax)
    this.heads = new Uint32Array(memory.buffer, readHeader(memory, hHeads), 4 * rowsMax)
    this.tails = new Uint32Array(memory.buffer, readHeader(memory, hTails), 4 * rowsMax)
    this.entryIds = new Uint32Array(memory.buffer, readHeader(memory, hEntryIds), rowsMax)
    this.slots = new ValueSlots(memory, (row, words) => this.#equals(row, words))
  }

  #equals (row: number, words: Uint32Array): boolean {
    for (let i = 0; i < 4; i++) {
      if (this.heads[4 * row + i] !== words[i] || this.tails[4 * row + i] !== words[4 + i]) return false
    }
    return true
  }
}

/**
 * Perceptual hashes in the order they came, compared one by one: what was added last, and what is not built into tables yet.
 * Equal ones are found without that.
 */
export class RowBlock {
  readonly part: Part
  readonly #rowsMax: number
  readonly #rows: Uint32Array
  readonly #arrays: BlockArrays

  constructor (algorithm: Algorithm, rowsMax: number) {
    const heads = headerBytes
    const tails = heads + aligned(16 * rowsMax)
    const entryIds = tails + aligned(16 * rowsMax)
    const chains = entryIds + aligned(4 * rowsMax)
    const imageBytes = chains + slotsBytes(rowsMax)
    const memory = allocate(imageBytes + changingBytes(rowsMax))
    sealHeader(memory, algorithm, imageBytes, rowsMax)
    writeHeader(memory, { [hHeads]: heads, [hTails]: tails, [hEntryIds]: entryIds })
    placeSlots(memory, chains, rowsMax)
    this.part = { id: randomUUID(), algorithm, kind: 'rows', memory }
    this.#rowsMax = rowsMax
    this.#rows = new Uint32Array(memory.buffer, hRows, 1)
    this.#arrays = new BlockArrays(memory)
  }

  get rows (): number { return this.#rows[0] ?? 0 }
  get full (): boolean { return this.rows === this.#rowsMax }

  /** Appends a permuted value. The count is stored last, so that no reader meets a half row. Returns the tombstone bit. */
  append (query: Uint32Array, entryId: number): number {
    const row = this.rows
    for (let i = 0; i < 4; i++) {
      this.#arrays.heads[4 * row + i] = query[i] ?? 0
      this.#arrays.tails[4 * row + i] = query[4 + i] ?? 0
    }
    this.#arrays.entryIds[row] = entryId
    this.#arrays.slots.append(query, row)
    Atomics.store(this.#rows, 0, row + 1)
    return row
  }
}
