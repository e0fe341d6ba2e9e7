import { makeValues, randomWords, turnBits } from '../index/data.js'
import type { Gate } from './gate.js'

const bits = 256
const bytes = 32
/** Lines of one import: few enough to show how far it is. */
const importBatch = 100_000
/** Of a hundred queries, so many are near a known hash: on a real site nearly none is. */
const nearPercent = 1

type Random = () => number

/** One line for the report. */
export const knownHashesWords = 'PDQ values of weight 128, half of them random, half PDQ-like (correlated bits, near duplicates), all made up; 1 % of the queries are within 31 bits of one'

/** Turns random bits until half of them are set, as in every real PDQ hash. */
function balance (value: Uint8Array, random: Random): void {
  let weight = 0
  for (let bit = 0; bit < bits; bit++) weight += ((value[bit >>> 3] ?? 0) >>> (bit & 7)) & 1
  while (weight !== bits / 2) {
    const bit = random() % bits
    const isSet = (((value[bit >>> 3] ?? 0) >>> (bit & 7)) & 1) === 1
    if (isSet !== (weight > bits / 2)) continue
    value[bit >>> 3] = (value[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
    weight += isSet ? -1 : 1
  }
}

/** Made-up known hashes, and queries for them. */
export class KnownHashes {
  readonly count: number
  readonly #values: Uint8Array

  constructor (count: number) {
    this.count = count
    const random = randomWords(2_011)
    const half = Math.floor(count / 2)
    this.#values = new Uint8Array(count * bytes)
    this.#values.set(makeValues('uniform', half))
    this.#values.set(makeValues('pdq', count - half), half * bytes)
    for (let i = 0; i < count; i++) balance(this.#value(i), random)
  }

  /** Onto a list of the running gate by its import call; waits until the index has merged them. */
  async importInto (gate: Gate, list: string, onBatch: (done: number) => void): Promise<void> {
    for (let from = 0; from < this.count; from += importBatch) {
      const count = Math.min(importBatch, this.count - from)
      const lines = Array.from({ length: count }, (_, i) => `pdq ${hex(this.#value(from + i))}\n`)
      await gate.call('POST', `/v1/lists/${list}/imports`, lines.join(''))
      onBatch(from + count)
    }
  }

  /** Bodies of the hash-only call, `batch` hashes in each, nearly all unknown. */
  bodies (count: number, batch: number): Buffer[] {
    const random = randomWords(31)
    return Array.from({ length: count }, () => Buffer.from(JSON.stringify({
      hashes: Array.from({ length: batch }, () => ({ algorithm: 'pdq', value: hex(this.#query(random)) }))
    })))
  }

  #value (i: number): Uint8Array {
    return this.#values.subarray(i * bytes, (i + 1) * bytes)
  }

  #query (random: Random): Uint8Array {
    const value = new Uint8Array(bytes)
    if (random() % 100 < nearPercent) {
      value.set(this.#value(random() % this.count))
      turnBits(value, random() % 28, random)
    } else {
      for (let i = 0; i < bytes; i++) value[i] = random() & 255
    }
    balance(value, random)
    return value
  }
}

function hex (value: Uint8Array): string {
  return Buffer.from(value).toString('hex')
}
