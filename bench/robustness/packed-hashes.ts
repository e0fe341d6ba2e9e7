const words = 8
const bytesEach = 32

/** Hashes as 32-bit words, eight each, for comparing many with many. */
export class PackedHashes {
  readonly #words: Uint32Array
  readonly length: number

  constructor (hashes: readonly Uint8Array[]) {
    const bytes = new Uint8Array(hashes.length * bytesEach)
    hashes.forEach((hash, index) => { bytes.set(hash, index * bytesEach) })
    this.#words = new Uint32Array(bytes.buffer)
    this.length = hashes.length
  }

  /** The least distance between any hash here and any there; 256 where a side is empty. */
  leastDistance (other: PackedHashes): number {
    let least = words * 32
    const [a, b] = [this.#words, other.#words]
    for (let i = 0; i < a.length; i += words) {
      for (let j = 0; j < b.length; j += words) {
        let distance = 0
        for (let word = 0; word < words && distance < least; word++) distance += bitsOf((a[i + word] ?? 0) ^ (b[j + word] ?? 0))
        if (distance < least) least = distance
      }
    }
    return least
  }
}

/** One-bits of a 32-bit word, by adding neighbours (H. S. Warren, Hacker's Delight, 5-1). */
function bitsOf (word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
