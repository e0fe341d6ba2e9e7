import { isBuried, tombstonesOf } from './part.js'
import type { Part } from './part.js'
import { hitKey } from './part-reader.js'
import type { PartReader } from './part-reader.js'
import { PerceptualReader } from './perceptual-reader.js'
import { BlockArrays } from './row-block.js'

/** Searches a block: equal rows through its slots, near ones by comparing every row. */
export class BlockReader implements PartReader {
  readonly #arrays: BlockArrays
  readonly #tombstones: Uint32Array
  readonly #scan: PerceptualReader

  constructor (part: Part, module: WebAssembly.Module) {
    this.#arrays = new BlockArrays(part.memory)
    this.#tombstones = tombstonesOf(part.memory)
    this.#scan = new PerceptualReader(part, module)
  }

  search (query: Uint32Array, radius: number, hitsMax: number, stopAtFirst: boolean, keys: number[]): void {
    if (radius > 0) {
      this.#scan.search(query, radius, hitsMax, stopAtFirst, keys)
      return
    }
    for (const row of this.#arrays.slots.rows(query)) {
      if (isBuried(this.#tombstones, row)) continue
      keys.push(hitKey(this.#arrays.entryIds[row] ?? 0, 0))
      if (stopAtFirst) return
    }
  }

  locate (query: Uint32Array, entryId: number): number | undefined {
    for (const row of this.#arrays.slots.rows(query)) {
      if (this.#arrays.entryIds[row] === entryId && !isBuried(this.#tombstones, row)) return row
    }
    return undefined
  }
}
