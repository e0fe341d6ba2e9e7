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

/** The same with its bytes. */
export type ParsedHash = Omit<BareHash, 'value'> & { value: Uint8Array }

/** Imported hashes without quality pass on weight; a blockhash without stable bits is compared exactly. */
export function entryOfHash (hash: BareHash, index: number, policy: ListPolicy, refused: Refusal[]): NewEntry {
  const { entry, problem } = entryOf({ ...hash, value: parseHash(hash, index) }, policy)
  if (problem !== undefined) refused.push(refusal(index, problem))
  return entry
}

/** The entry of a hash, and why it is not searched. */
export function entryOf ({ algorithm, value, quality, stableBits }: ParsedHash, policy: ListPolicy): { entry: NewEntry, problem?: Refusal['code'] } {
  const entry: NewEntry = { algorithm, value, variant: 'whole', matchable: true }
  if (quality !== undefined) entry.quality = quality
  if (stableBits !== undefined) entry.stableBits = stableBits
  if (algorithm === 'pdq' && !isPdqUsable(value, quality, policy.pdqQualityMin)) {
    return { entry: { ...entry, matchable: false }, problem: quality !== undefined && quality < policy.pdqQualityMin ? 'lowQuality' : 'lowWeight' }
  }
  if (algorithm === 'blockhash' && stableBits !== undefined && stableBits < policy.stableBitsMin) {
    return { entry: { ...entry, matchable: false }, problem: 'lowStableBits' }
  }
  return { entry }
}

/** @throws KeersluisError `malformedHash`, without the value */
export function parseHash (hash: BareHash, index: number): Uint8Array {
  const bytes = hexToBytes(hash.value)
  if (bytes?.length === valueBytes[hash.algorithm]) return bytes
  throw new KeersluisError('malformedHash', `Hash ${index} is not ${valueBytes[hash.algorithm] * 2} hex digits, as ${hash.algorithm} has.`)
}
