import type { Algorithm } from '../index/hash-index.js'

/** Shards of the table, a power of two: each grows by itself, in milliseconds, where one large table would stop everything for half a second. */
const shardsLog2 = 7
const firstSlots = 64
/** Slots in use before a shard doubles, so that runs of taken slots stay short. */
const loadMax = 0.6
/** Odd numbers with well mixed bits, from the 32-bit finaliser of MurmurHash3 (A. Appleby, public domain). */
const multipliers = [0x85ebca6b, 0xc2b2ae35] as const

/** 64 bits of a hash; the low half is never 0. */
interface Fingerprint {
  high: number
  low: number
}

/**
 * The hashes of one chunk of an import and the entries that they became: 12 to 40 bytes for each. It keeps a 64-bit fingerprint
 * only; whoever is told that a hash was seen compares it with the entry itself.
 */
export class SeenHashes {
  readonly #shards = Array.from({ length: 2 ** shardsLog2 }, () => new Shard())

  /** True for a hash that was not claimed before. */
  claim (algorithm: Algorithm, value: Uint8Array): boolean {
    const fingerprint = fingerprintOf(algorithm, value)
    return this.#shardOf(fingerprint).claim(fingerprint)
  }

  /** The entry of a claimed hash; 0 where it has none yet. */
  entryId (algorithm: Algorithm, value: Uint8Array): number {
    const fingerprint = fingerprintOf(algorithm, value)
    return this.#shardOf(fingerprint).entryId(fingerprint)
  }

  keep (algorithm: Algorithm, value: Uint8Array, entryId: number): void {
    const fingerprint = fingerprintOf(algorithm, value)
    this.#shardOf(fingerprint).keep(fingerprint, entryId)
  }

  #shardOf ({ high }: Fingerprint): Shard {
    const shard = this.#shards[high >>> (32 - shardsLog2)]
    if (shard === undefined) throw new RangeError('Every fingerprint has a shard.')
    return shard
  }
}

/** An open-addressing table of fingerprints. */
class Shard {
  #highs = new Uint32Array(firstSlots)
  #lows = new Uint32Array(firstSlots)
  #entryIds = new Uint32Array(firstSlots)
  #count = 0

  claim (fingerprint: Fingerprint): boolean {
    if (this.#count >= loadMax * this.#lows.length) this.#grow()
    const slot = this.#slotOf(fingerprint)
    if (this.#lows[slot] !== 0) return false
    this.#highs[slot] = fingerprint.high
    this.#lows[slot] = fingerprint.low
    this.#count++
    return true
  }

  entryId (fingerprint: Fingerprint): number { return this.#entryIds[this.#slotOf(fingerprint)] ?? 0 }

  keep (fingerprint: Fingerprint, entryId: number): void { this.#entryIds[this.#slotOf(fingerprint)] = entryId }

  /** The slot of this fingerprint, or the empty one where it would go. */
  #slotOf ({ high, low }: Fingerprint): number {
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
      const high = highs[i] ?? 0
      const slot = this.#slotOf({ high, low })
      this.#highs[slot] = high
      this.#lows[slot] = low
      this.#entryIds[slot] = entryIds[i] ?? 0
    })
  }
}

function fingerprintOf (algorithm: Algorithm, value: Uint8Array): Fingerprint {
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
