import type { IndexHit } from './hash-index.js'

/** What a search asks of one part. A query is the words of a digest, or of a permuted perceptual hash. */
export interface PartReader {
  /** Appends the live entries within the radius to `hits`: the closest `hitsMax` of them at least, in no order, or any one. */
  search (query: Uint32Array, radius: number, hitsMax: number, stopAtFirst: boolean, hits: IndexHit[]): void
  /** The tombstone bit of a live entry, given its value. */
  locate (query: Uint32Array, entryId: number): number | undefined
}
