import { hChains, hRowsMax, hSlots, hSlotsLog2 } from './kernel/layout.js'
import { aligned, readHeader, writeHeader } from './part.js'

/** Slots for each row at least, so that runs of taken slots stay short (linear probing). */
const slotsPerRow = 1.5
/** 2^32 divided by the golden ratio: spreads words that differ in a few bits (Knuth, TAOCP 6.4). */
const spread = 0x9e3779b1

function slotsLog2Of (rowsMax: number): number {
  return Math.max(4, Math.ceil(Math.log2(rowsMax * slotsPerRow)))
}

/** Bytes of the slots and chains of up to `rowsMax` rows. */
export function slotsBytes (rowsMax: number): number {
  return aligned(4 * rowsMax) + aligned(4 * 2 ** slotsLog2Of(rowsMax))
}

/** Writes into the header where the slots and chains lie: from `start` on, over `slotsBytes`, which must be zero. */
export function placeSlots (memory: WebAssembly.Memory, start: number, rowsMax: number): void {
  writeHeader(memory, { [hRowsMax]: rowsMax, [hChains]: start, [hSlots]: start + aligned(4 * rowsMax), [hSlotsLog2]: slotsLog2Of(rowsMax) })
}

/**
 * Finds the rows of a growing part by equality: an open-addressing table of the first row of each value, and a chain of the rows
 * that have the same one. Row numbers in slots and chains count from 1, 0 is none. One thread appends while others read.
 */
export class ValueSlots {
  /** The next row with the same value. */
  readonly #chains: Uint32Array
  readonly #slots: Uint32Array
  readonly #shift: number
  readonly #equals: (row: number, words: Uint32Array) => boolean

  /** `equals` says whether a row of the part has this value. */
  constructor (memory: WebAssembly.Memory, equals: (row: number, words: Uint32Array) => boolean) {
    const slotsLog2 = readHeader(memory, hSlotsLog2)
    this.#chains = new Uint32Array(memory.buffer, readHeader(memory, hChains), readHeader(memory, hRowsMax))
    this.#slots = new Uint32Array(memory.buffer, readHeader(memory, hSlots), 2 ** slotsLog2)
    this.#shift = 32 - slotsLog2
    this.#equals = equals
  }

  /** The rows with this value. */
  * rows (words: Uint32Array): Generator<number> {
    let held = Atomics.load(this.#slots, this.#slotOf(words))
    for (; held !== 0; held = Atomics.load(this.#chains, held - 1)) yield held - 1
  }

  /** Makes a row findable whose value is written already: the slot, or the chain, is stored last, so that no reader meets a half row. */
  append (words: Uint32Array, row: number): void {
    const slot = this.#slotOf(words)
    const first = Atomics.load(this.#slots, slot)
    if (first === 0) {
      Atomics.store(this.#slots, slot, row + 1)
    } else {
      Atomics.store(this.#chains, row, Atomics.load(this.#chains, first - 1))
      Atomics.store(this.#chains, first - 1, row + 1)
    }
  }

  /** The slot that holds the first row of this value, or the empty one where it would go. */
  #slotOf (words: Uint32Array): number {
    const mixed = Math.imul((words[0] ?? 0) ^ Math.imul(words[1] ?? 0, spread), spread)
    for (let slot = mixed >>> this.#shift; ; slot = (slot + 1) & (this.#slots.length - 1)) {
      const held = Atomics.load(this.#slots, slot)
      if (held === 0 || this.#equals(held - 1, words)) return slot
    }
  }
}
