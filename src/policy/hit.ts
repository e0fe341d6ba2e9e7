import type { ListAction, ListKind, ListPolicy } from './list-policy.js'

/** What the policy needs to know of a list. */
export interface ListRule {
  name: string
  kind: ListKind
  action: ListAction
  category: string
  policy: ListPolicy
}

/** What the policy needs to know of one picture of the upload: an image, an animation frame, a video frame. */
export interface CheckedPicture {
  /** Presentation time in seconds; a still has none. */
  timeS?: number
  /** PDQ of the whole picture, to tell frames apart. */
  pdq?: Uint8Array
}

/** One entry of a list that a search found near, or equal to, something in the upload. */
export interface Hit {
  list: ListRule
  itemId: number
  entryId: number
  itemKind: 'image' | 'video' | 'file' | 'hashes'
  category: string
  reference?: string
  algorithm: 'md5' | 'sha1' | 'sha256' | 'pdq' | 'blockhash'
  /** Bits; 0 for digests. */
  distance: number
  /** Index into the upload's pictures; digests have none. */
  picture?: number
  /** When the picture is shown, in seconds; a still has no time. */
  timeS?: number
  /** What of the picture was hashed: `whole`, `trimmed`, ... */
  variant?: string
  /** How the picture had to be turned to match; `upright` where it did not. */
  orientation?: string
  /** PDQ quality of the upload's picture; unknown for bare hashes. */
  quality?: number
  /** Stable bits of the upload's blockhash; unknown for bare hashes. */
  stableBits?: number
  entryQuality?: number
  entryStableBits?: number
  /** Least PDQ distance between this picture and the item's own entries; for blockhash hits of items that have PDQ. */
  pdqDistanceToItem?: number
  /** Where in the known video the entry stands, in seconds. */
  entryTimeS?: number
  /** How many frames of the upload agree with the known video in step (films-in-step.ts); set on the hits they start from. */
  framesInStep?: number
}

export function isDigest (hit: Hit): boolean {
  return hit.algorithm !== 'pdq' && hit.algorithm !== 'blockhash'
}
