import { blockhash } from '../hash/blockhash.js'
import { hammingDistance } from '../hash/bits.js'
import type { Digests } from '../hash/digests.js'
import { listCrops, nativeSizeOf } from '../hash/crops.js'
import { PdqHasher } from '../hash/pdq.js'
import type { OrientedHash } from '../hash/pdq-orientations.js'
import { wholeBox, type Box, type Raster, type Size } from '../hash/raster.js'
import { trimBorder } from '../hash/trim.js'
import type { DecodedPicture, MediaInfo, UndecidedReason } from './decoder.js'

/** Everything hashed from one upload. */
export interface Fingerprint {
  digests: Digests
  media: MediaInfo
  pictures: PictureHashes[]
  undecided: UndecidedReason[]
  /** False where hashing ended early, on purpose. */
  complete: boolean
}

/** The hashes of one still and its variants. */
export interface PictureHashes {
  frame: number
  timeS?: number
  native: Size
  variants: VariantHashes[]
}

export interface VariantHashes {
  /** `whole`, `trimmed`, on a list also `crop01` to `crop16`; each with `OnBlack` where transparency was painted black. */
  variant: string
  pdq: Uint8Array
  pdqQuality: number
  /** The PDQ hashes of all eight orientations, 32 bytes each, in the order of `orientations`; uploads only. */
  oriented?: Uint8Array
  blockhash?: Uint8Array
  stableBits?: number
}

/**
 * Which variants are hashed. An upload is hashed few ways and in all orientations; known material is hashed with its
 * crops, so that queries stay cheap; frames of a known video go without crops and blockhash.
 */
export type Side = 'upload' | 'item' | 'itemFrame'

/** The part of a raster to hash, and the size it has at full resolution. */
interface Part {
  variant: string
  box: Box
  native: Size
}

/** Hashes pictures; keeps filters between pictures of one size. One for each thread. */
export class Fingerprinter {
  readonly #pdq = new PdqHasher()

  picture (picture: DecodedPicture, side: Side): VariantHashes[] {
    const suffix = picture.background === 'black' ? 'OnBlack' : ''
    return partsOf(picture, side).map(part => this.#variant(picture.raster, part, side, suffix))
  }

  #variant (raster: Raster, part: Part, side: Side, suffix: string): VariantHashes {
    const pdq = this.#pdq.hash(raster, part.native, part.box)
    const hashes: VariantHashes = { variant: part.variant + suffix, pdq: pdq.hash, pdqQuality: pdq.quality }
    if (side === 'upload') hashes.oriented = orientedBytes(this.#pdq.orientations(pdq, raster, part.native, part.box))
    if (side === 'itemFrame' || part.variant.startsWith('crop')) return hashes
    const block = blockhash(raster, part.box)
    return { ...hashes, blockhash: block.hash, stableBits: block.stableBits }
  }
}

/** Frames within so many bits of the last kept one say nothing new of a known video. */
const sameFrameDistance = 10

/** Whether a frame of a known video is worth an entry after the last kept one. */
export function isNewFrame (variants: readonly VariantHashes[], last: readonly VariantHashes[] | undefined): boolean {
  const [whole] = variants
  const [lastWhole] = last ?? []
  if (whole === undefined || lastWhole === undefined || variants.length !== last?.length) return true
  return hammingDistance(whole.pdq, lastWhole.pdq) > sameFrameDistance
}

function partsOf ({ raster, native }: DecodedPicture, side: Side): Part[] {
  const whole = wholeBox(raster)
  const trimmed = trimBorder(raster)
  const parts = [{ variant: 'whole', box: whole }]
  if (trimmed !== undefined) parts.push({ variant: 'trimmed', box: trimmed })
  if (side === 'item') {
    listCrops(trimmed ?? whole).forEach((box, index) => {
      parts.push({ variant: `crop${String(index + 1).padStart(2, '0')}`, box })
    })
  }
  return parts.map(part => ({ ...part, native: nativeSizeOf(part.box, raster, native) }))
}

function orientedBytes (hashes: OrientedHash[]): Uint8Array {
  const bytes = new Uint8Array(8 * 32)
  hashes.forEach(({ hash }, index) => bytes.set(hash, index * 32))
  return bytes
}
