import { valueBytes } from './hash-index.js'
import { instantiateKernel } from './kernel-instance.js'
import type { Kernel } from './kernel-instance.js'

/** Names the permutation; part of every image, so that one written with another seed is refused. Any number would do. */
export const permutationSeed = 0x4b534c31

const bits = 8 * valueBytes.pdq
const words = bits / 32

/** Numbers from 0 (included) to 1 of a fixed sequence: the mulberry32 generator (T. Ettinger, public domain). */
function sequence (seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Where each bit goes: a shuffle (Fisher and Yates) that depends on the seed alone. */
function shuffledPositions (seed: number): Uint8Array {
  const random = sequence(seed)
  const positions = Uint8Array.from({ length: bits }, (_, i) => i)
  for (let i = bits - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const held = positions[i] ?? 0
    positions[i] = positions[j] ?? 0
    positions[j] = held
  }
  return positions
}

/** Where things lie in the memory of a permutation, in bytes: the value given, the value moved, the table that the kernel reads. */
const pValue = 0
const pMoved = 64
const pTable = 128

/**
 * Moves the 256 bits of a perceptual hash to fixed random places, the same for every row and every query. Distances stay the
 * same; neighbouring bits, which go together in real hashes, are spread over all search tables, so no bucket grows long.
 */
export class BitPermutation {
  readonly #kernel: Kernel
  readonly #value: Uint8Array
  readonly #moved: Uint32Array

  constructor (module: WebAssembly.Module) {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
    this.#kernel = instantiateKernel(module, memory)
    this.#value = new Uint8Array(memory.buffer, pValue, valueBytes.pdq)
    this.#moved = new Uint32Array(memory.buffer, pMoved, words)
    // For each of the 64 half bytes of a value and each of its 16 contents: the words it sets.
    const table = new Uint32Array(memory.buffer, pTable, 64 * 16 * words)
    const positions = shuffledPositions(permutationSeed)
    for (let half = 0; half < 64; half++) {
      for (let content = 0; content < 16; content++) {
        for (let bit = 0; bit < 4; bit++) {
          if (((content >>> bit) & 1) === 0) continue
          const to = positions[4 * half + bit] ?? 0
          const at = (16 * half + content) * words + (to >>> 5)
          table[at] = (table[at] ?? 0) | (1 << (to & 31))
        }
      }
    }
  }

  /** The permuted value as eight 32-bit words, which hold until the next call. */
  apply (value: Uint8Array): Uint32Array {
    this.#value.set(value)
    this.#kernel.permute(pTable, pValue, pMoved)
    return this.#moved
  }
}
