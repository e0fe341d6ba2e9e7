import { isBuried, tombstonesOf } from './part.js'
import { hitKey } from './part-reader.js'
import type { ValueSlots } from './value-slots.js'

/** Finds the live entries of a growing part by equality. */
export class EqualRows {
  readonly #slots: ValueSlots
  readonly #entryIds: Uint32Array
  readonly #tombstones: Uint32Array

  constructor (memory: WebAssembly.Memory, { slots, entryIds }: { slots: ValueSlots, entryIds: Uint32Array }) {
    this.#slots = slots
    this.#entryIds = entryIds
    this.#tombstones = tombstonesOf(memory)
  }

  /** Appends them to `keys` (`hitKey`): all, or any one. */
  search (query: Uint32Array, stopAtFirst: boolean, keys: number[]): void {
    for (const row of this.#slots.rows(query)) {
      if (isBuried(this.#tombstones, row)) continue
      keys.push(hitKey(this.#entryIds[row] ?? 0, 0))
      if (stopAtFirst) return
    }
  }

  /** The tombstone bit of a live entry, given its value. */
  locate (query: Uint32Array, entryId: number): number | undefined {
    for (const row of this.#slots.rows(query)) {
      if (this.#entryIds[row] === entryId && !isBuried(this.#tombstones, row)) return row
    }
    return undefined
  }
}
