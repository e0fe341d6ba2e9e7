import { EqualRows } from './equal-rows.js'
import type { Part } from './part.js'
import type { PartReader } from './part-reader.js'
import { PerceptualReader } from './perceptual-reader.js'
import { BlockArrays } from './row-block.js'

/** Searches a block: equal rows through its slots, near ones by comparing every row. */
export class BlockReader implements PartReader {
  readonly #equal: EqualRows
  readonly #scan: PerceptualReader

  constructor (part: Part, module: WebAssembly.Module) {
    this.#equal = new EqualRows(part.memory, new BlockArrays(part.memory))
    this.#scan = new PerceptualReader(part, module)
  }

  search (query: Uint32Array, radius: number, hitsMax: number, stopAtFirst: boolean, keys: number[]): void {
    if (radius > 0) this.#scan.search(query, radius, hitsMax, stopAtFirst, keys)
    else this.#equal.search(query, stopAtFirst, keys)
  }

  locate (query: Uint32Array, entryId: number): number | undefined {
    return this.#equal.locate(query, entryId)
  }
}
