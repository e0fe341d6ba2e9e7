import { KeersluisError } from '../errors.js'

/**
 * What every reader of an index watches, in shared memory: the number of the present generation and the published list version.
 * The writer alone writes. It changes the set first and publishes the version after, and it raises the generation before anything
 * is added to the new one: a reader that read version v and then finds its generation still present has seen all of v.
 */
export class ControlBlock {
  readonly memory: SharedArrayBuffer
  readonly #words: BigInt64Array

  constructor (memory: SharedArrayBuffer = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory
    this.#words = new BigInt64Array(memory)
  }

  get generation (): number { return Number(Atomics.load(this.#words, 0)) }
  set generation (generation: number) { Atomics.store(this.#words, 0, BigInt(generation)) }

  get version (): number { return Number(Atomics.load(this.#words, 1)) }

  /** @throws KeersluisError `internal` when the version would fall. */
  publish (version: number): void {
    if (!Number.isSafeInteger(version) || version < this.version) {
      throw new KeersluisError('internal', 'A published version must not be lower than the one before.')
    }
    Atomics.store(this.#words, 1, BigInt(version))
  }
}
