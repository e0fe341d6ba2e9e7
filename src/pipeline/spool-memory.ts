/** A memory that every thread sees. */
export type SpoolBlock = Buffer<SharedArrayBuffer>

/** An upload of a few MB takes a few of them, a small one wastes little. */
export const blockBytes = 256 * 1024

/**
 * The blocks that small uploads lie in. They are used again and again: memory that is new to the process costs more than
 * what is copied into it.
 */
export class SpoolMemory {
  readonly #blocksMax: number
  readonly #free: SpoolBlock[] = []
  #taken = 0

  constructor (bytesMax: number) {
    this.#blocksMax = Math.floor(bytesMax / blockBytes)
  }

  /** Bytes of the blocks that are in use. */
  get bytes (): number { return this.#taken * blockBytes }

  /** A block with anything in it, or `undefined` where all are in use. */
  take (): SpoolBlock | undefined {
    if (this.#taken === this.#blocksMax) return undefined
    this.#taken++
    return this.#free.pop() ?? newBlock()
  }

  give (blocks: readonly SpoolBlock[]): void {
    this.#taken -= blocks.length
    this.#free.push(...blocks)
  }
}

export function newBlock (): SpoolBlock {
  return Buffer.from(new SharedArrayBuffer(blockBytes))
}
