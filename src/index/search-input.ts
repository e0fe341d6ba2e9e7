import { KeersluisError } from '../errors.js'
import { digestAlgorithms, hitsDefault, hitsLimit, radiusMax, valueBytes } from './hash-index.js'
import type { Algorithm, IndexEntry, SearchOptions } from './hash-index.js'

export const entryIdMax = 2 ** 32 - 1

export function isDigest (algorithm: Algorithm): boolean {
  return (digestAlgorithms as readonly string[]).includes(algorithm)
}

function assertValue (algorithm: Algorithm, value: Uint8Array): void {
  if (value.length !== valueBytes[algorithm]) {
    throw new KeersluisError('malformedHash', `A ${algorithm} value has ${valueBytes[algorithm]} bytes, not ${value.length}.`)
  }
}

/** @throws KeersluisError `malformedHash` or `invalidRequest` when no search can be made of it. */
export function assertSearch (algorithm: Algorithm, value: Uint8Array, radius: number): void {
  assertValue(algorithm, value)
  const widest = isDigest(algorithm) ? 0 : radiusMax
  if (!Number.isInteger(radius) || radius < 0 || radius > widest) {
    throw new KeersluisError('invalidRequest', `The radius of a ${algorithm} search is a whole number from 0 to ${widest}.`)
  }
}

/** @throws KeersluisError `malformedHash` for the value, `internal` for an entry id that is no 32-bit number from 1. */
export function assertEntry (entry: IndexEntry): void {
  assertValue(entry.algorithm, entry.value)
  assertEntryId(entry.entryId)
}

/** @throws KeersluisError `internal` for what is no 32-bit number from 1. */
export function assertEntryId (entryId: number): void {
  if (!Number.isInteger(entryId) || entryId < 1 || entryId > entryIdMax) {
    throw new KeersluisError('internal', 'An entry id must be a whole number from 1 to 2^32 - 1.')
  }
}

/** The limit of one search, always between 1 and `hitsLimit`. */
export function hitsMaxOf (options: SearchOptions): number {
  const asked = options.stopAtFirst === true ? 1 : options.hitsMax ?? hitsDefault
  return Math.max(1, Math.min(hitsLimit, Math.trunc(asked)))
}
