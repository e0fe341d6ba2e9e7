import type { Algorithm } from '../index/hash-index.js'

const firstSlots = 1_024
/** Slots in use before the table doubles, so that runs of taken slots stay short. */
const loadMax = 0.6
/** Odd numbers with well mixed bits, from the 32-bit finaliser of MurmurHash3 (A. Appleby, public domain). */
const multipliers = [0x85ebca6b, 0xc2b2ae35] as const

/**
 * The hashes of one import and the entries that they became: 12 to 40 bytes for each, however long the file. It keeps a 64-bit fingerprint
 * only; whoever is told that a hash was seen compares it with the entry itself.
 */
export class SeenHashes {
  #highs = new Uint32Array(firstSlots)
  #lows = new Uint32Array(firstSlots)
  #entryIds = new Uint32Array(firstSlots)
  #count = 0

  /** True for a hash that was not claimed before. */
  claim (algorithm: Algorithm, value: Uint8Array): boolean {
    if (this.#count >= loadMax * this.#lows.length) this.#grow()
    const { high, low } = fingerprint(algorithm, value)
    const slot = this.#slotOf(high, low)
    if (this.#lows[slot] !== 0) return false
    this.#highs[slot] = high
    this.#lows[slot] = low
    this.#count++
    return true
  }

  /** The entry of a claimed hash; 0 where it has none yet. */
  entryId (algorithm: Algorithm, value: Uint8Array): number {
    const { high, low } = fingerprint(algorithm, value)
    return this.#entryIds[this.#slotOf(high, low)] ?? 0
  }

  keep (algorithm: Algorithm, value: Uint8Array, entryId: number): void {
    const { high, low } = fingerprint(algorithm, value)
    this.#entryIds[this.#slotOf(high, low)] = entryId
  }

  /** The slot of this fingerprint, or the empty one where it would go; the low half of a fingerprint is never 0. */
  #slotOf (high: number, low: number): number {
    const mask = this.#lows.length - 1
    for (let slot = high & mask; ; slot = (slot + 1) & mask) {
      if (this.#lows[slot] === 0 || (this.#lows[slot] === low && this.#highs[slot] === high)) return slot
    }
  }

  #grow (): void {
    const [highs, lows, entryIds] = [this.#highs, this.#lows, this.#entryIds]
    this.#highs = new Uint32Array(2 * lows.length)
    this.#lows = new Uint32Array(2 * lows.length)
    this.#entryIds = new Uint32Array(2 * lows.length)
    lows.forEach((low, i) => {
      if (low === 0) return
      const slot = this.#slotOf(highs[i] ?? 0, low)
      this.#highs[slot] = highs[i] ?? 0
      this.#lows[slot] = low
      this.#entryIds[slot] = entryIds[i] ?? 0
    })
  }
}

function fingerprint (algorithm: Algorithm, value: Uint8Array): { high: number, low: number } {
  let high = algorithm.charCodeAt(0) + algorithm.length
  let low = high
  for (let i = 0; i < value.length; i += 4) {
    const word = (value[i] ?? 0) | (value[i + 1] ?? 0) << 8 | (value[i + 2] ?? 0) << 16 | (value[i + 3] ?? 0) << 24
    high = mixed(high ^ word, multipliers[0])
    low = mixed(low ^ word, multipliers[1])
  }
  return { high: high >>> 0, low: (low | 1) >>> 0 }
}

function mixed (word: number, multiplier: number): number {
  const product = Math.imul(word, multiplier)
  return product ^ (product >>> 15)
}
