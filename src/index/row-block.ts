import { randomUUID } from 'node:crypto'
import type { Algorithm } from './hash-index.js'
import { hEntryIds, hHeads, hRows, hRowsMax, hTails, headerBytes } from './kernel/layout.js'
import { aligned, allocate, changingBytes, sealHeader, writeHeader } from './part.js'
import type { Part } from './part.js'

/** Perceptual hashes in the order they came, compared one by one: what was added last, and what is not built into tables yet. */
export class RowBlock {
  readonly part: Part
  readonly #rowsMax: number
  readonly #rows: Uint32Array
  readonly #heads: Uint32Array
  readonly #tails: Uint32Array
  readonly #entryIds: Uint32Array

  constructor (algorithm: Algorithm, rowsMax: number) {
    const heads = headerBytes
    const tails = heads + aligned(16 * rowsMax)
    const entryIds = tails + aligned(16 * rowsMax)
    const imageBytes = entryIds + aligned(4 * rowsMax)
    const memory = allocate(imageBytes + changingBytes(rowsMax))
    sealHeader(memory, algorithm, imageBytes, rowsMax)
    writeHeader(memory, { [hRowsMax]: rowsMax, [hHeads]: heads, [hTails]: tails, [hEntryIds]: entryIds })
    this.part = { id: randomUUID(), algorithm, kind: 'rows', memory }
    this.#rowsMax = rowsMax
    this.#rows = new Uint32Array(memory.buffer, hRows, 1)
    this.#heads = new Uint32Array(memory.buffer, heads, 4 * rowsMax)
    this.#tails = new Uint32Array(memory.buffer, tails, 4 * rowsMax)
    this.#entryIds = new Uint32Array(memory.buffer, entryIds, rowsMax)
  }

  get rows (): number { return this.#rows[0] ?? 0 }
  get full (): boolean { return this.rows === this.#rowsMax }

  /** Appends a permuted value. The count is stored last, so that no reader meets a half row. Returns the tombstone bit. */
  append (query: Uint32Array, entryId: number): number {
    const row = this.rows
    this.#heads.set(query.subarray(0, 4), 4 * row)
    this.#tails.set(query.subarray(4), 4 * row)
    this.#entryIds[row] = entryId
    Atomics.store(this.#rows, 0, row + 1)
    return row
  }
}
