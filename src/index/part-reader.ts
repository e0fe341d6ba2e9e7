import type { IndexHit } from './hash-index.js'

const entryIds = 2 ** 32

/** A hit as one number, which sorts as hits do: by distance, then entry. Much faster to sort than objects. */
export function hitKey (entryId: number, distance: number): number {
  return distance * entryIds + entryId
}

function hitOf (key: number): IndexHit {
  return { entryId: key % entryIds, distance: Math.floor(key / entryIds) }
}

/** The first `hitsMax` hits of these keys, in order. Nearly all searches find nothing or one entry, and have nothing to sort. */
export function hitsOf (keys: number[], hitsMax: number): IndexHit[] {
  if (keys.length <= 1) return keys.map(hitOf)
  return Array.from(new Float64Array(keys).sort().subarray(0, hitsMax), hitOf)
}

/** What a search asks of one part. A query is the words of a digest, or of a permuted perceptual hash. */
export interface PartReader {
  /** Appends the live entries within the radius to `keys` (`hitKey`): the closest `hitsMax` of them at least, in no order, or any one. */
  search (query: Uint32Array, radius: number, hitsMax: number, stopAtFirst: boolean, keys: number[]): void
  /** The tombstone bit of a live entry, given its value. */
  locate (query: Uint32Array, entryId: number): number | undefined
}
