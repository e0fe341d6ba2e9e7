import { hexToBytes } from '../hash/bits.js'
import { KeersluisError } from '../errors.js'
import { valueBytes, type Algorithm } from '../index/hash-index.js'
import { isPdqUsable } from '../pipeline/search.js'
import type { ListPolicy } from '../policy/list-policy.js'
import type { NewEntry } from '../store/store.js'
import { refusal, type Refusal } from './item-entries.js'

/** A hash that came without its picture. */
export interface BareHash {
  algorithm: Algorithm
  value: string
  quality?: number
  stableBits?: number
}

/** Imported hashes without quality pass on weight; a blockhash without stable bits is compared exactly. */
export function entryOfHash (hash: BareHash, index: number, policy: ListPolicy, refused: Refusal[]): NewEntry {
  const value = parseHash(hash, index)
  const { algorithm, quality, stableBits } = hash
  const entry: NewEntry = { algorithm, value, variant: 'whole', matchable: true }
  if (quality !== undefined) entry.quality = quality
  if (stableBits !== undefined) entry.stableBits = stableBits
  if (algorithm === 'pdq' && !isPdqUsable(value, quality, policy.pdqQualityMin)) {
    refused.push(refusal(index, quality !== undefined && quality < policy.pdqQualityMin ? 'lowQuality' : 'lowWeight'))
    entry.matchable = false
  }
  if (algorithm === 'blockhash' && stableBits !== undefined && stableBits < policy.stableBitsMin) {
    refused.push(refusal(index, 'lowStableBits'))
    entry.matchable = false
  }
  return entry
}

/** @throws KeersluisError `malformedHash`, without the value */
export function parseHash (hash: BareHash, index: number): Uint8Array {
  const bytes = hexToBytes(hash.value)
  if (bytes?.length === valueBytes[hash.algorithm]) return bytes
  throw new KeersluisError('malformedHash', `Hash ${index} is not ${valueBytes[hash.algorithm] * 2} hex digits, as ${hash.algorithm} has.`)
}
