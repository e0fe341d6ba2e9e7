import { popcount } from '../hash/bits.js'
import type { Digests } from '../hash/digests.js'
import { orientations } from '../hash/pdq-orientations.js'
import { digestAlgorithms, hitsLimit, type Algorithm, type IndexHit, type IndexReader } from '../index/hash-index.js'
import type { PictureHashes, VariantHashes } from '../media/fingerprint.js'
import { uploadQualityMin } from '../policy/list-policy.js'

/** How far to look: the widest numbers of all lists. Which hit says what is decided by policy afterwards. */
export interface SearchPlan {
  pdqUprightRadius: number
  pdqTurnedRadius: number
  /** For upright frames of films. */
  pdqFrameRadius: number
  blockhashRadius: number
  pdqQualityMin: number
  stableBitsMin: number
  pictureSideMinPx: number
  /** Hits that a search usually has at most; where there are more, it is made again for all of them. */
  hitsUsual: number
}

/** What a search found, before anybody asked which item it is. */
export interface FoundHit {
  entryId: number
  algorithm: Algorithm
  distance: number
  /** Index into the fingerprint's pictures. */
  picture?: number
  variant?: string
  orientation?: string
  quality?: number
  stableBits?: number
}

/** One file stands on few lists. */
const digestHitsUsual = 100
/** A true PDQ hash has exactly as many ones as zeros: its threshold is the median. */
const pdqWeight = 128

export function isPdqUsable (pdq: Uint8Array, quality: number | undefined, qualityMin: number): boolean {
  return (quality === undefined || quality >= qualityMin) && popcount(pdq) === pdqWeight
}

/** Whether a picture can be told from others by its looks. */
export function isDistinctive (picture: PictureHashes, plan: SearchPlan): boolean {
  if (Math.min(picture.native.width, picture.native.height) < plan.pictureSideMinPx) return false
  return picture.variants.some(variant =>
    isPdqUsable(variant.pdq, variant.pdqQuality, uploadQualityMin(plan)) || (variant.stableBits ?? 0) >= plan.stableBitsMin)
}

/**
 * All entries within the radius, the closest first, up to `hitsLimit`. Which of them counts is decided later: those of lists that only
 * observe or exclude must not crowd out one that blocks.
 */
export function searchAll (reader: IndexReader, algorithm: Algorithm, value: Uint8Array, radius: number, hitsUsual: number): readonly IndexHit[] {
  const hits = reader.search(algorithm, value, radius, { hitsMax: hitsUsual })
  return hits.length < hitsUsual ? hits : reader.search(algorithm, value, radius, { hitsMax: hitsLimit })
}

/** Whether a search met more entries than it returns: one that it left out may be the one that counts. */
export function isCutShort (found: readonly FoundHit[]): boolean {
  if (found.length < hitsLimit) return false
  const counts = new Map<string, number>()
  for (const { algorithm, picture, variant, orientation } of found) {
    const search = `${algorithm} ${picture} ${variant} ${orientation}`
    counts.set(search, (counts.get(search) ?? 0) + 1)
  }
  return [...counts.values()].some(count => count >= hitsLimit)
}

export function searchDigests (reader: IndexReader, digests: Digests): FoundHit[] {
  return digestAlgorithms.flatMap(algorithm =>
    searchAll(reader, algorithm, digests[algorithm], 0, digestHitsUsual).map(hit => ({ ...hit, algorithm })))
}

export function searchPicture (reader: IndexReader, picture: PictureHashes, index: number, plan: SearchPlan): FoundHit[] {
  if (!isDistinctive(picture, plan)) return []
  const uprightRadius = picture.timeS === undefined ? plan.pdqUprightRadius : plan.pdqFrameRadius
  return picture.variants.flatMap(variant => [
    ...searchPdq(reader, variant, index, { ...plan, pdqUprightRadius: uprightRadius }), ...searchBlockhash(reader, variant, index, plan)
  ])
}

function searchPdq (reader: IndexReader, hashes: VariantHashes, picture: number, plan: SearchPlan): FoundHit[] {
  if (!isPdqUsable(hashes.pdq, hashes.pdqQuality, uploadQualityMin(plan))) return []
  const found: FoundHit[] = []
  const oriented = hashes.oriented ?? hashes.pdq
  for (let at = 0; at < oriented.length; at += 32) {
    const orientation = orientations[at / 32] ?? 'upright'
    const radius = at === 0 ? plan.pdqUprightRadius : plan.pdqTurnedRadius
    for (const hit of searchAll(reader, 'pdq', oriented.subarray(at, at + 32), radius, plan.hitsUsual)) {
      found.push({ ...hit, algorithm: 'pdq', picture, variant: hashes.variant, orientation, quality: hashes.pdqQuality })
    }
  }
  return found
}

function searchBlockhash (reader: IndexReader, hashes: VariantHashes, picture: number, plan: SearchPlan): FoundHit[] {
  const { blockhash, stableBits, variant } = hashes
  if (blockhash === undefined || stableBits === undefined || stableBits < plan.stableBitsMin) return []
  return searchAll(reader, 'blockhash', blockhash, plan.blockhashRadius, plan.hitsUsual)
    .map(hit => ({ ...hit, algorithm: 'blockhash', picture, variant, orientation: 'upright', stableBits }))
}
